"""Pure rules of what a contractor's phone says: which time counts, whether it is believed, and what becomes of it.

A phone may be offline for hours and its clock wrong. So each entry bears its own time, the difference to our clock
that the phone measured, and our time of receipt. What is older than the newest fact never overrides it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk.contractors.rules import PROOF_KINDS, REFUSALS, WITH_CONTRACTOR, may_move_order

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.contractors.rules.orders import Order
    from service_desk.intake.rules import EncodedPhoto

ENTRY_KINDS = ("accept", "refuse", "schedule", "arrive", "make_safe", "done", "photo", "note")
#: state that a kind leads to; a photo or a note leads nowhere
LEADS_TO = {
    "accept": "accepted",
    "refuse": "refused",
    "schedule": "scheduled",
    "arrive": "on_site",
    "make_safe": "on_site",
    "done": "done",
}
#: kinds that say «I am there»: believed with a place only, when the contract wants one
AT_THE_PLACE = frozenset({"arrive", "make_safe", "done"})
PHOTO_LIMIT = 8
KEY_LIMIT = 100
#: an entry that comes later than this is judged by when it came
BELIEVED_FOR = timedelta(hours=24)
#: a phone that sent at once needs no measured clock
AT_ONCE = timedelta(minutes=2)
#: a measured difference beyond this is no clock's but nonsense, and counts as not measured
MOST_AHEAD = timedelta(days=366 * 10)
#: how far ahead a visit may be planned
FURTHEST_VISIT = timedelta(days=366)
#: a phone's stated inaccuracy is forgiven up to here
MOST_FORGIVEN_M = 100.0
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class FieldPhoto:
    """A photo taken in the field. kind: before, after or other. taken_at: by the phone's clock, or None."""

    kind: str
    photo: EncodedPhoto
    taken_at: datetime | None = None


@dataclass(frozen=True)
class FieldEntry:
    """One thing said in the field.

    key: made by the phone, the same however often it is sent. kind: one of ENTRY_KINDS. happened_at: aware, by the
    phone's clock. clock_ahead_seconds: by how much that clock was ahead of ours, None when not measured.
    lon, lat: degrees, None when the phone gave no place. reason: of a refusal. scheduled_for: of a schedule.
    """

    key: str
    kind: str
    happened_at: datetime
    clock_ahead_seconds: int | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    words: str = ""
    reason: str | None = None
    scheduled_for: datetime | None = None
    photos: tuple[FieldPhoto, ...] = ()


def problems_of(entry: FieldEntry, received_at: datetime) -> dict[str, str]:
    """Return what is wrong with an entry itself: {field: code}; empty when it can be taken in."""
    found: dict[str, str] = {}
    if not 0 < len(entry.key) <= KEY_LIMIT:
        found["key"] = "required"
    if entry.kind not in ENTRY_KINDS:
        found["kind"] = "required"
    if entry.happened_at.tzinfo is None:
        found["happened_at"] = "unreadable"
    if entry.kind == "refuse" and entry.reason not in REFUSALS:
        found["reason"] = "required"
    if entry.kind == "schedule":
        found |= _visit_problems(entry.scheduled_for, received_at)
    if entry.kind == "photo" and not entry.photos:
        found["photos"] = "photo_required"
    if entry.kind == "note" and not entry.words.strip():
        found["words"] = "required"
    if len(entry.photos) > PHOTO_LIMIT or any(each.kind not in PROOF_KINDS for each in entry.photos):
        found["photos"] = "too_many" if len(entry.photos) > PHOTO_LIMIT else "unknown"
    return found


def _visit_problems(visit: datetime | None, received_at: datetime) -> dict[str, str]:
    if visit is None:
        return {"scheduled_for": "required"}
    if visit.tzinfo is None:
        return {"scheduled_for": "unreadable"}
    # A phone may hand in a plan late, so a visit planned for earlier today is no mistake.
    is_possible = received_at - BELIEVED_FOR <= visit <= received_at + FURTHEST_VISIT
    return {} if is_possible else {"scheduled_for": "not_then"}


@dataclass(frozen=True)
class Timing:
    """Which times an entry stands for.

    happened_at: by our clock, never before the order nor in the future. fact_at: where it stands among the facts.
    counts_at: what a duty is judged by. doubts: codes of why counts_at is the time of receipt; empty when believed.
    """

    happened_at: datetime
    fact_at: datetime
    counts_at: datetime
    doubts: tuple[str, ...] = ()


