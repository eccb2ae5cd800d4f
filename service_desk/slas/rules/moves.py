"""What may happen to a clock: started by a promise, paused by the ticket's states, stopped once, judged for good.

Every move returns a new frozen ``ClockState``; the same moves replayed from the history give the same state.
A pause gives back the open time that passed during it, so what was left at the pause is left at the resume. A clock
that had already run out when it was paused is not mended by the pause: its due time stays, and it stays late.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service_desk.slas.rules.calendar import due_at, instant_of, open_seconds_between, whole_second
from service_desk.slas.rules.clock import (
    ClockError,
    ClockMove,
    ClockResult,
    ClockState,
    ClockStopped,
    OutOfOrder,
    Promise,
    breached,
    cut,
    remaining_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service_desk.slas.rules.calendar import Calendar
    from service_desk.slas.rules.clock import ClockEvent


def start(promise: Promise, at: datetime, calendar: Calendar) -> ClockState:
    """Return the clock of a promise made at ``at`` (aware). Raises CalendarError."""
    began = cut(at)
    due = due_at(began, promise.minutes, calendar)
    return ClockState(promise.kind, promise.minutes, promise.calendar_code, began, due, changed_at=began)


def pause(clock: ClockState, at: datetime) -> ClockState:
    """Return the clock paused from ``at``; one already paused stays as it was. Raises OutOfOrder, ClockStopped."""
    now = _next_move(clock, at)
    return clock if clock.paused_at else replace(clock, paused_at=now, changed_at=now)


def resume(clock: ClockState, at: datetime, calendar: Calendar) -> ClockState:
    """Return the clock running again from ``at`` with the open time it had left; one that runs stays as it was.

    Raises OutOfOrder, ClockStopped, CalendarEnds.
    """
    now = _next_move(clock, at)
    if clock.paused_at is None:
        return clock
    due = clock.due_at
    if clock.paused_at < due:
        left = remaining_seconds(clock, now, calendar)
        due = instant_of(calendar.table.due(whole_second(now), left))
    return replace(clock, due_at=due, paused_at=None, changed_at=now)


def stop(clock: ClockState, at: datetime, calendar: Calendar) -> ClockState:
    """Return the clock stopped at ``at`` with its result frozen; a stopped one stays as it was.

    A paused clock is resumed first, so a wait is never held against the city. At the due second it is still met.
    Raises OutOfOrder, CalendarEnds.
    """
    if clock.stopped_at is not None:
        return clock
    running = resume(clock, at, calendar)
    now = _next_move(running, at)
    result = ClockResult.MET if now <= running.due_at else ClockResult.MISSED
    return replace(running, stopped_at=now, result=result, changed_at=now)


def void(clock: ClockState, at: datetime) -> ClockState:
    """Return the clock taken back at ``at``, without a result to count; one already past due is missed all the same.

    A stopped clock stays as it was. Raises OutOfOrder.
    """
    if clock.stopped_at is not None:
        return clock
    now = _next_move(clock, at)
    result = ClockResult.MISSED if breached(clock, now) else ClockResult.VOID
    return replace(clock, paused_at=None, stopped_at=now, result=result, changed_at=now)


def restart(clock: ClockState, at: datetime, promise: Promise, calendar: Calendar) -> ClockState:
    """Return a new clock for reopened work; the stopped one keeps its result, so a first breach stays on record.

    promise: of the same kind, usually shorter. Raises ClockError if the old clock still runs or the kind differs,
    OutOfOrder, CalendarEnds.
    """
    if clock.stopped_at is None:
        raise ClockError("Only a stopped clock can be started again.")
    if promise.kind is not clock.kind:
        raise ClockError(f"A {clock.kind} clock cannot be started again as {promise.kind}.")
    if cut(at) < clock.stopped_at:
        raise OutOfOrder(f"Reopened at {at}, before the clock stopped at {clock.stopped_at}.")
    return replace(start(promise, at, calendar), round=clock.round + 1)


def replay(promise: Promise, events: Iterable[ClockEvent], calendar: Calendar) -> ClockState:
    """Return the clock that a history (oldest first, from START) amounts to.

    The due time is found anew from the sum of all pauses, not move by move, so it proves the stored one.
    Raises ClockError if the first event is no START, OutOfOrder, ClockStopped, CalendarError.
    """
    moves = iter(events)
    first = next(moves, None)
    if first is None or first.move is not ClockMove.START:
        raise ClockError("A clock's history begins with its start.")
    clock = start(promise, first.at, calendar)
    began, promised = whole_second(clock.started_at), 60 * promise.minutes
    for event in moves:
        if event.move is ClockMove.START:
            raise ClockError("A clock starts once; reopened work has a clock of its own.")
        if event.move is ClockMove.PAUSE:
            clock = pause(clock, event.at)
            continue
        if event.move is ClockMove.STOP and clock.stopped_at is not None:
            continue
        now = _next_move(clock, event.at)
        if clock.paused_at is not None:
            if clock.paused_at < clock.due_at:
                promised += open_seconds_between(clock.paused_at, now, calendar)
            due = instant_of(calendar.table.due(began, promised))
            clock = replace(clock, due_at=due, paused_at=None, changed_at=now)
        if event.move is ClockMove.STOP:
            clock = stop(clock, now, calendar)
    return clock


def _next_move(clock: ClockState, at: datetime) -> datetime:
    """Return ``at`` in whole seconds, if a move may happen then."""
    now = cut(at)
    if clock.stopped_at is not None:
        raise ClockStopped(f"The clock stopped at {clock.stopped_at} with its result.")
    if now < clock.last_at:
        raise OutOfOrder(f"A move at {at} comes before the last one at {clock.last_at}.")
    return now
