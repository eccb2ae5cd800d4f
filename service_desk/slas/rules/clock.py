"""The clocks of a ticket: started by a promise, paused by its states, stopped once, and judged for good.

Every move returns a new frozen ``ClockState``; the same moves replayed from the history give the same state.
A pause gives back the open time that passed during it, so what was left at the pause is left at the resume. A clock
that had already run out when it was paused is not mended by the pause: its due time stays, and it stays late.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from service_desk.slas.rules.calendar import due_at, instant_of, open_seconds_between, whole_second

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.slas.rules.calendar import Calendar

#: A running clock is "soon" with less wall-clock time left than this …
SOON = timedelta(hours=2)
#: … or within this last part of the way from its start to its due time.
SOON_PART = 0.2


class ClockError(Exception):
    """A move that a clock cannot make; the message says why, in English, for the log."""


class OutOfOrder(ClockError):  # noqa: N818 - named for the fact, as the house errors are
    """A move dated before the one it follows: the history would contradict itself."""


class ClockStopped(ClockError):  # noqa: N818 - named for the fact, as the house errors are
    """A move on a clock whose result is already frozen."""


class ClockKind(StrEnum):
    """What is promised: a first human look, a safe place, the work done."""

    ACKNOWLEDGE = "acknowledge"
    MAKE_SAFE = "make_safe"
    RESOLVE = "resolve"


class ClockResult(StrEnum):
    """How a stopped clock ended, for good."""

    MET = "met"
    MISSED = "missed"


class DueState(StrEnum):
    """What a queue or a page shows of a clock now."""

    RUNNING = "running"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


class ClockMove(StrEnum):
    """What a history can hold about one clock."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Promise:
    """What the city undertakes: minutes of open time (> 0) on the calendar of that code. Raises ValueError."""

    kind: ClockKind
    minutes: int
    calendar_code: str

    def __post_init__(self) -> None:
        if self.minutes <= 0:
            raise ValueError("A promise needs some time.")


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One move of one clock, from the ticket's history. at: aware."""

    move: ClockMove
    at: datetime


@dataclass(frozen=True, slots=True)
class ClockState:
    """One clock as it stands.

    minutes: promised open minutes. due_at: aware UTC; while paused, the due time as it was before the pause.
    paused_seconds: open seconds of finished pauses. changed_at: the last move. result: None until stopped.
    round: 1 for the first promise, 2 after a first reopening, and so on.
    """

    kind: ClockKind
    minutes: int
    calendar_code: str
    started_at: datetime
    due_at: datetime
    changed_at: datetime
    paused_at: datetime | None = None
    paused_seconds: int = 0
    stopped_at: datetime | None = None
    result: ClockResult | None = None
    round: int = 1


def start(promise: Promise, at: datetime, calendar: Calendar) -> ClockState:
    """Return the clock of a promise made at ``at`` (aware). Raises CalendarError."""
    began = _cut(at)
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
        left = open_seconds_between(clock.paused_at, due, calendar)
        due = instant_of(calendar.table.due(whole_second(now), left))
    waited = clock.paused_seconds + open_seconds_between(clock.paused_at, now, calendar)
    return replace(clock, due_at=due, paused_at=None, paused_seconds=waited, changed_at=now)


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


def restart(clock: ClockState, at: datetime, promise: Promise, calendar: Calendar) -> ClockState:
    """Return a new clock for reopened work; the stopped one keeps its result, so a first breach stays on record.

    promise: of the same kind, usually shorter. Raises ClockError if the old clock still runs or the kind differs,
    OutOfOrder, CalendarEnds.
    """
    if clock.stopped_at is None:
        raise ClockError("Only a stopped clock can be started again.")
    if promise.kind is not clock.kind:
        raise ClockError(f"A {clock.kind} clock cannot be started again as {promise.kind}.")
    if _cut(at) < clock.stopped_at:
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
    granted = 0
    for event in moves:
        if event.move is ClockMove.STOP and clock.stopped_at is not None:
            continue
        now = _next_move(clock, event.at)
        if event.move is ClockMove.PAUSE:
            clock = pause(clock, now)
        elif event.move in (ClockMove.RESUME, ClockMove.STOP):
            if clock.paused_at is not None:
                waited = open_seconds_between(clock.paused_at, now, calendar)
                granted += waited if clock.paused_at < clock.due_at else 0
                due = calendar.table.due(whole_second(clock.started_at), 60 * promise.minutes + granted)
                clock = replace(
                    clock,
                    due_at=instant_of(due),
                    paused_at=None,
                    paused_seconds=clock.paused_seconds + waited,
                    changed_at=now,
                )
            if event.move is ClockMove.STOP:
                clock = stop(clock, now, calendar)
    return clock


def breached(clock: ClockState, now: datetime) -> bool:
    """Say whether the promise is broken at ``now``: past due, or past due already when it was paused or stopped."""
    if clock.result is not None:
        return clock.result is ClockResult.MISSED
    return _cut(clock.paused_at or now) > clock.due_at


def used_seconds(clock: ClockState, now: datetime, calendar: Calendar) -> int:
    """Return the open seconds used of the promise at ``now``, pauses left out."""
    until = clock.stopped_at or clock.paused_at or now
    return open_seconds_between(clock.started_at, until, calendar) - clock.paused_seconds


def percent_used(clock: ClockState, now: datetime, calendar: Calendar) -> float:
    """Return the part of the promised open time used at ``now``, in percent; over 100 when late."""
    return 100 * used_seconds(clock, now, calendar) / (60 * clock.minutes)


def due_state(now: datetime, clock: ClockState) -> DueState:
    """Return what to show of a clock at ``now``.

    "Soon" is wall-clock time, so a queue can ask it of a row without a calendar: under two hours left, or in the
    last fifth of the way from start to due. A clock paused after it ran out is late, not paused.
    """
    if clock.result is not None:
        return DueState(clock.result.value)
    if breached(clock, now):
        return DueState.LATE
    if clock.paused_at is not None:
        return DueState.PAUSED
    left = clock.due_at - now
    is_soon = left < SOON or left <= SOON_PART * (clock.due_at - clock.started_at)
    return DueState.SOON if is_soon else DueState.RUNNING


def _cut(instant: datetime) -> datetime:
    return instant_of(whole_second(instant))


def _next_move(clock: ClockState, at: datetime) -> datetime:
    """Return ``at`` in whole seconds, if a move may happen then."""
    now = _cut(at)
    if clock.stopped_at is not None:
        raise ClockStopped(f"The clock stopped at {clock.stopped_at} with its result.")
    if now < clock.changed_at:
        raise OutOfOrder(f"A move at {at} comes before the last one at {clock.changed_at}.")
    return now
