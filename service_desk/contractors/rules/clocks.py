"""Pure moves of a contractor's clock (שעון קבלן): started by the order, held by the contract's pauses, judged at its stop.

It is kept apart from the city's clocks since its facts may come late: a foreman's phone says at noon that he arrived
at nine. A stop may therefore be dated before a pause that was already written; it is then judged by the due time as
it stands, which a pause can only have moved later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service_desk.slas.rules import due_at, instant_of, open_seconds_between, whole_second

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service_desk.slas.rules import Calendar


@dataclass(frozen=True, slots=True)
class DutyClock:
    """One duty as it stands. Instants: aware UTC in whole seconds. result: met, missed, void, or None while it runs.

    calendar_id: the version of the calendar it is judged by. breached_at: the due time, once it passed unmet.
    """

    kind: str
    minutes: int
    calendar_id: int
    calendar_code: str
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    result: str | None = None
    breached_at: datetime | None = None


def start(
    kind: str, minutes: int, calendar_id: int, calendar_code: str, at: datetime, calendar: Calendar
) -> DutyClock:
    """Return the clock of a duty that begins at ``at``. Raises CalendarError."""
    began = _second(at)
    return DutyClock(kind, minutes, calendar_id, calendar_code, began, due_at(began, minutes, calendar))


def pause(clock: DutyClock, at: datetime) -> DutyClock:
    """Return the clock held from ``at``. One that ran out before stays late, and says so."""
    if clock.stopped_at is not None or clock.paused_at is not None:
        return clock
    now = max(_second(at), clock.started_at)
    return replace(
        clock, paused_at=now, breached_at=clock.due_at if now > clock.due_at else clock.breached_at
    )


def resume(clock: DutyClock, at: datetime, calendar: Calendar) -> DutyClock:
    """Return the clock running again with the open time it had left; one that had run out keeps its due time."""
    if clock.stopped_at is not None or clock.paused_at is None:
        return clock
    due = clock.due_at
    if clock.paused_at < due:
        left = open_seconds_between(clock.paused_at, due, calendar)
        due = instant_of(calendar.table.due(whole_second(max(at, clock.paused_at)), left))
    return replace(clock, due_at=due, paused_at=None)


def stop(clock: DutyClock, at: datetime, calendar: Calendar) -> DutyClock:
    """Return the clock stopped by the fact of ``at``; at the due second it is still met. A stopped one stays."""
    if clock.stopped_at is not None:
        return clock
    now = max(_second(at), clock.started_at)
    if clock.paused_at is not None and now > clock.paused_at:
        clock = resume(clock, now, calendar)
    return _judged(replace(clock, paused_at=None), now)


def bring_forward(clock: DutyClock, at: datetime, calendar: Calendar) -> DutyClock:
    """Return the clock stopped by an earlier fact that came late: the first credible one is what the duty is judged by."""
    if clock.stopped_at is None:
        return stop(clock, at, calendar)
    now = max(_second(at), clock.started_at)
    return _judged(clock, now) if clock.result != "void" and now < clock.stopped_at else clock


def _judged(clock: DutyClock, at: datetime) -> DutyClock:
    is_met = at <= clock.due_at
    return replace(
        clock,
        stopped_at=at,
        result="met" if is_met else "missed",
        # A breach that the sweep wrote down before the fact arrived is taken back with it.
        breached_at=None if is_met else clock.due_at,
    )


def void(clock: DutyClock, at: datetime) -> DutyClock:
    """Return the clock taken back: the order was refused or cancelled. One already past due is missed all the same."""
    if clock.stopped_at is not None:
        return clock
    now = max(_second(at), clock.started_at)
    is_late = min(clock.paused_at or now, now) > clock.due_at or clock.breached_at is not None
    return replace(
        clock,
        paused_at=None,
        stopped_at=now,
        result="missed" if is_late else "void",
        breached_at=clock.due_at if is_late else None,
    )


def reopen(clock: DutyClock) -> DutyClock:
    """Return the clock running again as if it had never stopped: its due time is the original one, nothing is given back."""
    return replace(clock, stopped_at=None, result=None)


def breach(clock: DutyClock) -> DutyClock:
    """Return the clock with its breach on record; a stopped one was judged at its stop."""
    return clock if clock.stopped_at is not None else replace(clock, breached_at=clock.due_at)


def next_due(clocks: Iterable[DutyClock]) -> datetime | None:
    """Return the earliest duty not yet fulfilled (while held, the due time it was held at); None when all stopped."""
    return min((clock.due_at for clock in clocks if clock.stopped_at is None), default=None)


def _second(at: datetime) -> datetime:
    return instant_of(whole_second(at))
