"""Pure rules of one-time codes: how they are made and typed, how long they hold, how many may be asked for."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

#: the message that carries a code; it belongs to no ticket
CODE = "code"
DIGITS = 6
#: stands in the stored words where the digits go, so that no dump of the outbox holds a code that still works
MARK = "{code}"
#: the same in words that are spoken, where it becomes digit after digit
SPOKEN_MARK = "{digits}"
LIFE = timedelta(minutes=10)
#: how long the person is known after the right code, from that moment
VISIT = timedelta(minutes=30)
MOST_TRIES = 5
#: a code is due before whatever else waits: the outbox goes by this time
AHEAD = timedelta(days=1)

PAUSE = timedelta(seconds=60)
MINUTE_PER_PHONE = 1
DAY_PER_PHONE = 5
HOUR_PER_ORIGIN = 10
HOUR_PER_NETWORK = 60
#: the city's own breaker: no flood of codes costs more than this
HOUR_PER_CITY = 600
DAY_PER_CITY = 3000


@dataclass(frozen=True, slots=True)
class Asked:
    """How many codes were asked for: by this number in a minute and a day, this address and network in an hour, all."""

    phone_minute: int
    phone_day: int
    origin_hour: int
    network_hour: int
    city_hour: int
    city_day: int


def why_no_code(asked: Asked) -> str | None:
    """Return why no further code is made: code_too_soon, code_too_many or code_resting; None: one is.

    Who the number belongs to plays no part, so that the answer tells nothing about it.
    """
    if asked.city_hour >= HOUR_PER_CITY or asked.city_day >= DAY_PER_CITY:
        return "code_resting"
    if asked.phone_minute >= MINUTE_PER_PHONE:
        return "code_too_soon"
    if (
        asked.phone_day >= DAY_PER_PHONE
        or asked.origin_hour >= HOUR_PER_ORIGIN
        or asked.network_hour >= HOUR_PER_NETWORK
    ):
        return "code_too_many"
    return None


def code_of(secret: str, nonce: str) -> str:
    """Return the six digits that a random nonce and the installation's secret make. nonce: ≥ 128 random bits."""
    drawn = hmac.new(secret.encode(), f"code.{nonce}".encode(), hashlib.sha256).digest()
    return str(int.from_bytes(drawn, "big") % 10**DIGITS).zfill(DIGITS)


def filled(body: str, secret: str, nonce: str | None) -> str:
    """Return a message's words with its code in place. nonce: of the row; None: the words hold no code."""
    if not nonce:
        return body
    code = code_of(secret, nonce)
    return body.replace(MARK, code).replace(SPOKEN_MARK, ", ".join(code))


def bound(code: str, request: str) -> str:
    """Return what is hashed of a code: it opens nothing in another browser than the one that asked."""
    return f"{code}.{request}"


def typed_code(words: str) -> str:
    """Return the digits of what was typed, in any script and with any spaces between; '' when they are not six."""
    found = "".join(
        str(unicodedata.decimal(ch)) for ch in words[:40] if unicodedata.decimal(ch, None) is not None
    )
    return found if len(found) == DIGITS else ""


def network_of(address: str) -> str:
    """Return the network that an address belongs to, for limits: /24 of IPv4, /48 of IPv6; what is no address, itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    prefix = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{found}/{prefix}", strict=False))


def origin_hash(secret: str, address: str) -> bytes:
    """Return what is stored of an address: of no use without the installation's secret."""
    return hmac.new(secret.encode(), f"origin.{address}".encode(), hashlib.sha256).digest()
