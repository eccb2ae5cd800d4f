"""Intake for a caller on one screen: the same use-case, the clerk's name on it, nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from service_desk import work
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.tickets import queries


@pytest.fixture
def desk(client):
    """A browser signed in as a clerk of centre 5, reading English."""
    client.sign_in("clerk5@rehovot.example")
    client.get("/desk/new?lang=en")
    return client


def form(**parts: str) -> dict[str, str]:
    """Return a caller's report as typed."""
    usual = {
        "do": "send", "key": "k" * 32, "channel": "phone", "service": "RD-POTHOLE", "answer_position": "lane",
        "line": "טשרניחובסקי 62", "text": "בור עמוק", "phone": "050-2345678", "name": "מירב כהן",
        "contact": "whatsapp", "language": "ar",
    }  # fmt: skip
    return usual | parts


def test_report_is_taken_with_what_to_read_out(desk, owner):
    answer = desk.post("/desk/new", form())
    assert answer.status_code == 303
    page = desk.get(answer.location).get_data(as_text=True)
    assert "To read out" in page
    assert re.search(r"\d{3}-\d{4}", page)
    with owner.connect() as connection:
        row = connection.execute(text("SELECT channel, locale, staff_id FROM reports")).one()
        name = connection.execute(text("SELECT name, channel FROM residents")).one()
        clerk = connection.execute(
            text("SELECT id FROM staff WHERE email = 'clerk5@rehovot.example'")
        ).scalar()
    assert tuple(row) == ("phone", "ar", clerk)
    assert tuple(name) == ("מירב כהן", "whatsapp")


def test_double_click_is_one_report(desk, owner):
    first, second = desk.post("/desk/new", form()), desk.post("/desk/new", form())
    assert first.location == second.location
    with owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tickets")).scalar() == 1


def test_looking_opens_nothing_and_keeps_what_was_typed(desk, owner):
    page = desk.post("/desk/new", form(do="look", text="שורה ראשונה")).get_data(as_text=True)
    for kept in ("שורה ראשונה", "050-2345678", "מירב כהן", "טשרניחובסקי 62", "answer_position"):
        assert kept in page, kept
    assert "Marmorek" in page
    with owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tickets")).scalar() == 0


def test_words_suggest_a_type_that_one_press_chooses(desk):
    page = desk.post("/desk/new", form(do="look", service="", what="בור בכביש")).get_data(as_text=True)
    assert 'value="pick:RD-POTHOLE"' in page
    page = desk.post("/desk/new", form(do="pick:RD-POTHOLE", service="")).get_data(as_text=True)
    assert "answer_position" in page


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"service": ""}, "This is missing"),
        ({"phone": "123"}, "was not recognised"),
        ({"line": "", "landmark": ""}, "The place is missing"),
        ({"answer_position": ""}, "This is missing"),
        ({"answer_position": "moon"}, "One of the options"),
    ],
)
def test_bad_input_is_said_beside_its_field_and_kept(desk, parts, sentence):
    answer = desk.post("/desk/new", form(**parts))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert "בור עמוק" in page
    assert "מירב כהן" in page


def test_unknown_place_waits_in_triage_with_its_reason(desk):
    answer = desk.post("/desk/new", form(line="רחוב שאיננו 5"))
    page = desk.get(answer.location).get_data(as_text=True)
    assert "No street of the city fits" in page


def test_caller_joins_a_known_report_instead(desk, said):
    work.set_tenant(1)
    known = receive_report(said(), Actor("resident"))
    page = desk.post("/desk/new", form(do="look")).get_data(as_text=True)
    assert "Already reported near here" in page
    answer = desk.post("/desk/new", form(do=f"join:{known.ticket_id}", phone="052-1112223"))
    assert answer.location.endswith(str(known.ticket_id))
    work.set_tenant(1)
    assert len(queries.followers_of(known.ticket_id)) == 2


def test_mayor_and_unit_take_no_reports(client):
    for who in ("mayor", "roads", "admin"):
        client.sign_in(f"{who}@rehovot.example")
        assert client.get("/desk/new").status_code == 403, who
        assert client.post("/desk/new", form()).status_code == 403, who
        client.post("/staff/logout")


def test_sign_in_page_shows_the_demo_logins(client):
    page = client.get("/staff/login?lang=en").get_data(as_text=True)
    assert "clerk5@rehovot.example" in page
    assert "keshet-demo" in page
    wrong = client.post("/staff/login", {"email": "clerk5@rehovot.example", "password": "x"})
    assert wrong.status_code == 401
    assert 'value="clerk5@rehovot.example"' in wrong.get_data(as_text=True)


def test_what_is_missing_is_named_and_led_to(desk):
    page = desk.post("/desk/new", form(service="", line="", phone="12"))
    assert page.status_code == 422
    words = page.get_data(as_text=True)
    assert re.search(r'<a href="#service">Type: [^<]+</a>', words)
    assert re.search(r'<a href="#phone">Phone: [^<]+</a>', words)
    assert 'id="service"' in words
    assert 'id="phone"' in words
