"""What is kept of an entry from the field: its photos as proofs, the row by its key, and what the history says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.contractors.actions import orders as actions
from service_desk.contractors.rules import field
from service_desk.intake import actions as intake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.contractors.rules.field import FieldEntry, Timing
    from service_desk.flow.order_step import Hand
    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor

#: kinds that, when they come late but believed, still answer a duty earlier than it was answered
_FILLS = {
    "accept": ("accept",),
    "arrive": ("accept", "arrive"),
    "make_safe": ("accept", "arrive", "make_safe"),
}
_MOST_INT = 2_000_000_000


@dataclass(frozen=True)
class Taken:
    """An entry on its way in. distance_m: from the order's place; is_near: see field.is_near."""

    entry: FieldEntry
    when: Timing
    outcome: str
    distance_m: float | None
    is_near: bool | None


def key_of(order_id: int, entry: FieldEntry) -> str:
    """Return the key under which an entry is kept: the phone's own, within its order."""
    return f"{order_id}:{entry.key}"


def said(taken: Taken, photos: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the history keeps of an entry: the times and why they were doubted, codes and ids."""
    entry, when = taken.entry, taken.when
    data: dict[str, Any] = {
        "happened_at": when.happened_at.isoformat(),
        "fact_at": when.fact_at.isoformat(),
        "counts_at": when.counts_at.isoformat(),
    }
    if when.doubts:
        data["doubts"] = list(when.doubts)
    if taken.distance_m is not None:
        data["distance_m"] = taken.distance_m
    if photos:
        data["photos"] = list(photos)
    if taken.outcome != "taken":
        data |= {"outcome": taken.outcome, "entry": entry.kind}
        if taken.outcome == "late" and not when.doubts:
            data["fills"] = list(_FILLS.get(entry.kind, ()))
    elif entry.kind == "refuse":
        data["reason"] = entry.reason
    elif entry.kind == "schedule" and entry.scheduled_for is not None:
        data["scheduled_for"] = entry.scheduled_for.isoformat()
    return data


def attach(
    hand: Hand, taken: Taken, stored: Sequence[tuple[str, EncodedPhoto]], actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Keep the photos of an entry as proofs. Returns what the history says of each."""
    told, proofs = [], []
    entry = taken.entry
    has_place = field.is_place(entry.lon, entry.lat)
    for each, kept in zip(entry.photos, stored, strict=True):
        kind = each.kind if each.kind in {"before", "after"} else "remark"
        photo_id = intake.attach(hand.ticket.id, [kept], kind, actor.kind, now)[0]
        taken_at = field.corrected(each.taken_at, entry, taken.when)
        told.append(
            {"id": photo_id, "kind": each.kind, "taken_at": taken_at.isoformat(), "near": taken.is_near}
        )
        proofs.append(
            {
                "photo_id": photo_id,
                "kind": each.kind,
                "taken_at": taken_at,
                "received_at": now,
                "lon": entry.lon if has_place else None,
                "lat": entry.lat if has_place else None,
                "accuracy_m": entry.accuracy_m,
                "distance_m": taken.distance_m,
            }
        )
    actions.add_proofs(hand.order.id, proofs)
    hand.ticket.photo_count += len(proofs)
    return told


def keep(hand: Hand, taken: Taken, photo_ids: Sequence[int], seq: int, actor: Actor, now: datetime) -> None:
    """Keep the entry by its key. seq: number of the event that it left."""
    entry, ahead = taken.entry, taken.entry.clock_ahead_seconds
    has_place = field.is_place(entry.lon, entry.lat)
    data: dict[str, Any] = {
        "seq": seq,
        "photos": list(photo_ids),
        "doubts": list(taken.when.doubts),
        "said_at": entry.happened_at.isoformat(),
        "place": [entry.lon, entry.lat] if has_place else None,
        "distance_m": taken.distance_m,
        "reason": entry.reason,
    }
    actions.add_entry(
        hand.order.id,
        key=key_of(hand.order.id, entry),
        kind=entry.kind,
        times=(taken.when.happened_at, now),
        clock_ahead_seconds=ahead if ahead is not None and abs(ahead) < _MOST_INT else None,
        outcome=taken.outcome,
        data={name: value for name, value in data.items() if value not in (None, [])},
        actor_id=actor.id,
    )
