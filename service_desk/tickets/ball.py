"""Pure account of who held the ball of a ticket, and for how long: its parts add up to its whole life."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """From ``at`` (aware) the ball is with this holder. holder_id: centre or unit; None for a resident or nobody."""

    at: datetime
    holder_kind: str
    holder_id: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An unbroken time with one holder, in seconds."""

    holder_kind: str
    holder_id: int | None
    seconds: float


def parts(turns: Iterable[Turn], until: datetime) -> list[Part]:
    """Return the unbroken times in their order; their seconds add up to ``until`` minus the first turn.

    turns: oldest first, as the history holds them. A turn after ``until`` counts for nothing; two turns of the same
    holder are one part, and a part of no time is left out.
    """
    held = list(turns)
    found: list[Part] = []
    # Of two acts at once the later one may be dated earlier, by the moment it waited for the other: its turn begins then.
    starts = list(accumulate((each.at for each in held), max))
    for turn, start, following in zip(held, starts, [*starts[1:], until], strict=False):  # no turn, no part
        seconds = (min(following, until) - min(start, until)).total_seconds()
        if seconds <= 0:
            continue
        last = found[-1] if found else None
        if last and (last.holder_kind, last.holder_id) == (turn.holder_kind, turn.holder_id):
            found[-1] = Part(turn.holder_kind, turn.holder_id, last.seconds + seconds)
        else:
            found.append(Part(turn.holder_kind, turn.holder_id, seconds))
    return found


def sums(held: Sequence[Part]) -> list[Part]:
    """Return one part per holder, the longest first; the total stays the same."""
    totals: dict[tuple[str, int | None], float] = {}
    for part in held:
        key = (part.holder_kind, part.holder_id)
        totals[key] = totals.get(key, 0.0) + part.seconds
    return sorted((Part(*key, seconds) for key, seconds in totals.items()), key=lambda part: -part.seconds)
