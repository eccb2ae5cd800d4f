"""What messages cost: read from the carrier's lists, written once."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from twilio.base.exceptions import TwilioException

from service_desk.flow.deliver import deliver_messages
from service_desk.flow.price_messages import price_messages
from service_desk.flow.receive import receive_report
from service_desk.messages.channels.contract import Sent
from service_desk.messages.channels.prices import Price, micros_of, prices
from service_desk.people.rules import Actor


class Post:
    """A carrier that gives each message an id that the test knows."""

    def send(self, envelope):
        return Sent("SM" + envelope.address[-2:])


def read(owner):
    with owner.connect() as connection:
        return {
            row.provider_id: (row.price_micros, row.currency)
            for row in connection.execute(text("SELECT provider_id, price_micros, currency FROM messages"))
        }


def test_prices_are_written_to_their_messages_and_only_once(app, said, owner):
    for phone in ("+972502345601", "+972502345602"):
        receive_report(said(phone=phone), Actor("resident"))
    deliver_messages(1, channel=Post())
    assert price_messages([Price("SM01", 515_000, "USD"), Price("SM99", 1, "USD")]) == 1
    assert price_messages([Price("SM01", 7, "USD")]) == 0
    assert read(owner) == {"SM01": (515_000, "USD"), "SM02": (None, None)}


def test_the_sandbox_costs_nothing(app):
    assert price_messages() == 0


@pytest.mark.parametrize(
    ("said", "micros"),
    [("-0.25750", 257_500), ("-0.00001", 10), ("0", 0), (None, None), ("free", None)],
)
def test_a_charge_is_read_exactly(said, micros):
    assert micros_of(said) == micros


def test_calls_are_priced_although_the_list_of_messages_does_not_answer():
    def away(**_asked):
        raise TwilioException("away")

    def one(**_asked):
        return iter([SimpleNamespace(sid="CA1", price="-0.02", price_unit="usd")])

    client = SimpleNamespace(messages=SimpleNamespace(stream=away), calls=SimpleNamespace(stream=one))
    assert list(prices(client, datetime(2026, 11, 22, tzinfo=UTC))) == [Price("CA1", 20_000, "USD")]