def timing(entry: FieldEntry, issued_at: datetime, received_at: datetime, *, is_near: bool | None) -> Timing:
    """Return the times of an entry. is_near: whether it was made at the order's place; None when that cannot be told."""
    ahead = _ahead(entry.clock_ahead_seconds)
    said = _set_right(entry.happened_at, ahead)
    happened = max(issued_at, min(said, received_at))
    doubts = []
    if ahead is None and abs(received_at - said) > AT_ONCE:
        doubts.append("clock_not_measured")
    if received_at - happened > BELIEVED_FOR:
        doubts.append("came_late")
    if said > received_at + AT_ONCE:
        doubts.append("in_the_future")
    if said < issued_at - AT_ONCE:
        doubts.append("before_the_order")
    # Why before the place: where an entry stands among others is a matter of time only.
    fact_at = received_at if "clock_not_measured" in doubts else happened
    if entry.kind in AT_THE_PLACE and is_near is not None and not is_near:
        doubts.append("no_place" if entry.lon is None else "far_away")
    return Timing(happened, fact_at, received_at if doubts else happened, tuple(doubts))


def corrected(said: datetime | None, entry: FieldEntry, when: Timing) -> datetime:
    """Return when a photo was taken, by our clock; the entry's own time when it was not said or cannot be."""
    if said is None or said.tzinfo is None:
        return when.happened_at
    mended = _set_right(said, _ahead(entry.clock_ahead_seconds))
    return (
        mended
        if when.happened_at - BELIEVED_FOR <= mended <= when.happened_at + AT_ONCE
        else when.happened_at
    )


def _set_right(said: datetime, ahead: timedelta | None) -> datetime:
    """Return an instant of the phone's by our clock; one at the end of all time stays as it was said."""
    try:
        return said - (ahead or timedelta(0))
    except OverflowError:
        return said


def _ahead(seconds: int | None) -> timedelta | None:
    if seconds is None or abs(seconds) > MOST_AHEAD.total_seconds():
        return None
    return timedelta(seconds=seconds)


def outcome_of(order: Order, kind: str, fact_at: datetime) -> str:
    """Return what becomes of an entry: taken, late (older, or overtaken), repeated or refused. Its photos are kept in any case."""
    if kind not in LEADS_TO:
        return "taken"
    if order.state in {"refused", "cancelled"}:
        return "late" if order.ended_at and fact_at < order.ended_at else "refused"
    if fact_at < order.last_fact_at:
        return "late"
    if _is_said_already(order, kind):
        return "repeated"
    if order.state in WITH_CONTRACTOR and (
        kind == "make_safe" or may_move_order(order.state, LEADS_TO[kind])
    ):
        return "taken"
    return "refused" if kind == "refuse" else "late"


def _is_said_already(order: Order, kind: str) -> bool:
    return {
        "accept": order.accepted_at is not None,
        "arrive": order.state == "on_site",
        "make_safe": order.made_safe_at is not None,
        "done": order.state in {"done", "passed"},
    }.get(kind, False)


def metres(lon: float | None, lat: float | None, to_lon: float | None, to_lat: float | None) -> float | None:
    """Return the straight way between two points (degrees) in metres, to 0.1 m; None when one is not known."""
    if lon is None or lat is None or to_lon is None or to_lat is None:
        return None
    shrink = math.cos(math.radians(to_lat))
    return round(math.hypot(lat - to_lat, (lon - to_lon) * shrink) * _METRES_PER_DEGREE, 1)


def is_place(lon: float | None, lat: float | None) -> bool:
    """Say whether two numbers are a place on earth; a phone's NaN or half a place is none."""
    return lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) <= 90


def is_near(
    terms: ContractTerms, order: Order, distance_m: float | None, accuracy_m: float | None
) -> bool | None:
    """Say whether an entry was made at the order's place; None when the contract does not ask or the place is unknown."""
    if not terms.needs_place or order.lon is None or order.lat is None:
        return None
    if distance_m is None:
        return False
    forgiven = accuracy_m if accuracy_m is not None and accuracy_m >= 0 else 0.0
    return distance_m <= terms.place_radius_m + min(forgiven, MOST_FORGIVEN_M)
