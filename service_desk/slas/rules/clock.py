"""The clocks of a ticket as values, and what can be read off one; the moves that change it are in ``moves``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from service_desk.slas.rules.calendar import instant_of, open_seconds_between, whole_second

if TYPE_CHECKING:
    from service_desk.slas.rules.calendar import Calendar

#: A running clock is "soon" with less wall-clock time left than this …
SOON = timedelta(hours=2)
#: … or within this last part of the way from its start to its due time.
SOON_PART = 0.2


class ClockError(Exception):
    """A move that a clock cannot make; the message says why, in English, for the log."""


class OutOfOrder(ClockError):
    """A move dated before the one it follows: the history would contradict itself."""


class ClockStopped(ClockError):
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
    #: taken back before it was due: a duplicate, a rejected report, work handed over outside
    VOID = "void"


class DueState(StrEnum):
    """What a queue or a page shows of a clock now."""

    RUNNING = "running"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    VOID = "void"


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
    changed_at: the last move, when it is known better than the other times tell. result: None until stopped.
    round: 0 for the first promise, then one per reopening. Time paused is not kept apart: due_at holds it.
    """

    kind: ClockKind
    minutes: int
    calendar_code: str
    started_at: datetime
    due_at: datetime
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    result: ClockResult | None = None
    round: int = 0
    changed_at: datetime | None = None

    @property
    def last_at(self) -> datetime:
        """Return when the clock last moved, as far as it knows."""
        return self.changed_at or self.stopped_at or self.paused_at or self.started_at


def breached(clock: ClockState, now: datetime) -> bool:
    """Say whether the promise is broken at ``now``: past due, or past due already when it was paused or stopped."""
    if clock.result is not None:
        return clock.result is ClockResult.MISSED
    return cut(clock.paused_at or now) > clock.due_at


def paused_seconds(clock: ClockState, calendar: Calendar) -> int:
    """Return the open seconds given back for finished pauses: how far past its promise the due time has moved."""
    return open_seconds_between(clock.started_at, clock.due_at, calendar) - 60 * clock.minutes


def remaining_seconds(clock: ClockState, now: datetime, calendar: Calendar) -> int:
    """Return the open seconds left at ``now`` (or when it paused or stopped); negative when late."""
    until = clock.stopped_at or clock.paused_at or now
    return open_seconds_between(until, clock.due_at, calendar)


def used_seconds(clock: ClockState, now: datetime, calendar: Calendar) -> int:
    """Return the open seconds used of the promise at ``now``, pauses left out; above the promise when late."""
    return 60 * clock.minutes - remaining_seconds(clock, now, calendar)


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


def cut(instant: datetime) -> datetime:
    """Return an aware instant as aware UTC in whole seconds, as all clocks keep it. Raises ValueError if naive."""
    return instant_of(whole_second(instant))
