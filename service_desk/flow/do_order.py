"""What a contractor says from the field: accepted, refused, planned, on site, made safe, done; photos and notes.

Each entry is taken in once by its key. An entry is never lost: what comes too late to count is kept with its photos.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk import clock, config
from service_desk.contractors.actions import orders as actions
from service_desk.contractors.queries import contracts, links, orders
from service_desk.contractors.rules import field
from service_desk.contractors.rules.field import FieldEntry, FieldPhoto, Timing
from service_desk.contractors.rules.orders import EVENT_OF_ENTRY
from service_desk.contractors.rules.sampling import missing_proofs, why_verify
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.flow import order_step, step
from service_desk.flow.keeping import drop, keep_photos
from service_desk.intake import actions as intake
from service_desk.intake.rules import clean_text
from service_desk.people.rules import SYSTEM, may
from service_desk.work import new_id, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.flow.order_step import Hand
    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor

__all__ = ["FieldEntry", "FieldPhoto", "take_entry"]

WORDS_LIMIT = 2000
#: kinds that, when they come late but believed, still answer a duty earlier than it was answered
_FILLS = {
    "accept": ("accept",),
    "arrive": ("accept", "arrive"),
    "make_safe": ("accept", "arrive", "make_safe"),
}
_MOST_INT = 2_000_000_000


@dataclass(frozen=True)
class _Taken:
    """An entry on its way in. distance_m: from the order's place; is_near: see field.is_near."""

    entry: FieldEntry
    when: Timing
    outcome: str
    distance_m: float | None
    is_near: bool | None


def take_entry(order_id: int, entry: FieldEntry, actor: Actor) -> str:
    """Take in what a phone says of an order, and return what became of it: taken, late, repeated or refused.

    A repeated key changes nothing. Another contractor's order is NotFound, the same as one that does not exist.
    Raises BadInput for what cannot be understood, NotFound, NotAllowed. A photo that cannot be stored raises OSError, so
    that the phone keeps it and tries again.
    """
    now = clock.now()
    problems = field.problems_of(entry, now)
    if problems:
        raise BadInput(problems)
    _check_allowed(order_id, actor, now)
    if orders.is_taken_in(_key(order_id, entry)):
        return "repeated"
    stored = _store(entry.photos)
    try:
        with transaction():
            hand = order_step.take_order(order_id)
            if orders.is_taken_in(_key(order_id, entry)):
                drop(stored)
                return "repeated"
            return _take_in(hand, entry, stored, actor, now)
    except BaseException:
        drop(stored)
        raise


def _key(order_id: int, entry: FieldEntry) -> str:
    """Return the key under which an entry is kept: the phone's own, within its order."""
    return f"{order_id}:{entry.key}"


def _check_allowed(order_id: int, actor: Actor, now: datetime) -> None:
    order = orders.order_or_404(order_id)
    if not may(actor, "do_order", unit_id=order.unit_id) or not links.allows(actor, order.id, now):
        raise NotFound if actor.has("contractor") else NotAllowed


def _store(photos: Sequence[FieldPhoto]) -> list[tuple[str, EncodedPhoto]]:
    stored: list[tuple[str, EncodedPhoto]] = []
    for each in photos:
        kept, lost = keep_photos([each.photo])
        stored += kept
        if lost:
            drop(stored)
            raise OSError("photo not stored")
    return stored


def _take_in(
    hand: Hand, entry: FieldEntry, stored: Sequence[tuple[str, EncodedPhoto]], actor: Actor, now: datetime
) -> str:
    order, terms = hand.order, contracts.terms_of(hand.order.contract_id)
    has_place = field.is_place(entry.lon, entry.lat)
    distance = field.metres(entry.lon, entry.lat, order.lon, order.lat) if has_place else None
    near = field.is_near(terms, order, distance, entry.accuracy_m)
    when = field.timing(entry, order.issued_at, now, is_near=near)
    taken = _Taken(entry, when, field.outcome_of(order, entry.kind, when.fact_at), distance, near)
    photos = _attach(hand, taken, stored, actor, now)
    if taken.outcome == "taken" and entry.kind == "done":
        _concede(hand, actor, now)
    event = order_step.note(
        hand,
        EVENT_OF_ENTRY[entry.kind] if taken.outcome == "taken" else "order_late_entry",
        actor,
        now,
        _said(taken, photos),
        words=clean_text(entry.words, WORDS_LIMIT),
    )
    _keep(hand, taken, [each["id"] for each in photos], event.seq, actor, now)
    if taken.outcome == "taken":
        _follow(hand, entry.kind, terms, now)
    return taken.outcome


