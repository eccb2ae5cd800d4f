"""What a contractor says from the field: accepted, refused, planned, on site, made safe, done; photos and notes.

Each entry is taken in once by its key. An entry is never lost: what comes too late to count is kept with its photos.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk import clock, config
from service_desk.contractors.actions.damages import judge_again
from service_desk.contractors.queries import contracts, links, orders
from service_desk.contractors.rules import field
from service_desk.contractors.rules.field import FieldEntry, FieldPhoto
from service_desk.contractors.rules.orders import EVENT_OF_ENTRY
from service_desk.contractors.rules.sampling import missing_proofs, why_verify
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.flow import field_entry, order_step, step
from service_desk.flow.field_entry import Taken
from service_desk.flow.keeping import drop, keep_photos
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
    if orders.is_taken_in(field_entry.key_of(order_id, entry)):
        return "repeated"
    stored = _store(entry.photos)
    try:
        with transaction():
            hand = order_step.take_order(order_id)
            if orders.is_taken_in(field_entry.key_of(order_id, entry)):
                drop(stored)
                return "repeated"
            return _take_in(hand, entry, stored, actor, now)
    except BaseException:
        drop(stored)
        raise


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
    taken = Taken(entry, when, field.outcome_of(order, entry.kind, when.fact_at), distance, near)
    photos = field_entry.attach(hand, taken, stored, actor, now)
    if taken.outcome == "taken" and entry.kind == "done":
        _concede(hand, actor, now)
    event = order_step.note(
        hand,
        EVENT_OF_ENTRY[entry.kind] if taken.outcome == "taken" else "order_late_entry",
        actor,
        now,
        field_entry.said(taken, photos),
        words=clean_text(entry.words, WORDS_LIMIT),
    )
    field_entry.keep(hand, taken, [each["id"] for each in photos], event.seq, actor, now)
    if hand.order.ended_at is not None:
        judge_again(hand.row)
    if taken.outcome == "taken":
        _follow(hand, entry.kind, terms, now)
    return taken.outcome


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
