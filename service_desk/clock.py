"""The only place that reads the wall clock, and the city's time zone at the edge."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Jerusalem")


def now() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)


def local(instant: datetime) -> datetime:
    """Return the instant as the city's wall clock shows it. instant: aware."""
    return instant.astimezone(CITY_ZONE)