def _said(taken: _Taken, photos: Sequence[dict[str, Any]]) -> dict[str, Any]:
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


def _attach(
    hand: Hand, taken: _Taken, stored: Sequence[tuple[str, EncodedPhoto]], actor: Actor, now: datetime
) -> list[dict[str, Any]]:
    """Keep the photos of an entry as proofs. Returns what the history says of each."""
    said, proofs = [], []
    entry = taken.entry
    for each, kept in zip(entry.photos, stored, strict=True):
        kind = each.kind if each.kind in {"before", "after"} else "remark"
        photo_id = intake.attach(hand.ticket.id, [kept], kind, actor.kind, now)[0]
        taken_at = field.corrected(each.taken_at, entry, taken.when)
        said.append(
            {"id": photo_id, "kind": each.kind, "taken_at": taken_at.isoformat(), "near": taken.is_near}
        )
        proofs.append(
            {
                "photo_id": photo_id,
                "kind": each.kind,
                "taken_at": taken_at,
                "received_at": now,
                "lon": entry.lon if taken.distance_m is not None else None,
                "lat": entry.lat if taken.distance_m is not None else None,
                "accuracy_m": entry.accuracy_m,
                "distance_m": taken.distance_m,
            }
        )
    actions.add_proofs(hand.order.id, proofs)
    hand.ticket.photo_count += len(proofs)
    return said


def _keep(hand: Hand, taken: _Taken, photo_ids: Sequence[int], seq: int, actor: Actor, now: datetime) -> None:
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
        key=_key(hand.order.id, entry),
        kind=entry.kind,
        times=(taken.when.happened_at, now),
        clock_ahead_seconds=ahead if ahead is not None and abs(ahead) < _MOST_INT else None,
        outcome=taken.outcome,
        data={name: value for name, value in data.items() if value not in (None, [])},
        actor_id=actor.id,
    )


def _concede(hand: Hand, actor: Actor, now: datetime) -> None:
    """Whoever does the work again agrees that it was not done: an undecided «not done» of the resident stands."""
    doubt = hand.order.asked
    if doubt is not None and doubt.is_failed_until_decided:
        data = {"result": "failed", "check": doubt.id, "why": doubt.why, "conceded": True}
        order_step.note(hand, "order_verified", actor, now, data)


def _follow(hand: Hand, kind: str, terms: ContractTerms, now: datetime) -> None:
    if kind == "make_safe" or (kind == "done" and hand.order.is_hazard):
        # What the contractor made safe, or says is done, is safe; the city's own promise to repair runs on.
        step.make_safe(hand.ticket, now)
    if kind == "done":
        _ask_or_pass(hand, terms, now)


def _ask_or_pass(hand: Hand, terms: ContractTerms, now: datetime) -> None:
    """Ask somebody to look at work reported done, or let it pass with the reason why nobody has to."""
    order = hand.order
    if order.asked is not None:
        return
    secret = config.current().secret_key
    why = why_verify(order, terms, was_reopened=hand.ticket.reopened_count > 0, secret=secret)
    if why is None:
        order_step.note(hand, "order_verified", SYSTEM, now, {"result": "passed", "why": "not_sampled"})
        return
    data: dict[str, Any] = {"result": "asked", "check": new_id(), "why": why}
    missing = missing_proofs(terms, order.proofs, order.failed_at)
    order_step.note(
        hand, "order_verified", SYSTEM, now, data | ({"missing": list(missing)} if missing else {})
    )
