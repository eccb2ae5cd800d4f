"""The escalation ladder (סולם הסלמה) as values: who hears when a promise is used up to how much, and at which instant that is.

A rung is reached when that part of the promised open time is used. Above 100 % the open time after due counts on, so a
promise of ten working hours reaches 150 % five working hours after it ran out. A clock that stands still reaches none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from service_desk.slas.rules.calendar import instant_of, whole_second
from service_desk.slas.rules.clock import ClockKind
from service_desk.slas.rules.table import CalendarEnds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from service_desk.slas.rules.calendar import Calendar
    from service_desk.slas.rules.clock import ClockState

#: the percent at which a promise is broken
BROKEN = 100
LEAST_PERCENT, MOST_PERCENT, MOST_RUNGS = 1, 1000, 8


class RungRole(StrEnum):
    """Who hears, from near to far."""

    #: whoever the ticket was given to, or the clerks of its centre
    CLERK = "clerk"
    #: the managers of the centre
    MANAGER = "manager"
    #: the staff of the unit that holds the ticket or oversees who does
    UNIT = "unit"
    #: the mayor's office
    MANAGEMENT = "management"


class BadLadder(ValueError):
    """A ladder that cannot stand. code: percent_unreadable, percent_range, not_rising, no_such_role, too_many or no_rungs."""

    def __init__(self, code: str) -> None:
        """Keep the code, which the page has a sentence for."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Rung:
    """One rung: this role hears when this percent of the promise is used."""

    percent: int
    role: str


Ladder = tuple[Rung, ...]
#: what holds until a city sets its own
CITY_LADDER: Ladder = (
    Rung(50, RungRole.CLERK),
    Rung(80, RungRole.MANAGER),
    Rung(BROKEN, RungRole.UNIT),
    Rung(150, RungRole.MANAGEMENT),
)


def read_ladder(raw: Iterable[Sequence[object]]) -> Ladder:
    """Return the ladder of stored or entered pairs [percent, role]. Raises BadLadder.

    Percents rise from rung to rung, 1…1000; a role may stand on several rungs.
    """
    rungs = tuple(_rung(*pair) for pair in raw)
    if not rungs:
        raise BadLadder("no_rungs")
    if len(rungs) > MOST_RUNGS:
        raise BadLadder("too_many")
    percents = [rung.percent for rung in rungs]
    if any(after <= before for before, after in pairwise(percents)):
        raise BadLadder("not_rising")
    return rungs


def _rung(percent: object = None, role: object = None, *_rest: object) -> Rung:
    if isinstance(percent, bool) or not isinstance(percent, int):
        raise BadLadder("percent_unreadable")
    if not LEAST_PERCENT <= percent <= MOST_PERCENT:
        raise BadLadder("percent_range")
    if role not in set(RungRole):
        raise BadLadder("no_such_role")
    return Rung(percent, str(role))


def written(ladder: Ladder) -> list[list[object]]:
    """Return the ladder as it is stored."""
    return [[rung.percent, str(rung.role)] for rung in ladder]


def climbed_by(kind: str, ladder: Ladder, *, is_hazard: bool) -> Ladder:
    """Return the rungs that a clock of this kind climbs: a first look only the one at 100 %, all others and a hazard's every one."""
    if kind == ClockKind.ACKNOWLEDGE and not is_hazard:
        return tuple(rung for rung in ladder if rung.percent == BROKEN)
    return ladder


def rung_at(clock: ClockState, percent: int, calendar: Calendar) -> datetime | None:
    """Return the instant at which ``percent`` of the promise is used, as the clock stands; aware UTC.

    None while it stands still, once it stopped, and where the calendar is not known so far. Pauses that are over are
    given back as in the due time itself, so at 100 % this is the due time.
    """
    if clock.stopped_at is not None or clock.paused_at is not None:
        return None
    if percent == BROKEN:
        return clock.due_at
    table, began = calendar.table, whole_second(clock.started_at)
    # Upwards, so that at that second no less than the percent is used.
    beyond = -(-60 * clock.minutes * (percent - BROKEN) // BROKEN)
    wanted = table.position(whole_second(clock.due_at)) + beyond
    try:
        return instant_of(table.due(began, wanted - table.position(began)))
    except CalendarEnds:
        return None


def next_rung(
    clock: ClockState, ladder: Ladder, calendar: Calendar, after: int = 0
) -> tuple[Rung, datetime] | None:
    """Return the first rung above ``after`` percent with its instant, past or to come; None at the top, held or stopped."""
    rung = next((each for each in ladder if each.percent > after), None)
    at = rung_at(clock, rung.percent, calendar) if rung else None
    return (rung, at) if rung and at else None


def reached(
    clock: ClockState, ladder: Ladder, calendar: Calendar, now: datetime
) -> tuple[list[tuple[Rung, datetime]], datetime | None]:
    """Return the rungs whose instant is before ``now``, in order, and the instant of the one after them (None: no more).

    A clock stopped at the very second of a rung has not reached it, as one stopped when due has kept its promise.
    """
    found: list[tuple[Rung, datetime]] = []
    step = next_rung(clock, ladder, calendar)
    while step is not None and step[1] < now:
        found.append(step)
        step = next_rung(clock, ladder, calendar, after=step[0].percent)
    return found, step[1] if step else None
