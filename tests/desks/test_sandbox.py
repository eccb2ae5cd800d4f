"""The sandbox: what a phone shows, what it sends back, and what goes wrong on purpose."""

import dataclasses
import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import text

from service_desk import clock, config, work
from service_desk.desks.sandbox.pages import linked
from service_desk.extensions import db
from service_desk.flow import finish, receive
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.fetch_media import fetch_media
from service_desk.intake.photos import storage
from service_desk.messages.models import Preference
from service_desk.people import queries
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
    sent_at = db.session.scalar(text("SELECT max(created_at) FROM messages"))
    assert f"{clock.local(sent_at):%H:%M}" in client.get(f"/sandbox/{PHONE}").get_data(as_text=True)


KOSHER = "+972527612345"


@pytest.fixture
def ringing(app, said, clerk):
    """Return (ticket id, id of the call that rings) of a kosher phone whose request was resolved."""
    ticket_id = receive.receive_report(said(phone=KOSHER), Actor("resident", 1)).ticket_id
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    deliver_messages(1)
    return ticket_id, next(row.id for row, _ref in phones.log_of(KOSHER) if row.event == "resolved")


def act(client, message_id, what):
    client.get(f"/sandbox/{KOSHER}?lang=en")
    return client.post(f"/sandbox/{KOSHER}/call/{message_id}", {"act": what})


def test_a_call_rings_until_it_is_picked_up_and_then_its_words_are_heard(client, ringing):
    ticket_id, message_id = ringing
    page = client.get(f"/sandbox/{KOSHER}?lang=en").get_data(as_text=True)
    assert "It rings" in page
    assert "a kosher phone: a call in place of words" in page
    answer = act(client, message_id, "pick_up")
    db.session.rollback()
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Picked up" in page
    assert page.count(", ".join(tickets.ticket_or_404(ticket_id).reference)) == 2


@pytest.mark.parametrize(("key", "status"), [("1", "resolved"), ("2", "closed"), ("3", "reopened")])
def test_a_key_on_the_sandbox_phone_really_presses(client, ringing, key, status):
    ticket_id, message_id = ringing
    act(client, message_id, "pick_up")
    act(client, message_id, key)
    db.session.rollback()
    found = tickets.ticket_or_404(ticket_id).status
    assert (found == status) if key != "3" else found not in {"resolved", "closed"}


def test_letting_it_ring_brings_another_call_in_half_an_hour(client, ringing):
    act(client, ringing[1], "no-answer")
    db.session.rollback()
    second, first = [row for row, _ref in phones.log_of(KOSHER) if row.event == "resolved"]
    assert (first.state, second.state, second.fallback_of_id) == ("undelivered", "pending", first.id)
    assert second.next_try_at - second.created_at == timedelta(minutes=30)


def test_what_is_no_call_cannot_be_picked_up(client, delivered):
    client.get(f"/sandbox/{PHONE}?lang=en")
    message = phones.log_of(PHONE)[0][0]
    assert client.post(f"/sandbox/{PHONE}/call/{message.id}", {"act": "pick_up"}).status_code == 404
    assert client.post(f"/sandbox/{PHONE}/call/1", {"act": "2"}).status_code == 404


def test_letters_stand_on_the_phone_of_whoever_gets_them(client, ticket_id, clerk):
    resident = queries.resident_by_phone(PHONE)
    with work.transaction():
        wish = {"channel": "email", "locale": "en", "email": "dina@home.example", "updated_at": clock.now()}
        db.session.add(Preference(authority_id=1, resident_id=resident.id, **wish))
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    deliver_messages(1)
    page = client.get(f"/sandbox/{PHONE}?lang=en").get_data(as_text=True)
    assert "dina@home.example" in page
    assert "E-mail" in page


def jpeg():
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#446688").save(out, "JPEG")
    return out.getvalue()


def test_a_whole_report_is_written_from_a_phone_with_a_location_and_a_photo(client, city, statements):
    phone = "+972502349911"
    opened = client.get("/sandbox/open?phone=050-234-9911")
    assert opened.headers["Location"].endswith(f"/sandbox/{phone}?channel=whatsapp")
    assert "Reply by WhatsApp" in client.get(f"/sandbox/{phone}?channel=whatsapp&lang=en").get_data(
        as_text=True
    )
    place = next(iter(city.places.values()))

    def send(words="", **more):
        data = {"channel": "whatsapp", "words": words, **more}
        assert (
            client.post(f"/sandbox/{phone}/reply", data, content_type="multipart/form-data").status_code
            == 303
        )
        deliver_messages(1)

    send("יש בור בכביש")
    send("1")
    send(place=str(place.id))
    send("1")
    send(photo=(io.BytesIO(jpeg()), "a.jpg"))
    send("כן")
    page = client.get(f"/sandbox/{phone}?lang=en").get_data(as_text=True)
    assert "Report received" in page
    assert "Line of a chat" in page
    assert fetch_media(1) == {"kept": 1}
    kept = db.session.execute(text("SELECT storage_key, kind FROM photos")).one()
    assert kept.kind == "report"
    assert storage().get(kept.storage_key, "full")
    db.session.rollback()
    del statements[:]
    client.get(f"/sandbox/{phone}?lang=en")
    assert len(statements) <= 8, statements


def test_a_file_that_is_no_photo_is_said_to_be_so(client, delivered):
    client.get(f"/sandbox/{PHONE}?lang=en")
    data = {"channel": "sms", "words": "", "photo": (io.BytesIO(b"no picture"), "a.jpg")}
    answer = client.post(f"/sandbox/{PHONE}/reply", data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "cannot be used as a photo" in answer.get_data(as_text=True)


def test_a_number_that_is_none_opens_no_phone(client):
    answer = client.get("/sandbox/open?phone=abc&lang=en")
    assert answer.status_code == 422
    assert "no Israeli phone number" in answer.get_data(as_text=True)
