"""Template filters: names of data by language, times on the city's clock, durations and references as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel.dates import get_day_names
from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk import clock
from service_desk.desks.speech import spoken
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from flask import Flask


def by_language(name: Mapping[str, Any] | str | None) -> Any:
    """Return the reader's wording of a data name; Hebrew, then English, when it has none."""
    if not isinstance(name, Mapping):
        return name or ""
    return name.get(spoken()) or name.get("he") or name.get("en") or ""


def at_hour(instant: datetime | None) -> str:
    """Return HH:MM on the city's clock."""
    return f"{clock.local(instant):%H:%M}" if instant else ""


@lru_cache(maxsize=512)
def _day(when: date, today: date, language: str) -> str:
    """Return «Today» or «Tue 1.12»: said once a day and language, since a queue page shows a hundred."""
    days = (when - today).days
    if days == 0:
        return str(_("Today"))
    if days in (1, -1):
        return str(_("Tomorrow") if days == 1 else _("Yesterday"))
    year = f".{when.year}" if when.year != today.year else ""
    return f"{get_day_names('abbreviated', locale=language)[when.weekday()]} {when.day}.{when.month}{year}"


def on_day(instant: datetime | None) -> str:
    """Return day and hour: «Today, 14:00», «Tue 1.12, 09:40»."""
    if instant is None:
        return ""
    when, today = clock.local(instant), clock.local(clock.now()).date()
    return f"{_day(when.date(), today, spoken())}, {when.hour:02}:{when.minute:02}"


def due(instant: datetime | None) -> str:
    """Return a promised instant; midnight is said as the end of the day before it."""
    if instant is None:
        return ""
    when = clock.local(instant)
    if (when.hour, when.minute) != (0, 0):
        return on_day(instant)
    return on_day(instant - timedelta(minutes=1)).rpartition(",")[0] + ", " + _("by the end of the day")


def span(seconds: float | timedelta) -> str:
    """Return a duration in its two largest units' words: «3 days», «3:24 h», «12 min»."""
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    total = abs(total)
    if total >= 2 * 86_400:
        return _long(round(total / 86_400), spoken())
    return _short(total // 60, spoken())


@lru_cache(maxsize=2048)
def _long(days: int, _language: str) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", days))


@lru_cache(maxsize=4096)
def _short(minutes: int, _language: str) -> str:
    if minutes >= 60:
        return str(_("%(time)s h", time=f"{minutes // 60}:{minutes % 60:02d}"))
    return str(_("%(num)s min", num=minutes))


def keep_query(**changes: str) -> str:
    """Return the page's own query with some values changed: for language links that keep the page."""
    kept = {key: values for key, values in request.args.lists() if key not in changes}
    return urlencode([*((key, value) for key, values in kept.items() for value in values), *changes.items()])


def init_app(app: Flask) -> None:
    """Register the filters under the words that templates use."""
    app.jinja_env.filters.update(t=by_language, hour=at_hour, when=on_day, due=due, span=span, ref=shown)
    app.jinja_env.globals.update(now=clock.now, keep_query=keep_query)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
