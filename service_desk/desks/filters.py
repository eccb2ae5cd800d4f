"""Template filters: names of data by language, times on the city's clock, durations and references as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from babel.dates import get_day_names
from flask import request
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from service_desk import clock
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from flask import Flask


def by_language(name: Mapping[str, Any] | str | None) -> Any:
    """Return the reader's wording of a data name; Hebrew, then English, when it has none."""
    if not isinstance(name, Mapping):
        return name or ""
    spoken = str(get_locale())
    return name.get(spoken) or name.get("he") or name.get("en") or ""


def at_hour(instant: datetime | None) -> str:
    """Return HH:MM on the city's clock."""
    return f"{clock.local(instant):%H:%M}" if instant else ""


@lru_cache(maxsize=64)
def _weekday(locale: str, number: int) -> str:
    """Return the short name of a weekday (0 = Monday): looked up once, since a queue page shows a hundred."""
    return str(get_day_names("abbreviated", locale=locale)[number])


def on_day(instant: datetime | None) -> str:
    """Return day and hour: «Today, 14:00», «Tue 1.12, 09:40»."""
    if instant is None:
        return ""
    when, today = clock.local(instant), clock.local(clock.now()).date()
    days = (when.date() - today).days
    year = f".{when.year}" if when.year != today.year else ""
    if days == 0:
        day = _("Today")
    elif days in (1, -1):
        day = _("Tomorrow") if days == 1 else _("Yesterday")
    else:
        day = f"{_weekday(str(get_locale()), when.weekday())} {when.day}.{when.month}{year}"
    return f"{day}, {when:%H:%M}"


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
        days = round(total / 86_400)
        return ngettext("%(num)s day", "%(num)s days", days)
    if total >= 3600:
        return _("%(time)s h", time=f"{total // 3600}:{total % 3600 // 60:02d}")
    return _("%(num)s min", num=max(total // 60, 0))


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
