"""What was entered at a stop, and how it is written once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.intake.rules import clean_text
from service_desk.supervision.actions import rounds as actions
from service_desk.supervision.queries import rounds, stops
from service_desk.supervision.rules.checks import happened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.intake.rules import EncodedPhoto
    from service_desk.supervision.models import RoundStop

WORDS_CHARS = 1000


@dataclass(frozen=True)
class Finding:
    """What is bad at one item. join_id: the known open ticket it belongs to, None for a new one."""

    words: str = ""
    is_danger: bool = False
    join_id: int | None = None
    photos: tuple[EncodedPhoto, ...] = ()


@dataclass(frozen=True)
class StopEntry:
    """What was entered at a stop. key: made with the form, so that an entry sent twice is taken once.

    happened_at: by the phone's clock, aware; clock_ahead_seconds: how much that is ahead of ours, None when not measured.
    answers and findings: by item code. is_good: passed, for an order; mended, for a case. photos: of an order or case.
    """

    key: str
    words: str = ""
    lon: float | None = None
    lat: float | None = None
    happened_at: datetime | None = None
    clock_ahead_seconds: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, Finding] = field(default_factory=dict)
    is_good: bool | None = None
    reason: str = ""
    photos: tuple[EncodedPhoto, ...] = ()


def outcome_of(stop: RoundStop, key: str) -> str:
    """Return what an entry with this key is: new (""), repeated or late."""
    if stop.visited_at is None:
        return ""
    return "repeated" if stop.entry_key == _key(stop.id, key) else "late"


def _key(stop_id: int, key: str) -> str:
    """Return what is kept of an entry's key: unique in the city, whatever a phone makes up."""
    return f"{stop_id}-{key[:64]}"


def record(stop_id: int, entry: StopEntry, seen: Mapping[str, Any]) -> str:
    """Write the visit inside the caller's transaction, unless somebody was faster; return what became of it.

    seen: its result, and answers for a place. The round begins with its first stop.
    """
    now = clock.now()
    # The round first, as whoever ends it or changes its way locks it: two at once never cross.
    walk = rounds.round_or_404(stops.stop_of(stop_id)[1].id, is_locked=True)
    stop = stops.lock_stop(stop_id)
    done = outcome_of(stop, entry.key)
    if done:
        return done
    at = happened(entry.happened_at, entry.clock_ahead_seconds, walk.created_at, now)
    if walk.state == "planned":
        actions.start(walk, at)
    place = {"visited_lon": entry.lon, "visited_lat": entry.lat}
    actions.visit(
        stop, _key(stop.id, entry.key), {**seen, **place, "words": clean_text(entry.words, WORDS_CHARS)}, at
    )
    return "taken"
