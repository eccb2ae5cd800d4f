"""The only place that reads the wall clock, and the city's time zone at the edge.

Several hosts may work for one city. Whose clock is wrong would end leases and codes early, or call at night; so the
processes of the city follow the database's clock, which is one for all of them.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

CITY_ZONE = ZoneInfo("Asia/Jerusalem")
#: so near to the database's, a host's own clock is left alone
NEAR = timedelta(seconds=2)


class _Correction:
    """What is added to this host's clock. follows: the process asked for it; tests, which set the time, do not."""

    def __init__(self) -> None:
        self.follows, self.ahead = False, timedelta(0)


_correction = _Correction()


def now() -> datetime:
    """Return the present instant, aware UTC."""
    return own() + _correction.ahead


def own() -> datetime:
    """Return what this host's clock shows, uncorrected; aware UTC. Only for comparing it with another."""
    return datetime.now(UTC)


def steady() -> Callable[[], datetime]:
    """Return a clock that begins with the present instant and no longer looks at the host's: it never leaps."""
    start, began = now(), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def follow_database() -> None:
    """Correct this process's clock by the database's from now on; see `heed`."""
    _correction.follows = True


def heed(shown: datetime, asked_at: datetime) -> None:
    """Take note of the database's clock. shown: what it showed; asked_at: `own` just before it was asked.

    The way there and back makes the comparison uncertain by half its length; what lies within it is no difference.
    """
    if not _correction.follows:
        return
    half_way = (own() - asked_at) / 2
    ahead = shown - (asked_at + half_way)
    _correction.ahead = ahead if abs(ahead) > NEAR + abs(half_way) else timedelta(0)


def local(instant: datetime) -> datetime:
    """Return the instant as the city's wall clock shows it. instant: aware."""
    return instant.astimezone(CITY_ZONE)
