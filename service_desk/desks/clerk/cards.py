"""The side of a ticket's page: its clocks with their working, and who held the ball."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.filters import allowance, by_language, due, on_day, span
from service_desk.desks.repeated import Same
from service_desk.errors import NotFound
from service_desk.slas.planning import state_of
from service_desk.slas.queries import standards
from service_desk.slas.rules import CalendarError, DueState, Pause, due_state, explain, percent_used
from service_desk.tickets.ball import Turn, parts, sums

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.flow.dossier import Dossier
    from service_desk.slas.models import Clock
    from service_desk.slas.models import Pause as PauseRow
    from service_desk.slas.rules import Calendar, Working

DAY_MINUTES = 1440
#: which bar class a holder has
_BALL_CLASS = {
    "centre": "b-c",
    "unit": "b-p",
    "contractor": "b-k",
    "outside": "b-o",
    "resident": "b-w",
    "nobody": "b-n",
}


@dataclass(frozen=True, slots=True)
class ClockCard:
    """One clock as its card shows it. percent: of the promise used, 0…100. working: None when it cannot be told."""

    name: Any
    rule: str
    state: str
    word: str
    big: str
    started: str
    ends: str
    percent: int
    working: Working | None
    round: int


def clock_cards(clocks: Sequence[Clock], pauses: Sequence[PauseRow], now: datetime) -> list[ClockCard]:
    """Return the cards of the clocks that count, the newest round first; taken-back ones are left out."""
    order = {"make_safe": 0, "resolve": 1, "acknowledge": 2}
    counted = [clock for clock in clocks if clock.result != "void"]
    counted.sort(key=lambda clock: (-clock.round, order.get(clock.kind, 3)))
    return [_card(clock, pauses, now) for clock in counted]


def _card(clock: Clock, pauses: Sequence[PauseRow], now: datetime) -> ClockCard:
    value = state_of(clock)
    state = due_state(now, value)
    calendar = _calendar(clock)
    percent = round(percent_used(value, now, calendar)) if calendar else 0
    word, big = _said(clock, state, now)
    shown = {DueState.RUNNING: "ok", DueState.MISSED: "late"}.get(state, str(state))
    return ClockCard(
        name=words.CLOCK.get(clock.kind, clock.kind),
        rule=_rule(clock),
        state=shown,
        word=word,
        big=big,
        started=on_day(clock.started_at),
        ends=_("until %(time)s", time=due(clock.due_at, inside=True)),
        percent=100 if shown == "late" else max(0, min(percent, 100)),
        working=_working(clock, pauses, calendar),
        round=clock.round,
    )


def _calendar(clock: Clock) -> Calendar | None:
    try:
        return standards().version(clock.calendar_id, clock.started_at)
    except (NotFound, CalendarError):
        return None


def _rule(clock: Clock) -> str:
    days, rest = divmod(clock.minutes, DAY_MINUTES)
    if clock.calendar_code == "24x7":
        return _("%(time)s, day and night", time=allowance(clock.minutes))
    if clock.calendar_code == "business" and days and not rest:
        return ngettext("%(num)s working day", "%(num)s working days", days)
    return _("%(time)s of working time", time=allowance(clock.minutes))


def _said(clock: Clock, state: DueState, now: datetime) -> tuple[str, str]:
    """Return the state's word and the large line of a clock."""
    stopped = clock.stopped_at or now
    if state is DueState.MET:
        return _("On time"), _("Done within %(time)s", time=span(stopped - clock.started_at))
    if state is DueState.MISSED:
        return _("Late"), _("Done %(time)s late", time=span(stopped - clock.due_at))
    if state is DueState.LATE:
        return _("Late"), _("Late by %(time)s", time=span(now - clock.due_at))
    if state is DueState.PAUSED:
        return _("Stands still"), _(
            "Until %(time)s, and later by the pause", time=due(clock.due_at, inside=True)
        )
    return (_("Soon") if state is DueState.SOON else _("Runs")), _(
        "By %(time)s", time=due(clock.due_at, inside=True)
    )


def _working(clock: Clock, pauses: Sequence[PauseRow], calendar: Calendar | None) -> Working | None:
    if calendar is None:
        return None
    own = tuple(
        Pause(each.started_at, each.ended_at)
        for each in pauses
        if (each.ended_at is None or each.ended_at > clock.started_at)
        and (clock.stopped_at is None or each.started_at < clock.stopped_at)
    )
    return _explained(clock.started_at, clock.minutes, Same(calendar), own)


@lru_cache(maxsize=512)
def _explained(
    started_at: datetime, minutes: int, calendar: Same[Calendar], pauses: tuple[Pause, ...]
) -> Working | None:
    """Return the working of a promise: a clerk's every act shows the same ticket, and its clocks, again."""
    try:
        return explain(started_at, minutes, calendar.it, pauses=pauses)
    except (CalendarError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's share of the ball. css: the bar's class; weight, percent: 1…100."""

    name: str
    css: str
    number: int | None
    time: str
    percent: int
    weight: int
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class BallCard:
    """Who held the ball: the bar's parts in order, the legend by holder, the whole in words."""

    bar: list[Share]
    legend: list[Share]
    whole: str
    spoken: str
    since: str
    until: str


def ball_card(dossier: Dossier, now: datetime) -> BallCard:
    """Return the account of a ticket's life by holder, up to its end or now."""
    ticket = dossier.ticket
    until = ticket.closed_at or now
    turns = [Turn(event.at, event.holder_kind, event.holder_id) for event in dossier.events]
    held = parts(turns, until)
    whole = sum(part.seconds for part in held) or 1.0
    present = (held[-1].holder_kind, held[-1].holder_id) if held and ticket.closed_at is None else None
    bar = [_share(part.holder_kind, part.holder_id, part.seconds, whole) for part in held]
    legend = [
        _share(
            each.holder_kind,
            each.holder_id,
            each.seconds,
            whole,
            is_now=(each.holder_kind, each.holder_id) == present,
        )
        for each in sums(held)
    ]
    spoken = ", ".join(_("%(who)s %(time)s", who=each.name, time=each.time) for each in bar)
    return BallCard(
        bar,
        legend,
        span(whole),
        spoken,
        on_day(ticket.opened_at),
        on_day(until) if ticket.closed_at else _("now"),
    )


def _share(kind: str, holder_id: int | None, seconds: float, whole: float, *, is_now: bool = False) -> Share:
    city = city_map()
    centre, unit = city.centres.get(holder_id or 0), city.units.get(holder_id or 0)
    name = str(words.HOLDER.get(kind, kind))
    if kind == "centre" and centre is not None:
        name = _("Keshet %(number)s", number=centre.number)
    elif kind in {"unit", "contractor", "outside"} and unit is not None:
        name = str(by_language(unit.name))
    number = centre.number if kind == "centre" and centre else None
    percent = round(100 * seconds / whole)
    return Share(
        name, _BALL_CLASS.get(kind, "b-n"), number, span(seconds), percent, max(1, min(percent, 100)), is_now
    )
