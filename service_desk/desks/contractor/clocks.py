"""The clocks of an order as cards with their working: what the contract gives, until when, and how that was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from service_desk.desks.clerk.cards import ClockCard
from service_desk.desks.contractor import words
from service_desk.desks.filters import allowance, due, on_day, span
from service_desk.errors import NotFound
from service_desk.slas.queries import standards
from service_desk.slas.rules import CalendarError, Pause, explain, open_seconds_between

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.contractors.rules.clocks import DutyClock
    from service_desk.contractors.rules.orders import Held
    from service_desk.slas.rules import Calendar, Working


def clock_cards(clocks: Sequence[DutyClock], pauses: Sequence[Held], now: datetime) -> list[ClockCard]:
    """Return a card for each duty that counts, in the order of their due times."""
    return [
        _card(each, pauses, now)
        for each in sorted(clocks, key=lambda clock: clock.due_at)
        if each.result != "void"
    ]


def _card(clock: DutyClock, pauses: Sequence[Held], now: datetime) -> ClockCard:
    calendar = _calendar(clock)
    state, word, big = _said(clock, now)
    return ClockCard(
        name=words.CLOCK[clock.kind],
        rule=_rule(clock),
        state=state,
        word=word,
        big=big,
        started=on_day(clock.started_at),
        ends=_("until %(time)s", time=due(clock.due_at, inside=True)),
        percent=100 if state == "late" else _percent(clock, calendar, now),
        working=_working(clock, pauses, calendar),
        round=0,
    )


def _calendar(clock: DutyClock) -> Calendar | None:
    try:
        return standards().version(clock.calendar_id, clock.started_at)
    except (NotFound, CalendarError):
        return None


def _rule(clock: DutyClock) -> str:
    time = allowance(clock.minutes)
    if clock.calendar_code == "24x7":
        return _("%(time)s, day and night", time=time)
    return _("%(time)s of working time", time=time)


def _said(clock: DutyClock, now: datetime) -> tuple[str, str, str]:
    """Return the state, its word, and the large line."""
    if clock.stopped_at is not None:
        if clock.result == "met":
            return (
                "met",
                _("On time"),
                _("Done within %(time)s", time=span(clock.stopped_at - clock.started_at)),
            )
        return "late", _("Late"), _("Done %(time)s late", time=span(clock.stopped_at - clock.due_at))
    if clock.paused_at is not None:
        return (
            "paused",
            _("Stands still"),
            _("Until %(time)s, and later by the pause", time=due(clock.due_at, inside=True)),
        )
    if clock.due_at < now:
        return "late", _("Late"), _("Late by %(time)s", time=span(now - clock.due_at))
    return "ok", _("Runs"), _("By %(time)s", time=due(clock.due_at, inside=True))


def _percent(clock: DutyClock, calendar: Calendar | None, now: datetime) -> int:
    if calendar is None or clock.minutes <= 0:
        return 0
    until = clock.stopped_at or clock.paused_at or now
    try:
        left = open_seconds_between(min(until, clock.due_at), clock.due_at, calendar)
    except CalendarError:
        return 0
    return max(0, min(100, round(100 - 100 * left / (60 * clock.minutes))))


def _working(clock: DutyClock, pauses: Sequence[Held], calendar: Calendar | None) -> Working | None:
    if calendar is None:
        return None
    own = [
        Pause(each.started_at, each.ended_at)
        for each in pauses
        if (each.ended_at is None or each.ended_at > clock.started_at)
        and (clock.stopped_at is None or each.started_at < clock.stopped_at)
    ]
    try:
        return explain(clock.started_at, clock.minutes, calendar, pauses=own)
    except (CalendarError, ValueError):
        return None
