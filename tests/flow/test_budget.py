"""The day's budget: when it is spent, only hazards and one-time codes go; tomorrow the rest does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk import clock, config
from service_desk.flow import enter
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.messages.channels.contract import Sent
from service_desk.people.rules import Actor
from service_desk.telemetry import budget_spent


class Carrier:
    """A carrier that keeps what it is handed."""

    def __init__(self):
        self.sent = []

    def send(self, envelope):
        self.sent.append(envelope)
        return Sent(f"SM{envelope.message_id:032d}", "delivered")


@pytest.fixture
def two_a_day(app, settings):
    before = config.current()
    config.use(replace(settings, messages_per_day=2))
    yield
    config.use(before)
    budget_spent.set(0)


def report(said, n):
    return receive_report(said(phone=f"+97250234000{n}"), Actor("resident")).ticket_id


def deliver(now=clock.now):
    carrier = Carrier()
    deliver_messages(1, channel=carrier, now=now)
    return [(each.event, each.address) for each in carrier.sent]


def test_no_more_go_than_the_day_allows(two_a_day, said):
    for n in range(4):
        report(said, n)
    assert len(deliver()) == 2
    assert deliver() == []
    assert budget_spent._value.get() == 1


def test_hazards_and_codes_go_all_the_same(two_a_day, said, owner):
    tickets = [report(said, n) for n in range(4)]
    deliver()
    with owner.begin() as connection:
        connection.execute(text("UPDATE tickets SET is_hazard = true WHERE id = :id"), {"id": tickets[3]})
    enter.ask_code("+972502340002", "203.0.113.9", "he")
    assert deliver() == [("code", "+972502340002"), ("received", "+972502340003")]


def test_the_rest_goes_on_the_next_day(two_a_day, said, owner):
    for n in range(3):
        report(said, n)
    deliver()
    with owner.begin() as connection:
        connection.execute(text("UPDATE messages SET expires_at = expires_at + interval '3 days'"))
    tomorrow = clock.local(clock.now()) + timedelta(days=1)
    assert len(deliver(lambda: tomorrow)) == 1
    assert budget_spent._value.get() == 0


def test_without_a_limit_all_go(app, said):
    for n in range(4):
        report(said, n)
    assert len(deliver()) == 4
