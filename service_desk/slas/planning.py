"""What a stored clock is as a value, which rungs it climbs, and when the sweep has to look at it next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.slas import queries
from service_desk.slas.rules import ClockKind, ClockResult, ClockState
from service_desk.slas.rules.ladder import climbed_by, next_rung

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.slas.models import Clock
    from service_desk.slas.rules import Calendar
    from service_desk.slas.rules.ladder import Ladder

#: the calendar of what runs day and night
ALWAYS = "24x7"


def state_of(clock: Clock) -> ClockState:
    """Return the pure value of a stored clock."""
    return ClockState(
        kind=ClockKind(clock.kind),
        minutes=clock.minutes,
        calendar_code=clock.calendar_code,
        started_at=clock.started_at,
        due_at=clock.due_at,
        paused_at=clock.paused_at,
        stopped_at=clock.stopped_at,
        result=ClockResult(clock.result) if clock.result else None,
        round=clock.round,
    )


def rungs_of(state: ClockState, sla_id: int | None, *, is_hazard: bool | None = None) -> Ladder:
    """Return the rungs a clock climbs. is_hazard None: as its calendar tells, since a hazard's first look runs day and night."""
    ladder = queries.standards().ladder(sla_id, state.started_at)
    is_urgent = state.calendar_code == ALWAYS if is_hazard is None else is_hazard
    return climbed_by(state.kind, ladder, is_hazard=is_urgent)


def next_rung_at(state: ClockState, sla_id: int | None, calendar: Calendar) -> datetime | None:
    """Return when the sweep has to look at the clock: its first rung's instant, which may be past.

    Rungs climbed before are on record and not climbed again, so the sweep goes on from where it was.
    """
    step = next_rung(state, rungs_of(state, sla_id), calendar)
    return step[1] if step else None


def plan_rung(clock: Clock) -> None:
    """Say anew when the ladder's next rung is reached: every move of a clock moves it too."""
    if clock.stopped_at is not None or clock.paused_at is not None:
        clock.next_rung_at = None
    else:
        calendar = queries.standards().version(clock.calendar_id, clock.started_at)
        clock.next_rung_at = next_rung_at(state_of(clock), clock.sla_id, calendar)
