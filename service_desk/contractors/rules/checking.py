"""What a verification does to an order: asked, passed, failed, or a resident's doubt that is decided in the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service_desk.contractors.rules import WITH_CONTRACTOR, clocks, may_move_order
from service_desk.contractors.rules.orders import Check
from service_desk.errors import InvalidMove

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from service_desk.contractors.rules.orders import Order, OrderFact


def to_state(order: Order, state: str) -> Order:
    """Return the order in another state. Raises InvalidMove when the table does not allow it."""
    if not may_move_order(order.state, state):
        raise InvalidMove(before=order.state, after=state)
    return replace(order, state=state)


def end_pause(order: Order, at: datetime) -> Order:
    """Return the order with its pause ended, if there is one; its clocks are the caller's."""
    if order.pause is None:
        return order
    ended = tuple(
        each if each.ended_at else replace(each, ended_at=max(at, each.started_at)) for each in order.pauses
    )
    return replace(order, pauses=ended)


def verified(order: Order, fact: OrderFact) -> Order:
    """Return the order after an `order_verified` event. data.result: asked, passed or failed. Raises InvalidMove."""
    return _CHECKED[fact.data["result"]](order, fact)


def _asked(order: Order, fact: OrderFact) -> Order:
    order = _with_check(order, _check(fact, "asked"))
    return replace(to_state(order, "done"), ended_at=None) if order.state == "passed" else order


def _passed(order: Order, fact: OrderFact) -> Order:
    if order.doubted is not None and order.state in WITH_CONTRACTOR:
        return _restored(order, fact)
    order = _with_check(order, _check(fact, "passed")) if fact.data.get("check") else order
    return replace(to_state(order, "passed"), ended_at=fact.at)


def _restored(order: Order, fact: OrderFact) -> Order:
    """Go back to the passed order: the resident's doubt was decided in the contractor's favour."""
    before = order.doubted
    if before is None:
        raise InvalidMove(before=order.state, after="passed")
    order = _with_check(end_pause(order, fact.at), _check(fact, "passed"))
    return replace(
        order,
        state="passed",
        done_at=before.done_at,
        ended_at=fact.at,
        failed_count=before.failed_count,
        failed_at=before.failed_at,
        clocks=before.clocks,
        doubted=None,
    )


def _failed(order: Order, fact: OrderFact) -> Order:
    is_doubt = bool(fact.data.get("until_decided"))
    checked = _with_check(order, _check(fact, "asked" if is_doubt else "failed", is_doubt=is_doubt))
    if order.state in WITH_CONTRACTOR:
        # It went back when the doubt was raised; deciding the doubt moves nothing.
        return replace(checked, doubted=None)
    return replace(
        to_state(checked, "accepted"),
        done_at=None,
        ended_at=None,
        failed_count=order.failed_count + 1,
        failed_at=fact.at,
        # What the field said before the check is older than the check.
        last_fact_at=max(order.last_fact_at, fact.at),
        clocks=tuple(clocks.reopen(each) if each.kind == "complete" else each for each in order.clocks),
        doubted=replace(order, doubted=None) if is_doubt else None,
    )


def _check(fact: OrderFact, state: str, *, is_doubt: bool = False) -> Check:
    is_decided = state != "asked"
    return Check(
        fact.data["check"],
        fact.data["why"],
        state,
        fact.at,
        is_doubt,
        fact.at if is_decided else None,
        fact.actor_id if is_decided and not fact.data.get("conceded") else None,
        fact.data.get("finding"),
    )


def _with_check(order: Order, check: Check) -> Order:
    """Put the check in the place of the one with its id, which keeps when it was asked; or behind the others."""
    known = next((each for each in order.checks if each.id == check.id), None)
    if known is None:
        return replace(order, checks=(*order.checks, check))
    kept = replace(check, asked_at=known.asked_at, why=known.why)
    return replace(order, checks=tuple(kept if each.id == check.id else each for each in order.checks))


_CHECKED: Mapping[str, Callable[[Order, OrderFact], Order]] = {
    "asked": _asked,
    "passed": _passed,
    "failed": _failed,
}
