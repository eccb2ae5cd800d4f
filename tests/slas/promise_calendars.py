"""Calendars and instants the tests of promises share; the week of the mock-ups is 24 November 2026."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from service_desk.slas.rules import Calendar, DayKind, DayRule, Window

JERUSALEM = ZoneInfo("Asia/Jerusalem")
SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)
BEGINS = date(2026, 1, 1)
PASSOVER_EVE = {"he": "ערב פסח"}
PASSOVER = {"he": "פסח"}


def local(year, month, day, hour=0, minute=0, second=0, fold=0):
    """Return a Jerusalem wall-clock time as aware UTC."""
    return datetime(year, month, day, hour, minute, second, tzinfo=JERUSALEM, fold=fold).astimezone(UTC)


def week(*windows, weekdays=SUNDAY_TO_THURSDAY):
    return tuple(Window(weekday, *window) for weekday in weekdays for window in windows)


def calendar(windows, days=(), **more):
    return Calendar("made", windows, tuple(days), valid_from=BEGINS, **more)


def closed(day, name=None):
    return DayRule(day, DayKind.CLOSED, name=name)


def half(day, *windows, name=None):
    return DayRule(day, DayKind.WINDOWS, windows or ((480, 780),), name=name)


ALWAYS = Calendar("24x7", valid_from=BEGINS, is_always_open=True)
BUSINESS = Calendar(
    "business",
    week((0, 1440)),
    (closed(date(2026, 4, 1), PASSOVER_EVE), closed(date(2026, 4, 2), PASSOVER)),
    valid_from=BEGINS,
)
# A centre with a break at noon, Friday mornings, and a half day before Passover.
OFFICE = Calendar(
    "office",
    week((480, 780), (960, 1200)) + week((480, 720), weekdays=(4,)),
    (half(date(2026, 4, 1), name=PASSOVER_EVE), closed(date(2026, 4, 2), PASSOVER)),
    valid_from=BEGINS,
)
# Open through the hour that the clock change of 26 March 2027 skips and that of 31 October 2027 repeats.
NIGHT = Calendar("night", week((60, 240), weekdays=range(7)), valid_from=BEGINS)
EVERY = (ALWAYS, BUSINESS, OFFICE, NIGHT)
