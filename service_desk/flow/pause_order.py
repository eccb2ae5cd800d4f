"""The city holds a contractor's clocks with a reason, lets them run again, or takes an order back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.contractors.actions import orders as actions
from service_desk.contractors.rules import PAUSE_REASONS
from service_desk.errors import BadInput, InvalidMove
from service_desk.flow import order_step
from service_desk.intake.rules import clean_text
from service_desk.work import new_id, transaction

if TYPE_CHECKING:
    from service_desk.people.rules import Actor

WORDS_LIMIT = 600
#: why the city takes an order back
CANCELLATIONS = ("not_needed", "wrong_contractor", "done_by_city", "duplicate", "contract_ended", "other")


def pause_order(order_id: int, actor: Actor, reason: str, words: str = "") -> None:
    """Hold every running clock of the order from now. Both sides see the reason. reason: one of PAUSE_REASONS.

    Only the city pauses: whoever is judged by a clock does not stop it. Held already is left as it is. Raises BadInput,
    InvalidMove when the contractor does not have the order, NotAllowed, NotFound.
    """
    now = clock.now()
    text = clean_text(words, WORDS_LIMIT)
    if reason not in PAUSE_REASONS:
        raise BadInput({"reason": "required"})
    with transaction():
        hand = order_step.take_order(order_id)
        order_step.check_city(hand, actor, "issue_order", now)
        if hand.order.pause is not None:
            return
        pause_id = new_id()
        data = {"pause": pause_id, "reason": reason}
        order_step.note(hand, "order_paused", actor, now, data, words=text)
        actions.say_why_held(pause_id, text)


def resume_order(order_id: int, actor: Actor) -> None:
    """Let the order's clocks run again with the open time they had left. One that runs stays as it is."""
    now = clock.now()
    with transaction():
        hand = order_step.take_order(order_id)
        order_step.check_city(hand, actor, "issue_order", now)
        if hand.order.pause is not None:
            order_step.note(hand, "order_resumed", actor, now, {"pause": hand.order.pause.id})


def cancel_order(order_id: int, actor: Actor, reason: str, words: str = "") -> None:
    """Take the order back with a reason. A duty already missed stays missed. reason: one of CANCELLATIONS.

    Pressed twice is once. Raises BadInput (words are required for «other»), InvalidMove when it has ended otherwise.
    """
    now = clock.now()
    text = clean_text(words, WORDS_LIMIT)
    problems = {}
    if reason not in CANCELLATIONS:
        problems["reason"] = "required"
    if reason == "other" and not text:
        problems["words"] = "required"
    if problems:
        raise BadInput(problems)
    with transaction():
        hand = order_step.take_order(order_id)
        order_step.check_city(hand, actor, "issue_order", now)
        if hand.order.state == "cancelled":
            return
        if not hand.order.is_open:
            raise InvalidMove(before=hand.order.state, after="cancelled")
        order_step.note(hand, "order_cancelled", actor, now, {"reason": reason}, words=text)
