"""Intake for a caller on one screen: the same use-case, the clerk's name on it, nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from service_desk import work
from service_desk.city.queries import city_map
from service_desk.desks.said_place import place_of
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


def test_a_clerk_who_types_a_danger_reads_which_numbers_come_first(desk):
    page = desk.post("/desk/new", form(do="look", text="ילד נפל לביוב")).get_data(as_text=True)
    assert "sound like danger to life" in page
    assert re.findall(r'href="tel:(\d+)"', page) == ["100", "101", "102"]
    calm = desk.post("/desk/new", form(do="look")).get_data(as_text=True)
    assert 'href="tel:' not in calm


def test_whoever_sends_a_danger_at_once_reads_the_numbers_with_what_to_read_out(desk):
    address = desk.post("/desk/new", form(text="ילד נפל לביוב")).location
    assert re.findall(r'href="tel:(\d+)"', desk.get(address).get_data(as_text=True)) == ["100", "101", "102"]
    assert 'href="tel:' not in desk.get(address).get_data(as_text=True), "what was read once is no news"


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


def test_the_words_by_which_the_type_was_found_are_the_story(desk, owner):
    words = "בור עמוק ליד תחנת האוטובוס"
    picked = desk.post("/desk/new", form(do="pick:RD-POTHOLE", service="", what=words, text=""))
    assert re.search(rf"<textarea[^>]*>{words}</textarea>", picked.get_data(as_text=True))
    assert desk.post("/desk/new", form(what=words, text="")).status_code == 303
    with owner.connect() as connection:
        assert connection.execute(text("SELECT text FROM reports")).scalar() == words


def test_a_house_number_that_decides_nothing_is_not_asked_for_again(desk):
    street = desk.post("/desk/new", form(do="look", line="הרצל")).get_data(as_text=True)
    assert "a house number or a pin is needed" in street
    numbered = desk.post("/desk/new", form(do="look", line="הרצל 150")).get_data(as_text=True)
    assert "a house number or a pin is needed" not in numbered
    assert "This house number is not known" in numbered


@pytest.mark.parametrize("line", ["הרצל, קומה 3", "הרצל 050-1234567", "הרצל, ליד התחנה של קו 14"])
def test_a_number_that_is_of_no_house_is_not_called_a_house_number(desk, line):
    page = desk.post("/desk/new", form(do="look", line=line)).get_data(as_text=True)
    assert "This house number is not known" not in page
    assert "a house number or a pin is needed" in page


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


#: points as the map writes them: in the area of centre 3, and outside the city
IN_AREA_3 = {"lon": "34.820000", "lat": "31.895000"}
OUTSIDE = {"lon": "34.900000", "lat": "31.900000"}


def placed(owner) -> tuple[str, str, float | None]:
    """Return how the only request was placed: method, address, longitude."""
    with owner.connect() as connection:
        found = connection.execute(text("SELECT routing_method, address, lon FROM tickets")).one()
    return found.routing_method, found.address, found.lon


def test_a_pin_alone_is_the_place_and_its_centre_handles_it(desk, owner):
    answer = desk.post("/desk/new", form(line="", landmark="", **IN_AREA_3))
    page = desk.get(answer.location).get_data(as_text=True)
    assert 'data-centre="3"' in page
    assert "No place" not in page
    assert placed(owner) == ("pin", "", 34.82)
    ticket = desk.get(answer.location.replace("/new/", "/t/")).get_data(as_text=True)
    assert "By the pin on the map." in ticket
    assert "No place" not in ticket


def test_a_pin_decides_for_a_street_that_lies_in_several_areas(desk):
    street = desk.post("/desk/new", form(do="look", line="הרצל"))
    assert "or a pin is needed" in street.get_data(as_text=True)
    page = desk.post("/desk/new", form(do="look", line="הרצל", **IN_AREA_3)).get_data(as_text=True)
    assert "or a pin is needed" not in page
    assert re.search(r'id="pin"[^>]* data-centre="3"', page)
    assert 'name="lon" value="34.820000"' in page
    assert re.search(r'<details class="calc in-pin"[^>]* open>', page), "the map that was wanted stays"


def test_a_pin_goes_before_an_address_that_says_otherwise_as_on_the_residents_form(desk, owner):
    line = "טשרניחובסקי 62"  # of centre 5
    assert place_of({"line": line, **IN_AREA_3}).kind == "pin"
    assert desk.post("/desk/new", form(line=line, **IN_AREA_3)).status_code == 303
    assert placed(owner) == ("pin", line, 34.82)


def test_an_address_chosen_from_the_list_counts_while_its_words_stand(desk, owner):
    work.set_tenant(1)
    book = city_map().addresses
    code = next(each.street_code for each in book.suggest("טשרניחובסקי"))
    spot = book.resolve((code, 62))
    choice = {"picked": "טשרניחובסקי 62", "street_code": str(code), "house_no": "62"}
    choice |= {"lon": str(spot.lon), "lat": str(spot.lat)}
    page = desk.post("/desk/new", form(do="look", line="טשרניחובסקי 62", **choice)).get_data(as_text=True)
    assert re.search(r'id="pin"[^>]* data-centre="5"', page)
    assert all(f'name="{name}" value="{value}"' in page for name, value in choice.items())
    assert desk.post("/desk/new", form(line="בילו 10", **choice)).status_code == 303
    assert placed(owner)[:2] == ("address", "בילו 10"), "the point of a choice whose words changed is none"
    taken_back = form(key="e" * 32, line="", landmark="ליד בית ספר בילו", **choice)
    assert desk.post("/desk/new", taken_back).status_code == 303
    with owner.connect() as connection:
        last = connection.execute(
            text("SELECT routing_method, lon FROM tickets ORDER BY id DESC LIMIT 1")
        ).one()
    assert tuple(last) == ("triage", None), "neither is the point of one whose words were taken away"


def test_a_pin_outside_the_city_is_said_and_nothing_is_lost(desk, owner):
    answer = desk.post("/desk/new", form(line="", **OUTSIDE))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert '<a href="#pin-fold">The place on the map: The place is outside the city' in page
    assert 'name="do" value="outside"' in page
    for kept in ("בור עמוק", "050-2345678", "מירב כהן", 'value="34.900000"', 'value="31.900000"'):
        assert kept in page, kept
    meant = desk.post("/desk/new", form(do="outside", line="", **OUTSIDE))
    assert meant.status_code == 303
    assert placed(owner) == ("outside", "", 34.9)


@pytest.mark.parametrize(
    "pin", [{"lon": "x", "lat": "31.9"}, {"lon": "34.82"}, {"lon": "nan", "lat": "31.9"}]
)
def test_a_pin_that_is_no_point_is_none(desk, owner, pin):
    assert desk.post("/desk/new", form(line="", landmark="", **pin)).status_code == 422
    assert desk.post("/desk/new", form(**pin)).status_code == 303
    assert placed(owner)[0] == "address"


def test_the_map_is_folded_and_without_scripts_not_there(desk):
    page = desk.get("/desk/new").get_data(as_text=True)
    assert '<details class="calc in-pin" hidden>' in page


def test_a_pin_costs_no_statement(desk, statements):
    desk.get("/desk/new")
    sent = {}
    for name, ask in {
        "empty": lambda: desk.get("/desk/new"),
        "address": lambda: desk.post("/desk/new", form(do="look")),
        "pin": lambda: desk.post("/desk/new", form(do="look", line="", **IN_AREA_3)),
        "refused": lambda: desk.post("/desk/new", form(line="", **OUTSIDE)),
    }.items():
        statements.clear()
        assert ask().status_code in {200, 422}
        sent[name] = len(statements)
    # What is near is asked for once, in its own transaction.
    assert sent["empty"] == 0, sent
    assert sent["address"] <= 2, sent
    assert sent["pin"] <= 2, sent
    assert sent["refused"] <= 2, sent


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


def test_a_request_with_a_point_and_no_words_is_on_the_map_in_every_list(desk):
    ticket_id = int(re.search(r"\d+", desk.post("/desk/new", form(line="", **IN_AREA_3)).location)[0])
    pages = {
        "queue": desk.get("/desk/?centre=3&view=all"),
        "bulk": desk.post("/desk/bulk", data={"verb": "note", "chosen": [f"{ticket_id}:1"]}),
        "split": desk.get(f"/desk/t/{ticket_id}/split"),
        "act": desk.get(f"/desk/t/{ticket_id}/note"),
        "near": desk.post("/desk/new", data=form(do="look", key="n" * 32, line="", **IN_AREA_3)),
    }
    for name, answer in pages.items():
        page = answer.get_data(as_text=True)
        assert ('<bdi dir="auto">On the map</bdi>' in page, "No place" in page) == (True, False), name
