"""Calls: what is said, which keys do what, and that all of it holds once and only when signed."""

from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from service_desk import clock, config
from service_desk.flow import finish
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.messages.channels.contract import Sent
from service_desk.people.rules import Actor
from service_desk.tickets.queries import ticket_or_404

TOKEN = "a-test-auth-token"
BASE = "https://keshet.city.example"
KOSHER = "+972527612345"
CALL = "CA" + "1" * 32


class Post:
    """A carrier that takes every call, and nothing more."""

    def __init__(self, call_id=CALL):
        self.call_id = call_id

    def send(self, envelope):
        return Sent(self.call_id)

    def look_up(self, provider_id):
        return None


@pytest.fixture
def carrier(app):
    """Send a callback as Twilio would; is_signed: or as anybody could."""
    usual = config.current()
    config.use(replace(usual, twilio_auth_token=TOKEN, public_base_url=BASE))
    http = app.test_client(use_cookies=False)

    def send(path, is_signed=True, **form):
        form = {"CallSid": CALL, **form}
        proof = RequestValidator(TOKEN).compute_signature(BASE + path, form)
        return http.post(path, data=form, headers={"X-Twilio-Signature": proof} if is_signed else {})

    yield send
    config.use(usual)


@pytest.fixture
def called(app, said, owner, clerk):
    """Return (ticket id, token of the call) of a kosher phone told that its request was resolved, or of another event."""

    def make(event="resolved", locale="he"):
        made = receive_report(said(phone=KOSHER, locale=locale), Actor("resident"))
        if event == "resolved":
            finish_it(made.ticket_id, clerk)
        deliver_messages(1, channel=Post(), now=lambda: clock.now() + timedelta(minutes=5))
        with owner.connect() as connection:
            token = connection.execute(
                text("SELECT attempt_token FROM messages WHERE event = :event"), {"event": event}
            ).scalar_one()
        return made.ticket_id, token

    return make


def finish_it(ticket_id, clerk):
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")


def state(owner, what="state"):
    with owner.connect() as connection:
        return (
            connection.execute(text(f"SELECT {what} FROM messages ORDER BY created_at, id")).scalars().all()
        )


def newest(owner):
    with owner.connect() as connection:
        return connection.execute(
            text(
                "SELECT attempt_token, provider_id FROM messages WHERE provider_id IS NOT NULL ORDER BY created_at DESC"
            )
        ).first()


def status_of(ticket_id):
    return ticket_or_404(ticket_id).status


def test_the_words_are_said_in_the_persons_language_number_by_number_and_twice(called, carrier, owner):
    ticket_id, token = called()
    answer = carrier(f"/hooks/twilio/voice/{token}")
    tree = ET.fromstring(answer.data)
    say = tree.find("./Gather/Say")
    assert (say.get("language"), say.get("voice")) == ("he-IL", "Google.he-IL-Standard-A")
    assert say.text.count(", ".join(ticket_or_404(ticket_id).reference)) == 2
    assert tree.find("./Gather").get("action") == f"/hooks/twilio/voice/{token}/key"
    assert state(owner)[-1] == "delivered"


@pytest.mark.parametrize("status", ["no-answer", "busy"])
def test_a_call_that_nobody_picks_up_is_placed_again_thrice_in_all(called, carrier, owner, status):
    called("received")
    for number in range(1, 5):
        token, call_id = newest(owner)
        carrier(f"/hooks/twilio/call/{token}", CallSid=call_id, CallStatus=status)
        later = clock.now() + timedelta(hours=number)
        deliver_messages(1, channel=Post(f"CA{number:032d}"), now=lambda: later)  # noqa: B023 — called at once
    assert state(owner) == ["undelivered"] * 3
    assert state(owner, "channel") == ["voice"] * 3


def test_a_second_call_comes_half_an_hour_later(called, carrier, owner):
    _, token = called("received")
    carrier(f"/hooks/twilio/call/{token}", CallStatus="no-answer")
    waits = state(owner, "next_try_at - created_at")
    assert waits[-1] == timedelta(minutes=30)
    assert state(owner, "error_code")[0] == "480"


def test_key_one_says_it_again(called, carrier):
    _, token = called()
    again = carrier(f"/hooks/twilio/voice/{token}/key", Digits="1").data
    assert again == carrier(f"/hooks/twilio/voice/{token}").data


def test_key_two_closes_and_key_three_opens_again(called, carrier):
    ticket_id, token = called()
    answer = carrier(f"/hooks/twilio/voice/{token}/key", Digits="2")
    assert b"<Gather" not in answer.data
    assert status_of(ticket_id) == "closed"
    carrier(f"/hooks/twilio/voice/{token}/key", Digits="3", CallSid="CA" + "2" * 32)
    assert status_of(ticket_id) != "closed"


def test_one_call_answers_once(called, carrier, owner):
    ticket_id, token = called()
    for digits in "2233":
        carrier(f"/hooks/twilio/voice/{token}/key", Digits=digits)
    assert status_of(ticket_id) == "closed"
    with owner.connect() as connection:
        kept = connection.execute(text("SELECT channel, body, outcome, ticket_id FROM inbound")).all()
    assert [tuple(row) for row in kept] == [("voice", "2", "confirmed", ticket_id)]


@pytest.mark.parametrize("digits", ["2", "3"])
def test_keys_answer_only_what_was_asked(called, carrier, digits):
    ticket_id, token = called("received")
    before = status_of(ticket_id)
    assert b"<Gather" in carrier(f"/hooks/twilio/voice/{token}/key", Digits=digits).data
    assert status_of(ticket_id) == before


@pytest.mark.parametrize("path", ["voice/{}", "voice/{}/key", "call/{}"])
def test_what_is_not_signed_changes_and_says_nothing(called, carrier, owner, path):
    ticket_id, token = called()
    answer = carrier(
        "/hooks/twilio/" + path.format(token), is_signed=False, Digits="2", CallStatus="completed"
    )
    assert answer.status_code == 403
    assert status_of(ticket_id) == "resolved"
    assert state(owner)[-1] == "accepted"


def test_a_strange_token_is_hung_up_on(app, carrier):
    answer = carrier("/hooks/twilio/voice/1.abcdefghijklmnopqrstuvwxyz")
    assert b"<Hangup" in answer.data
    assert b"<Say" not in answer.data
    assert b"<Hangup" in carrier("/hooks/twilio/voice/1.abcdefghijklmnopqrstuvwxyz/key", Digits="2").data
