"""When a message may leave: not at night, not on Shabbat or a holiday, unless the matter or the person wants it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk.slas.rules.quiet import telling_at

if TYPE_CHECKING:
    from collections.abc import Container
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

#: answers to what the person did a moment ago
AT_ONCE = frozenset({"received", "joined", "code"})
#: words of a person to a person, which go at once while the two are talking
_TALK = frozenset({"reply", "question"})
TALKING = timedelta(hours=1)


def is_urgent(
    event: str,
    channel: str,
    *,
    is_hazard: bool,
    is_any_hour: bool,
    last_inbound_at: datetime | None,
    now: datetime,
) -> bool:
    """Say whether a message may leave in quiet hours too.

    A hazard and a code always may; what the person asked to get at any hour may. An answer to what she just did may
    as well, but not as a call: a phone that rings wakes a house, and on Shabbat it offends.
    """
    if is_hazard or is_any_hour or event == "code":
        return True
    if channel == "voice":
        return False
    is_talking = last_inbound_at is not None and timedelta(0) <= now - last_inbound_at < TALKING
    return event in AT_ONCE or (event in _TALK and is_talking)


def first_allowed(now: datetime, holidays: Container[date], zone: ZoneInfo) -> datetime:
    """Return now when a message that can wait may leave, else the next instant when it may; aware UTC.

    holidays: local dates of public holidays. The hours are those in which staff are told: 07:00–21:00, until 15:00
    on the eve of a day of rest.
    """
    return telling_at(now, holidays, zone)
