"""Promises that came with merged tickets: when one leaves again, the clock goes back to the earliest of those that stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service_desk.slas.actions import measure
from service_desk.slas.queries import standards
from service_desk.slas.rules import ClockKind, ClockState, moves

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service_desk.slas.models import Clock, Pause

    #: a clock as ``putting_back.picture`` writes it
    Pictured = dict[str, Any]

_PROMISE = ("minutes", "sla_id", "calendar_id")


@dataclass(frozen=True)
class Absorbed:
    """One merge into a ticket, from its history.

    given: the merged ticket's clocks that ran until then; displaced: the main ticket's own that gave way to them.
    stands: the merge has not been undone.
    """

    from_id: int
    at: datetime
    given: tuple[Pictured, ...]
    displaced: tuple[Pictured, ...]
    stands: bool


def give_back(
    clocks: Iterable[Clock], from_id: int, merges: Sequence[Absorbed], pauses: Sequence[Pause]
) -> None:
    """Let a ticket's clocks be what they would be, had that ticket not been merged into it.

    merges: all, oldest first, the one that is undone with them; pauses: of the main ticket, oldest first. Only a clock
    on which that ticket's promise stands changes: its own, or the earliest of those merged tickets that stay.
    """
    leaving = next((each for each in reversed(merges) if each.from_id == from_id), None)
    for clock in clocks:
        gone = _of(leaving.given, clock.kind) if leaving else None
        if clock.stopped_at is not None or gone is None or not _is_promise(clock, gone):
            continue
        offers = [*_own(clock, merges), *_standing(clock.kind, from_id, merges)]
        if offers:
            due, best = min(
                ((_due(seen, at, pauses), seen) for seen, at in offers), key=lambda offer: offer[0]
            )
            _take(clock, best, due)


def _of(pictured: Iterable[Pictured], kind: str) -> Pictured | None:
    return next((each for each in pictured if each["kind"] == kind), None)


def _is_promise(clock: Clock, seen: Pictured) -> bool:
    """Say whether this promise is the one that stands on the clock; pauses may have moved its due time since."""
    started = datetime.fromisoformat(seen["started_at"])
    return clock.started_at == started and all(getattr(clock, name) == seen[name] for name in _PROMISE)


def _own(clock: Clock, merges: Sequence[Absorbed]) -> list[tuple[Pictured, datetime]]:
    """Return the main ticket's own promise as it last was before another's took its place, and since when."""
    given = [seen for each in merges for seen in each.given]
    displaced = [
        (seen, each.at)
        for each in merges
        for seen in each.displaced
        if (seen["kind"], seen["round"]) == (clock.kind, clock.round)
    ]
    # What gave way may itself have come with an earlier merge; two reports of one moment are promised the same.
    own = [offer for offer in displaced if not any(_is_same(offer[0], other) for other in given)]
    return own[-1:] or displaced[:1]


def _is_same(seen: Pictured, other: Pictured) -> bool:
    return all(seen[name] == other[name] for name in ("kind", "started_at", *_PROMISE))


def _standing(kind: str, from_id: int, merges: Sequence[Absorbed]) -> list[tuple[Pictured, datetime]]:
    found = []
    for each in merges:
        seen = _of(each.given, kind)
        if seen is not None and each.stands and each.from_id != from_id:
            found.append((seen, each.at))
    return found


def _due(seen: Pictured, at: datetime, pauses: Sequence[Pause]) -> datetime:
    """Return when a promise falls due on this ticket, where it counts since ``at``: later pauses are given back."""
    started_at = datetime.fromisoformat(seen["started_at"])
    calendar = standards().version(seen["calendar_id"], started_at)
    state = ClockState(
        kind=ClockKind(seen["kind"]),
        minutes=seen["minutes"],
        calendar_code=seen["calendar_code"],
        started_at=started_at,
        due_at=datetime.fromisoformat(seen["due_at"]),
    )
    for pause in pauses:
        if pause.ended_at is not None and pause.ended_at > at:
            state = moves.pause(state, max(pause.started_at, state.last_at))
            state = moves.resume(state, max(pause.ended_at, state.last_at), calendar)
    return state.due_at


def _take(clock: Clock, seen: Pictured, due: datetime) -> None:
    clock.started_at, clock.due_at = datetime.fromisoformat(seen["started_at"]), due
    clock.minutes, clock.sla_id = seen["minutes"], seen["sla_id"]
    clock.calendar_id, clock.calendar_code = seen["calendar_id"], seen["calendar_code"]
    measure(clock)
