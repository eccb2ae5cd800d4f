"""Telling: few statements, told once, the newest only; and many workers at one outbox."""

import threading

import pytest
from fake_carrier import Carrier
from fake_carrier.carrier import ACCOUNT
from sqlalchemy import text

from service_desk import clock, work
from service_desk.extensions import db
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.messages import actions as messages
from service_desk.messages.channels.twilio import Twilio, Wire
from service_desk.people.rules import Actor
from service_desk.tickets.queries import ticket_or_404


@pytest.fixture
def ticket(app, said):
    """A ticket of somebody who left no phone: nobody is told yet."""
    return ticket_or_404(receive_report(said(phone="", contact="none"), Actor("resident")).ticket_id)


def person(number, **changes):
    usual = {
        "follower_id": number,
        "resident_id": number,
        "locale": "he",
        "channel": "sms",
        "address": f"+97250234{number:04d}",
        "stopped": (),
        "link": "https://city.example/t/x",
    }
    return messages.Recipient(**(usual | changes))


def tell(ticket, event, seq, people):
    with work.transaction():
        return messages.tell(ticket, event, seq, people, {}, clock.now())


def look(owner, what="state"):
    with owner.connect() as connection:
        return connection.execute(
            text(f"SELECT event, {what} FROM messages ORDER BY event_seq, follower_id")
        ).all()


def test_any_number_of_people_is_told_in_two_statements(ticket, statements):
    people = [person(number) for number in range(40)]
    work.new_id()
    statements.clear()
    tell(ticket, "closed", 5, people)
    assert len([each for each in statements if "messages" in each]) == 2


def test_the_same_event_told_again_is_told_once(ticket, owner):
    assert len(tell(ticket, "closed", 5, [person(1), person(2)])) == 2
    assert tell(ticket, "closed", 5, [person(1), person(2)]) == []
    assert len(look(owner)) == 2


def test_who_is_not_written_to_has_a_row_that_says_why(ticket, owner):
    people = [
        person(1, address="", resident_id=None, channel="none"),
        person(2, channel="none"),
        person(3, stopped=("sms",)),
        person(4, stopped=("sms:unreachable",)),
    ]
    assert tell(ticket, "received", 1, people) == []
    assert [row.reason for row in look(owner, "reason")] == [
        "no_phone",
        "no_channel",
        "opted_out",
        "unreachable",
    ]


def test_a_newer_status_retires_older_ones_of_the_same_ticket_and_person(ticket, owner):
    tell(ticket, "received", 1, [person(1), person(2)])
    tell(ticket, "handed_over", 2, [person(1)])
    assert [tuple(row) for row in look(owner)] == [
        ("received", "superseded"),
        ("received", "pending"),
        ("handed_over", "pending"),
    ]


def test_questions_and_replies_are_never_retired_nor_retire(ticket, owner):
    for seq, event in enumerate(("received", "question", "reply", "closed"), 1):
        tell(ticket, event, seq, [person(1)])
    states = {row.event: row.state for row in look(owner)}
    assert states == {
        "received": "superseded",
        "question": "pending",
        "reply": "pending",
        "closed": "pending",
    }


def test_what_is_already_on_its_way_is_not_retired(ticket, owner):
    (message_id,) = tell(ticket, "received", 1, [person(1)])
    with work.transaction():
        messages.claim(message_id, clock.now())
    tell(ticket, "closed", 2, [person(1)])
    assert look(owner)[0].state == "sending"


def test_another_city_can_neither_claim_nor_see_a_message(ticket):
    (message_id,) = tell(ticket, "received", 1, [person(1)])
    with work.tenant(2), work.transaction():
        assert messages.claim(message_id, clock.now()) is None
        assert db.session.scalar(text("SELECT count(*) FROM messages")) == 0


def test_four_workers_at_one_outbox_send_each_message_once(app, said):
    for number in range(24):
        receive_report(said(phone=f"+9725023450{number:02d}"), Actor("resident"))
    with Carrier() as carrier:

        def work_off():
            channel = Twilio(
                ACCOUNT,
                carrier.auth_token,
                {"sms": "Keshet"},
                "https://city.example",
                Wire(5, carrier.address),
                {},
            )
            with app.app_context():
                deliver_messages(1, channel=channel)

        workers = [threading.Thread(target=work_off) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
        assert len(carrier.ledger) == 24
        assert len({kept.form["To"] for kept in carrier.ledger}) == 24
