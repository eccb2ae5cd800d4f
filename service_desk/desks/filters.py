"""Template filters: names of data by language, places, times on the city's clock, durations and references as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

import phonenumbers
from babel.dates import get_day_names
from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk import clock
from service_desk.desks.speech import spoken
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from flask import Flask

#: spans from here on are said in days (s)
DAYS_FROM = 2 * 86_400


def by_language(name: Mapping[str, Any] | str | None) -> Any:
    """Return the reader's wording of a data name; Hebrew, then English, when it has none."""
    if not isinstance(name, Mapping):
        return name or ""
    return name.get(spoken()) or name.get("he") or name.get("en") or ""


class Placed(Protocol):
    """What lies somewhere. address: as known, or empty; lon: degrees, None without a point."""

    @property
    def address(self) -> str: ...  # noqa: D102
    @property
    def lon(self) -> float | None: ...  # noqa: D102


def where(placed: Placed, landmark: str | None = None) -> str:
    """Return the place in words: as known, else as somebody described it, else that it is on the map, or that there is none.

    landmark: the description, when it is not the thing's own.
    """
    described = getattr(placed, "landmark", "") if landmark is None else landmark
    return placed.address or described or str(_("No place") if placed.lon is None else _("On the map"))


def at_hour(instant: datetime | None) -> str:
    """Return HH:MM on the city's clock."""
    return f"{clock.local(instant):%H:%M}" if instant else ""


#: (from, to, date): the day of the last moment asked about; a page asks a hundred times
_today: tuple[datetime, datetime, date] | None = None


def today() -> date:
    """Return the date on the city's clock."""
    global _today  # noqa: PLW0603 — replaced whole, so that threads see the old day or the new
    now, kept = clock.now(), _today
    if kept is None or not kept[0] <= now < kept[1]:
        begin = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        # A day is 23 to 25 hours long; the next midnight is found on the wall clock, and compared as an instant.
        end = begin + timedelta(days=1)
        kept = (begin.astimezone(UTC), end.astimezone(UTC), begin.date())
        _today = kept
    return kept[2]


@lru_cache(maxsize=512)
def _day(when: date, today: date, language: str, inside: bool) -> str:  # noqa: FBT001 — kept by its place
    """Return «Today» or «Tue 1.12»: said once a day and language, since a queue page shows a hundred.

    inside: it stands in a sentence, «until today»; the names of days keep the letter their language gives them.
    """
    days = (when - today).days
    if days in (0, 1, -1):
        word = str({0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}[days])
        return word[0].lower() + word[1:] if inside else word
    year = f".{when.year}" if when.year != today.year else ""
    return f"{get_day_names('abbreviated', locale=language)[when.weekday()]} {when.day}.{when.month}{year}"


def on_day(instant: datetime | None, *, inside: bool = False) -> str:
    """Return day and hour: «Today, 14:00», «Tue 1.12, 09:40»; inside a sentence «today, 14:00»."""
    return "" if instant is None else _on_day(instant, today(), spoken(), inside)


@lru_cache(maxsize=4096)
def _on_day(instant: datetime, present: date, language: str, inside: bool) -> str:  # noqa: FBT001
    when = clock.local(instant)
    return f"{_day(when.date(), present, language, inside)}, {when.hour:02}:{when.minute:02}"


def due(instant: datetime | None, *, inside: bool = False) -> str:
    """Return a promised instant, as on_day does; midnight is said as the end of the day before it."""
    return "" if instant is None else _due(instant, today(), spoken(), inside)


@lru_cache(maxsize=4096)
def _due(instant: datetime, present: date, language: str, inside: bool) -> str:  # noqa: FBT001
    when = clock.local(instant)
    if (when.hour, when.minute) != (0, 0):
        return _on_day(instant, present, language, inside)
    before = clock.local(instant - timedelta(minutes=1)).date()
    return f"{_day(before, present, language, inside)}, {_('by the end of the day')}"


def span(seconds: float | timedelta) -> str:
    """Return a duration in its two largest units' words: «3 days», «3:24 h», «12 min»."""
    total = int(seconds.total_seconds() if isinstance(seconds, timedelta) else seconds)
    total = abs(total)
    if total >= DAYS_FROM:
        return _long(round(total / 86_400), spoken())
    return _short(total // 60, spoken())


def allowance(minutes: int) -> str:
    """Return how long a promise allows, exactly: «3 days» for whole days from two on, «60:00 h» otherwise."""
    return span(minutes * 60) if minutes % 1440 == 0 else _short(minutes, spoken())


@lru_cache(maxsize=2048)
def _long(days: int, _language: str) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", days))


@lru_cache(maxsize=4096)
def _short(minutes: int, _language: str) -> str:
    if minutes >= 60:
        return str(_("%(time)s h", time=f"{minutes // 60}:{minutes % 60:02d}"))
    return str(_("%(num)s min", num=minutes))


def dialled(phone: str) -> str:
    """Return an Israeli E.164 number as it is dialled, 050-234-5678; anything else (106, *8840) as it is."""
    if not phone.startswith("+972"):
        return phone
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def keep_query(**changes: str) -> str:
    """Return the page's own query with some values changed: for language links that keep the page."""
    kept = ((key, value) for key, values in request.args.lists() if key not in changes for value in values)
    return _query((*kept, *changes.items()))


@lru_cache(maxsize=512)
def _query(pairs: tuple[tuple[str, str], ...]) -> str:
    return urlencode(pairs)


def init_app(app: Flask) -> None:
    """Register the filters under the words that templates use."""
    app.jinja_env.filters.update(
        t=by_language, where=where, hour=at_hour, when=on_day, due=due, span=span, ref=shown, dialled=dialled
    )
    app.jinja_env.globals.update(now=clock.now, today=today, keep_query=keep_query)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
