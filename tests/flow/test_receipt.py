"""Status callbacks: each kept once, in any order, and never an error."""

import random
from itertools import permutations

import pytest
from sqlalchemy import text

from service_desk import clock, work
from service_desk.flow.receipt import record_receipt
from service_desk.flow.receive import receive_report
from service_desk.messages import actions as messages
from service_desk.messages.channels.contract import Sent
from service_desk.people.rules import Actor

STRANGE_TOKEN = "1." + "z" * 32


@pytest.fixture
def sent(app, said, owner):
    """Send one report's message; returns its envelope. Keyword arguments are of the report."""

    def make(sid="SM1", **parts):
        receive_report(said(**parts), Actor("resident"))
        with owner.connect() as connection:
            newest = connection.execute(
                text("SELECT max(id) FROM messages WHERE state = 'pending'")
            ).scalar_one()
        with work.transaction():
            envelope = messages.claim(newest, clock.now())
        if sid:
            with work.transaction():
                messages.mark_accepted(envelope, Sent(sid), clock.now())
        return envelope

    return make


@pytest.fixture
def look(owner):
    """Return the rows of a query, past the application."""

    def read(query):
        with owner.connect() as connection:
            return connection.execute(text(query)).all()

    return read


def call(envelope, status, sid="SM1", code=None):
    form = {"MessageSid": sid, "MessageStatus": status} | ({"ErrorCode": str(code)} if code else {})
    return record_receipt(envelope if isinstance(envelope, str) else envelope.token, form)


@pytest.mark.parametrize(
    "order",
    random.Random(7).sample(list(permutations(["queued", "sending", "sent", "delivered", "read"])), 8),
)
def test_callbacks_in_any_order_leave_the_same_message(sent, look, order):
    envelope = sent()
    for status in order:
        call(envelope, status)
    (row,) = look("SELECT * FROM messages")
    assert (row.state, row.provider_id, row.next_try_at) == ("read", "SM1", None)
    assert len(look("SELECT * FROM receipts")) == 5


def test_a_repeated_callback_is_kept_once(sent, look):
    envelope = sent()
    assert call(envelope, "delivered") == "applied"
    assert call(envelope, "delivered") == "repeated"
    assert len(look("SELECT * FROM receipts")) == 1


def test_late_proof_of_less_changes_nothing(sent, look):
    envelope = sent()
    call(envelope, "delivered")
    assert call(envelope, "sent") == "stale"
    assert look("SELECT state FROM messages") == [("delivered",)]


def test_lost_stays_lost(sent, look):
    envelope = sent()
    call(envelope, "failed", code=30005)
    assert call(envelope, "delivered") == "stale"
    assert look("SELECT state FROM messages") == [("failed",)]


def test_a_callback_before_the_answer_binds_the_message(sent, look):
    envelope = sent(sid=None)
    assert call(envelope, "sent", sid="SMearly") == "applied"
    with work.transaction():
        assert not messages.mark_accepted(envelope, Sent("SMearly"), clock.now())
    assert look("SELECT state, provider_id FROM messages") == [("sent", "SMearly")]


def test_a_callback_of_an_older_attempt_stops_the_next_one(sent, look):
    """The first try was put back as never made; its callback proves that it was made after all."""
    envelope = sent(sid=None)
    with work.transaction():
        messages.put_back(envelope, clock.now(), code="connect", wait_seconds=None, draw=0.5)
    call(envelope, "delivered", sid="SMfirst")
    assert look("SELECT state, provider_id, next_try_at FROM messages") == [("delivered", "SMfirst", None)]


@pytest.mark.parametrize(
    "token", [STRANGE_TOKEN, "2." + "z" * 32, "99999." + "z" * 32, "", "x" * 500, "../../etc"]
)
def test_a_token_that_is_not_ours_is_kept_aside(app, look, token):
    assert call(token, "delivered", sid="SMstrange") == "quarantined"
    assert look("SELECT authority_id, message_id, status FROM receipts") == [(1, None, "delivered")]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"MessageSid": "SM1"},
        {"MessageStatus": "sent"},
        {"MessageSid": "S" * 99, "MessageStatus": "sent"},
        {"MessageSid": "SM\x00", "MessageStatus": "sent"},
    ],
)
def test_a_callback_without_its_fields_is_ignored(app, look, form):
    assert record_receipt(STRANGE_TOKEN, form) == "ignored"
    assert look("SELECT * FROM receipts") == []


def test_a_status_unknown_to_us_is_kept_and_changes_nothing(sent, look):
    envelope = sent()
    assert call(envelope, "teleported") == "stale"
    assert look("SELECT state FROM messages") == [("accepted",)]


def test_a_token_finds_its_own_city(sent, look):
    """A callback comes by one address for every city of the installation."""
    envelope = sent()
    with work.tenant(2):
        assert call(envelope, "delivered") == "applied"
    assert look("SELECT state FROM messages") == [("delivered",)]


def test_a_phone_that_was_off_gets_a_new_row(sent, look):
    call(sent(), "undelivered", code=30003)
    first, second = look("SELECT * FROM messages ORDER BY created_at, fallback_of_id NULLS FIRST")
    assert (first.state, second.state, second.channel, second.fallback_of_id) == (
        "undelivered",
        "pending",
        "sms",
        first.id,
    )
    assert second.next_try_at > clock.now()
    assert second.body == first.body


def test_who_stopped_at_the_carrier_is_stopped_here(sent, look):
    call(sent(), "failed", code=21610)
    assert look("SELECT stopped FROM residents") == [(["sms"],)]
    assert len(look("SELECT * FROM messages")) == 1


def test_undelivered_whatsapp_falls_back_to_sms_once(sent, look):
    envelope = sent(contact="whatsapp")
    call(envelope, "failed", code=63003)
    call(envelope, "undelivered", code=63003)
    rows = look("SELECT channel, state FROM messages WHERE fallback_of_id IS NOT NULL")
    assert rows == [("sms", "pending")]
    assert look("SELECT stopped FROM residents") == [(["whatsapp:unreachable"],)]


def test_a_second_copy_that_fails_does_not_unmake_the_first(sent, look):
    envelope = sent()
    call(envelope, "failed", sid="SMcopy", code=30008)
    assert look("SELECT state, provider_id FROM messages") == [("accepted", "SM1")]
