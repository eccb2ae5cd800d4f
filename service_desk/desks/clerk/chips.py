"""The due chip and the groups of the queue: what a row says of its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from service_desk import clock
from service_desk.desks.filters import DAYS_FROM, due, span
from service_desk.desks.speech import spoken
from service_desk.errors import NotFound
from service_desk.slas.queries import standards
from service_desk.slas.rules import CalendarError, open_seconds_between
from service_desk.slas.rules.clock import SOON, SOON_PART
from service_desk.tickets.rules import PAUSING

if TYPE_CHECKING:
    from service_desk.slas.rules import Calendar
    from service_desk.tickets.models import Ticket
    from service_desk.tickets.queries import QueueRow

GROUPS = ("late", "today", "soon", "later", "none")
#: how far ahead a working day is looked for
_HORIZON_DAYS = 21


@dataclass(frozen=True, slots=True)
class DueChip:
    """What a chip shows. state: ok, soon, late, paused, met. percent: of the way from opening to due, 0…100."""

    state: str
    words: str
    absolute: str
    percent: int


def chip(ticket: Ticket | QueueRow, now: datetime) -> DueChip:
    """Return the chip of a ticket's next promise; a ticket whose clocks stand still or have ended says so."""
    if ticket.due_at is None or _stands(ticket):
        return _still(ticket)
    whole = max((ticket.due_at - ticket.opened_at).total_seconds(), 1.0)
    percent = round(100 * (now - ticket.opened_at).total_seconds() / whole)
    left = ticket.due_at - now
    if left < timedelta(0):
        return DueChip("late", _late(span(left), spoken()), due(ticket.due_at), 100)
    is_soon = left < SOON or left.total_seconds() <= SOON_PART * whole
    state = "soon" if is_soon else "ok"
    return DueChip(state, _left(span(left), spoken()), due(ticket.due_at), max(0, min(percent, 100)))


def steady_seconds(ticket: Ticket | QueueRow, now: datetime) -> float:
    """Return for how long (s) the ticket's chip stays as it is now, but for the names of days: never more, at times less."""
    if ticket.due_at is None or _stands(ticket):
        return float("inf")
    whole = max((ticket.due_at - ticket.opened_at).total_seconds(), 1.0)
    left, passed = (ticket.due_at - now).total_seconds(), (now - ticket.opened_at).total_seconds()
    if left < 0:
        return _steady_span(-left, is_growing=True)
    until_soon = left - max(SOON.total_seconds(), SOON_PART * whole)
    bounds = (_to_half(passed, whole / 100), _steady_span(left), until_soon if until_soon > 0 else left)
    return max(0.0, min(bounds))


def _steady_span(seconds: float, *, is_growing: bool = False) -> float:
    """Return for how long (s) a span's words stay the same while it grows or shrinks: whole minutes, then rounded days."""
    if seconds < DAYS_FROM:
        return 60 - seconds % 60 if is_growing else seconds % 60
    if is_growing:
        return _to_half(seconds, 86_400)
    return min(seconds - DAYS_FROM, 86_400 - _to_half(seconds, 86_400)) - 2


def _to_half(seconds: float, step: float) -> float:
    """Return how long (s) a growing span rounds to the same number of steps; 0 within a second of where that changes."""
    since = (seconds / step + 0.5) % 1 * step
    return step - since - 1 if since > 1 else 0.0


@lru_cache(maxsize=2048)
def _late(time_late: str, _language: str) -> str:
    return str(_("Late by %(time)s", time=time_late))


@lru_cache(maxsize=2048)
def _left(time_left: str, _language: str) -> str:
    return str(_("%(time)s left", time=time_left))


def _stands(ticket: Ticket | QueueRow) -> bool:
    """Say whether the promise was paused while it was still whole."""
    return ticket.status in PAUSING and (ticket.due_at is None or ticket.due_at > ticket.holder_since)


def _still(ticket: Ticket | QueueRow) -> DueChip:
    if ticket.status in PAUSING:
        return DueChip("paused", *_stands_still(due(ticket.holder_since, inside=True), spoken()), 40)
    if ticket.status in {"rejected", "duplicate"}:
        return DueChip("ok", _("No promise runs"), due(ticket.closed_at), 0)
    return DueChip("met", _("Done"), due(ticket.resolved_at or ticket.closed_at), 100)


@lru_cache(maxsize=2048)
def _stands_still(since: str, _language: str) -> tuple[str, str]:
    return str(_("The clock stands still")), str(_("since %(time)s", time=since))


@dataclass(frozen=True, slots=True)
class Borders:
    """Where the groups of the queue end. All aware UTC."""

    now: datetime
    today: datetime
    soon: datetime

    def group(self, due_at: datetime | None) -> str:
        """Return the group of a due time: late, today, soon (two working days), later; none when no clock runs."""
        if due_at is None:
            return "none"
        if due_at < self.now:
            return "late"
        # A promise that ends at midnight is due on the day that ends then.
        if due_at <= self.today:
            return "today"
        return "soon" if due_at <= self.soon else "later"


_kept: dict[tuple[int, int, str], datetime] = {}


def borders(now: datetime) -> Borders:
    """Return the ends of today and of the second working day after it, on the city's clock."""
    midnight = _midnight(clock.local(now), 1)
    try:
        calendar_id, calendar = standards().calendar("business")
    except NotFound:
        return Borders(now, midnight, midnight + timedelta(days=2))
    key = (calendar_id, calendar.version, midnight.isoformat())
    if key not in _kept:
        _kept.clear()
        _kept[key] = _second_working_day(clock.local(now), calendar)
    return Borders(now, midnight, _kept[key])


def _midnight(local: datetime, days: int) -> datetime:
    day = local.date() + timedelta(days=days)
    return datetime.combine(day, time(0), tzinfo=clock.CITY_ZONE)


def _second_working_day(local: datetime, calendar: Calendar) -> datetime:
    found = 0
    for days in range(1, _HORIZON_DAYS):
        begin, end = _midnight(local, days), _midnight(local, days + 1)
        try:
            found += open_seconds_between(begin, end, calendar) > 0
        except CalendarError:
            break
        if found == 2:
            return end
    return _midnight(local, 3)
