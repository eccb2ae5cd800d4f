"""What the carrier charged: it knows a while after a message is gone, and tells in its lists, a thousand to a page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from service_desk.messages.channels.twilio import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from service_desk.config import Settings

_PAGE = 1000
_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What one message or call cost. micros: millionths of the currency (ISO code), never negative."""

    provider_id: str
    micros: int
    currency: str


def client_of(settings: Settings) -> Client:
    """Return the carrier's client for its lists."""
    wire = Wire(settings.twilio_timeout_seconds, settings.twilio_api_base)
    return Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=wire)


def prices(client: Any, since: datetime) -> Iterator[Price]:
    """Yield the price of each message and call since then that has one. Stops where the carrier does not answer.

    client: the carrier's; since: aware UTC. What is missed now is in the next list.
    """
    for ours, since_is in ((client.messages, "date_sent_after"), (client.calls, "start_time_after")):
        try:
            for one in ours.stream(**{since_is: since}, page_size=_PAGE):
                micros = micros_of(one.price)
                if micros is not None:
                    yield Price(str(one.sid), micros, str(one.price_unit or "").upper())
        except (TwilioException, requests.RequestException, ValueError, TypeError):
            continue


def micros_of(price: str | None) -> int | None:
    """Return the carrier's price («-0.25750», a charge) in millionths; None while it has none."""
    if price is None:
        return None
    try:
        return int((abs(Decimal(price)) * _MICROS).to_integral_value())
    except InvalidOperation:
        return None
