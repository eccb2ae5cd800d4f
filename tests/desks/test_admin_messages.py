"""The administrator's page of the outbox, and the two acts on a stuck message."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.flow.sweep import sweep
from service_desk.messages.channels.contract import PermanentConfig, PermanentRecipient, Sent
from service_desk.people.rules import Actor
from service_desk.telemetry import outbox_oldest_seconds, outbox_waiting


class Carrier:
    """A carrier that refuses with the error it was given, or takes everything."""

    def __init__(self, error=None):
        self.error, self.sent = error, []

    def send(self, envelope):
        self.sent.append(envelope)
        if self.error:
            raise self.error
        return Sent(f"SM{len(self.sent):032d}", "delivered")


@pytest.fixture
def admin(client):
    client.sign_in("admin@rehovot.example")
    client.get("/admin/messages?lang=en")
    return client


@pytest.fixture
def refused(app, said, owner):
    """The id of a message that failed because of our own account."""
    receive_report(said(), Actor("resident"))
    deliver_messages(1, channel=Carrier(PermanentConfig("21606")))
    with owner.connect() as connection:
        return connection.execute(text("SELECT id FROM messages WHERE state = 'failed'")).scalar_one()


def row(owner, message_id):
    with owner.connect() as connection:
        return connection.execute(
            text("SELECT state, reason, is_possible_duplicate FROM messages WHERE id = :id"),
            {"id": message_id},
        ).one()


def set_state(owner, message_id, state):
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE messages SET state = :state WHERE id = :id"), {"id": message_id, "state": state}
        )


def mend(admin, message_id, act, why="החשבון תוקן"):
    return admin.post(f"/admin/messages/{message_id}", {"act": act, "why": why})


def test_the_page_says_what_failed_and_why_in_words(admin, refused):
    page = admin.get("/admin/messages").text
    assert "21606" in page
    assert "the operator has to mend it" in page
    assert "Send once more" in page


def test_a_person_out_of_reach_is_said_so(admin, app, said):
    receive_report(said(), Actor("resident"))
    deliver_messages(1, channel=Carrier(PermanentRecipient("30005")))
    assert "The number is not in use." in admin.get("/admin/messages").text


def test_a_failed_message_goes_once_more_with_a_reason(admin, refused, owner, rung):
    mend(admin, refused, "again")
    assert tuple(row(owner, refused)) == ("pending", "by_hand", False)
    carrier = Carrier()
    deliver_messages(1, channel=carrier)
    assert [each.message_id for each in carrier.sent] == [refused]
    with owner.connect() as connection:
        noted = connection.execute(text("SELECT what, why FROM access_log WHERE what LIKE 'message%'")).one()
    assert tuple(noted) == ("message_again", "החשבון תוקן")


def test_what_may_have_arrived_says_so_when_sent_again(admin, refused, owner):
    set_state(owner, refused, "manual")
    mend(admin, refused, "again")
    assert tuple(row(owner, refused)) == ("pending", "by_hand", True)


def test_an_unknown_message_can_be_given_up(admin, refused, owner):
    set_state(owner, refused, "unknown")
    mend(admin, refused, "drop")
    assert tuple(row(owner, refused))[:2] == ("skipped", "dropped")


@pytest.mark.parametrize(
    ("state", "act"), [("delivered", "again"), ("delivered", "drop"), ("sending", "drop")]
)
def test_what_has_moved_on_is_left_alone(admin, refused, owner, state, act):
    set_state(owner, refused, state)
    answer = mend(admin, refused, act)
    assert answer.status_code == 303
    assert row(owner, refused).state == state


def test_without_a_reason_nothing_is_done(admin, refused, owner):
    mend(admin, refused, "again", why="  ")
    assert row(owner, refused).state == "failed"


def test_only_an_administrator_mends(client, refused, owner):
    client.sign_in("clerk5@rehovot.example")
    assert client.get("/admin/messages").status_code == 403
    assert client.post(f"/admin/messages/{refused}", {"act": "again", "why": "x"}).status_code == 403
    assert row(owner, refused).state == "failed"


def test_costs_are_summed_by_day_way_and_event(admin, app, said, owner):
    for _each in range(3):
        receive_report(said(), Actor("resident"))
    deliver_messages(1, channel=Carrier())
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE messages SET price_micros = 75000, currency = 'USD' "
                "WHERE id IN (SELECT id FROM messages WHERE event = 'received' ORDER BY id LIMIT 2)"
            )
        )
    page = admin.get("/admin/messages").text
    assert "0.15 USD" in page
    assert "one has no price yet" in page


def test_the_page_takes_four_statements(admin, refused, statements):
    admin.get("/admin/messages")
    before = len(statements)
    admin.get("/admin/messages")
    assert len(statements) - before == 5, "its tenant, and four questions"


def test_the_sweep_tells_how_long_the_oldest_waits(app, said, owner):
    receive_report(said(), Actor("resident"))
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE messages SET created_at = now() - interval '10 min', next_try_at = now() - interval '5 min'"
            )
        )
        now = connection.execute(text("SELECT now()")).scalar_one()
    sweep(now)
    assert outbox_waiting._value.get() == 1
    assert 299 < outbox_oldest_seconds._value.get() < 302
