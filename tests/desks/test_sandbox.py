"""The sandbox: what a phone shows, what it sends back, and what goes wrong on purpose."""

import dataclasses

import pytest

from service_desk import clock, config
from service_desk.desks.sandbox.pages import linked
from service_desk.extensions import db
from service_desk.flow import receive
from service_desk.flow.deliver import deliver_messages
from service_desk.people.rules import Actor
from service_desk.reports import phones
from service_desk.tickets import queries as tickets

PHONE = "+972502345678"


@pytest.fixture
def ticket_id(app, said):
    return receive.receive_report(said(), Actor("resident", 1)).ticket_id


@pytest.fixture
def delivered(ticket_id):
    """The first message, delivered by the sandbox's own channel."""
    deliver_messages(1)
    return ticket_id


def test_phones_written_to_are_listed(client, ticket_id):
    page = client.get("/sandbox/?lang=en").get_data(as_text=True)
    assert PHONE in page
    assert "No message from here reaches a real phone" in page


def test_a_sandbox_without_phones_says_so(client):
    assert "No phone has been written to yet" in client.get("/sandbox/?lang=en").get_data(as_text=True)


def test_a_phone_shows_what_arrived_and_why(client, delivered):
    page = client.get(f"/sandbox/{PHONE}?lang=en").get_data(as_text=True)
    assert "Report received" in page
    assert "Delivered" in page
    assert '<a href="http' in page


def test_a_reply_lands_on_the_ticket_as_the_residents_words(client, delivered):
    client.get(f"/sandbox/{PHONE}?lang=en")
    sent = client.post(f"/sandbox/{PHONE}/reply", {"channel": "sms", "words": "הבור גדל <b>"})
    assert sent.status_code == 303
    said_ = tickets.remarks_of(delivered, with_internal=True)
    assert [each.text for each in said_ if each.actor_kind == "resident"] == ["הבור גדל <b>"]
    db.session.rollback()
    page = client.get(f"/sandbox/{PHONE}?lang=en").get_data(as_text=True)
    assert "הבור גדל &lt;b&gt;" in page
    assert "wait at the centre as work" in page


def test_an_empty_reply_is_said_to_be_empty(client, delivered):
    client.get(f"/sandbox/{PHONE}")
    sent = client.post(f"/sandbox/{PHONE}/reply?lang=en", {"channel": "sms", "words": "  "})
    assert sent.status_code == 422
    assert "Nothing was written" in sent.get_data(as_text=True)


def test_a_reply_needs_the_pages_token(client, delivered):
    client.get(f"/sandbox/{PHONE}")
    forged = {"channel": "sms", "words": "x", "csrf_token": "x"}
    assert client.post(f"/sandbox/{PHONE}/reply", forged).status_code == 400


def test_receipts_twice_and_too_late_change_nothing(client, delivered):
    client.get(f"/sandbox/{PHONE}?lang=en")
    assert client.post(f"/sandbox/{PHONE}/twice").status_code == 303
    assert "nothing changed" in client.get(f"/sandbox/{PHONE}?lang=en").get_data(as_text=True)
    assert client.post(f"/sandbox/{PHONE}/undelivered").status_code == 303
    db.session.rollback()
    assert [row.state for row, _reference in phones.log_of(PHONE)] == ["delivered"]


@pytest.mark.parametrize("phone", ["x", "0501234567", "+0123456789", "+97250234567890123", "+972abc"])
def test_what_is_no_number_is_not_found(client, phone):
    assert client.get(f"/sandbox/{phone}").status_code == 404


def test_receipts_of_a_phone_never_written_to_are_not_found(client):
    client.get("/sandbox/+972501111111")
    assert client.post("/sandbox/+972501111111/twice").status_code == 404


def test_outside_demo_mode_there_is_no_sandbox(client, delivered, monkeypatch):
    real = dataclasses.replace(config.current(), is_demo=False)
    monkeypatch.setattr(config, "current", lambda: real)
    for path in ("/sandbox/", f"/sandbox/{PHONE}"):
        assert client.get(path).status_code == 404


def test_links_are_clickable_and_the_rest_is_plain():
    shown = linked("<i>ראו https://x.example/t/a-b_c?x=1&y=2. תודה")
    assert '<a href="https://x.example/t/a-b_c?x=1&amp;y=2"' in shown
    assert shown.startswith("&lt;i&gt;")
    assert "</a>. תודה" in shown


def test_the_clock_of_a_phone_is_the_citys(client, delivered):
    assert f"{clock.local(clock.now()):%H}:" in client.get(f"/sandbox/{PHONE}").get_data(as_text=True)
