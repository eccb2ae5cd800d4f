"""Reported work is looked at: it passes, or it goes back to the contractor on its first clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.contractors.actions import orders as actions
from service_desk.contractors.queries import orders
from service_desk.contractors.rules import FINDINGS, WITH_CONTRACTOR
from service_desk.errors import BadInput, InvalidMove
from service_desk.flow import order_step, step
from service_desk.flow.keeping import drop, keep_photos
from service_desk.intake import actions as intake
from service_desk.intake.rules import PHOTO_LIMIT, clean_text
from service_desk.tickets.rules import is_working
from service_desk.work import new_id, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.contractors.rules.orders import Order
    from service_desk.flow.order_step import Hand
    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket

WORDS_LIMIT = 1000


def verify_order(
    order_id: int,
    actor: Actor,
    *,
    passed: bool,
    finding: str | None = None,
    words: str = "",
    photos: Sequence[EncodedPhoto] = (),
    seen: int | None = None,
    looked_at: datetime | None = None,
) -> None:
    """Pass or fail reported work, or decide a resident's «not done». finding: one of FINDINGS, required to fail.

    Failing sends the order back on its original clock. A doubt decided in the contractor's favour puts the order back
    as it was. Raises BadInput, InvalidMove (nothing to verify; the ticket has ended), NotAllowed, NotFound,
    StaleVersion (seen: the ticket's version on the page). looked_at: when the place was seen, of a phone that may speak
    late: what was reported done or doubted only afterwards is not decided by it (InvalidMove).
    """
    now = clock.now()
    if not passed and finding not in FINDINGS:
        raise BadInput({"finding": "required"})
    stored, _lost = keep_photos(photos[:PHOTO_LIMIT])
    try:
        with transaction():
            hand = order_step.take_order(order_id, seen)
            order_step.check_city(hand, actor, "verify", now)
            _check_open(hand, passed=passed)
            _check_seen(hand.order, looked_at)
            photo_ids = intake.attach(hand.ticket.id, stored, "remark", actor.kind, now)
            hand.ticket.photo_count += len(photo_ids)
            _decide(hand, actor, now, finding=None if passed else finding, words=words, photo_ids=photo_ids)
    except BaseException:
        drop(stored)
        raise


def ask_verification(order_id: int, actor: Actor) -> None:
    """Ask for a look at an order: at once when it passed by itself, else when it is reported done. Asked twice is once.

    Raises InvalidMove for one that ended without work, or whose ticket has ended; NotAllowed, NotFound.
    """
    now = clock.now()
    with transaction():
        hand = order_step.take_order(order_id)
        order_step.check_city(hand, actor, "verify", now)
        if hand.order.asked is not None:
            return
        if hand.order.state in {"refused", "cancelled"} or not is_working(hand.ticket.status):
            raise InvalidMove(before=hand.order.state, after="asked")
        data = {"result": "asked", "check": new_id(), "why": "asked"}
        order_step.note(hand, "order_verified", actor, now, data)


def pass_waiting(ticket: Ticket, actor: Actor, now: datetime, words: str = "") -> None:
    """Pass every order of a locked ticket that waits for verification: the clerk who resolves it has seen the work.

    Raises InvalidMove("orders_open") while a contractor still has an order.
    """
    step.refuse_while_ordered(ticket, "with_contractor")
    for order_id, _state in orders.open_ids(ticket.id):
        hand = order_step.take_order(order_id)
        order_step.check_city(hand, actor, "verify", now)
        _decide(hand, actor, now, finding=None, words=words, photo_ids=())


def doubt_passed(ticket: Ticket, since: datetime | None, actor: Actor, now: datetime) -> None:
    """The resident said «not done»: the order of her locked ticket that passed last counts as failed until decided.

    since: only orders that passed after this instant (the reopening before), since an older one has been answered for.
    The order goes back to its contractor on its original clock.
    """
    order_id = orders.passed_since(ticket.id, since)
    if order_id is None:
        return
    hand = order_step.take_order(order_id)
    data = {"result": "failed", "check": new_id(), "why": "resident", "until_decided": True}
    order_step.note(hand, "order_verified", actor, now, data)


def _check_open(hand: Hand, *, passed: bool) -> None:
    """Refuse what cannot be verified now."""
    order, asked = hand.order, hand.order.asked
    is_doubt = asked is not None and asked.is_failed_until_decided and order.state in WITH_CONTRACTOR
    is_done = order.state == "done" or (order.state == "passed" and not passed)
    if not (is_done or is_doubt) or not is_working(hand.ticket.status):
        raise InvalidMove(before=order.state, after="passed" if passed else "failed")


def _check_seen(order: Order, looked_at: datetime | None) -> None:
    """Refuse a decision about work that was not there yet when somebody looked."""
    asked = order.asked
    since = order.done_at or (asked.asked_at if asked else None)
    if looked_at is not None and since is not None and since > looked_at:
        raise InvalidMove("changed_since")


def _decide(
    hand: Hand,
    actor: Actor,
    now: datetime,
    *,
    finding: str | None,
    words: str,
    photo_ids: Sequence[int],
) -> None:
    check = hand.order.asked
    text = clean_text(words, WORDS_LIMIT)
    data: dict[str, Any] = {
        "result": "failed" if finding else "passed",
        "check": check.id if check else new_id(),
        "why": check.why if check else "asked",
    }
    if finding:
        data["finding"] = finding
    if photo_ids:
        data["photos"] = list(photo_ids)
    order_step.note(hand, "order_verified", actor, now, data, words=text)
    actions.say_what_was_seen(data["check"], text, photo_ids)
