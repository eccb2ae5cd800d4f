"""An order is made anew from its ticket's history, fact by fact. Every act goes the same way, so both agree.

Facts bear all that is needed: the duties when issued, the instant each counts from, codes and ids. No words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules import WITH_CONTRACTOR, clocks
from service_desk.contractors.rules.checking import end_pause, to_state, verified
from service_desk.contractors.rules.orders import ORDER_EVENTS, Held, Order, OrderFact, ProofFact
from service_desk.errors import InvalidMove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from service_desk.slas.rules import Calendar

    #: (id of a version, instant from which it counts) → compiled, with the days known then
    Calendars = Callable[[int, datetime], Calendar]

#: which clocks a fact of the field answers: being done includes having been there and having made it safe
ANSWERS = {
    "order_accepted": ("accept",),
    "order_scheduled": ("accept",),
    "order_arrived": ("accept", "arrive"),
    "order_made_safe": ("accept", "arrive", "make_safe"),
    "order_done": ("accept", "arrive", "make_safe", "complete"),
}
#: column that remembers when a clock was first answered
ANSWERED = {"accept": "accepted_at", "arrive": "arrived_at", "make_safe": "made_safe_at"}


def orders_from(facts: Iterable[OrderFact], calendars: Calendars) -> dict[int, Order]:
    """Return {id: order} of one ticket from its events, oldest first; events of other kinds are passed over.

    calendars: gives a compiled calendar by the id of its version, with the days that differ as known when the order was
    issued: what was entered since neither moves a due time nor what a pause gives back. Raises InvalidMove when the history contradicts
    itself, KeyError when a fact lacks what it has to say.
    """
    found: dict[int, Order] = {}
    for fact in facts:
        if fact.kind in ORDER_EVENTS:
            order_id = int(fact.data["order"])
            found[order_id] = follow(found.get(order_id), fact, calendars)
    return found


def follow(order: Order | None, fact: OrderFact, calendars: Calendars) -> Order:
    """Return the order after one more fact. order: None before it was issued. Raises as `orders_from`."""
    if order is None or fact.kind == "order_issued":
        if order is not None or fact.kind != "order_issued":
            raise InvalidMove(before=order.state if order else "none", after=fact.kind)
        return _issued(fact, calendars)
    order = _with_photos(order, fact)
    if fact.kind in ANSWERS:
        return _taken(order, fact, calendars)
    return _STEPS[fact.kind](order, fact, calendars)


def _instant(fact: OrderFact, name: str) -> datetime:
    """Return an instant that the fact bears, or when it was written."""
    said = fact.data.get(name)
    return datetime.fromisoformat(said) if said else fact.at


def _issued(fact: OrderFact, calendars: Calendars) -> Order:
    data = fact.data
    started = tuple(
        clocks.start(
            each["kind"],
            each["minutes"],
            each["calendar"],
            each["code"],
            fact.at,
            calendars(each["calendar"], fact.at),
        )
        for each in data["clocks"]
    )
    return Order(
        id=data["order"],
        number=data["number"],
        contract_id=data["contract"],
        unit_id=data["unit"],
        domain=data["domain"],
        service_code=data["service"],
        is_hazard=data["hazard"],
        origin=data["origin"],
        issued_at=fact.at,
        issued_by=fact.actor_id,
        last_fact_at=fact.at,
        may_see_phone=data.get("phone", False),
        area_code=data.get("area"),
        lon=data.get("lon"),
        lat=data.get("lat"),
        repeat_of_id=data.get("repeat_of"),
        repeat_after_seconds=data.get("repeat_seconds"),
        clocks=started,
    )


def _with_photos(order: Order, fact: OrderFact) -> Order:
    photos = fact.data.get("photos")
    if not photos or fact.kind == "order_verified":
        return order
    more = tuple(
        ProofFact(
            each["id"], each["kind"], datetime.fromisoformat(each["taken_at"]), fact.at, each.get("near")
        )
        for each in photos
    )
    return replace(order, proofs=order.proofs + more)


def _taken(order: Order, fact: OrderFact, calendars: Calendars) -> Order:
    """Take a fact of the field: the clocks it answers stop at the instant that counts."""
    counts, kinds = _instant(fact, "counts_at"), ANSWERS[fact.kind]
    order = _stop(order, kinds, counts, calendars)
    values: dict[str, Any] = {
        ANSWERED[kind]: getattr(order, ANSWERED[kind]) or counts
        for kind in kinds
        if kind in ANSWERED and (kind != "make_safe" or order.is_hazard)
    }
    values["last_fact_at"] = max(order.last_fact_at, _instant(fact, "fact_at"))
    if fact.kind == "order_accepted":
        order = to_state(order, "accepted")
    elif fact.kind == "order_scheduled":
        order = to_state(order, "scheduled")
        values["scheduled_for"] = _instant(fact, "scheduled_for")
    elif fact.kind == "order_arrived":
        order = to_state(order, "on_site")
    elif fact.kind == "order_made_safe":
        order = order if order.state == "on_site" else to_state(order, "on_site")
        values["made_safe_at"] = order.made_safe_at or counts
    else:
        order = end_pause(to_state(order, "done"), fact.at)
        values["done_at"] = counts
        order = replace(order, doubted=None)
    return replace(order, **values)


def _stop(order: Order, kinds: Iterable[str], at: datetime, calendars: Calendars) -> Order:
    return replace(
        order,
        clocks=tuple(
            clocks.stop(each, at, calendars(each.calendar_id, order.issued_at))
            if each.kind in kinds
            else each
            for each in order.clocks
        ),
    )


def _gone(state: str) -> Callable[[Order, OrderFact, Calendars], Order]:
    """Return the step of a refusal or cancellation: promises still running are taken back."""

    def step(order: Order, fact: OrderFact, _calendars: Calendars) -> Order:
        counts = _instant(fact, "counts_at")
        order = end_pause(to_state(order, state), fact.at)
        return replace(
            order,
            clocks=tuple(clocks.void(each, counts) for each in order.clocks),
            ended_at=fact.at,
            reason=fact.data["reason"],
            last_fact_at=max(order.last_fact_at, _instant(fact, "fact_at")),
            checks=tuple(
                replace(each, state="withdrawn", decided_at=fact.at, is_failed_until_decided=False)
                if each.state == "asked"
                else each
                for each in order.checks
            ),
            doubted=None,
        )

    return step


def _paused(order: Order, fact: OrderFact, _calendars: Calendars) -> Order:
    if order.state not in WITH_CONTRACTOR or order.pause is not None:
        raise InvalidMove(before=order.state, after="paused")
    held = Held(fact.data["pause"], fact.data["reason"], fact.at)
    return replace(
        order,
        clocks=tuple(clocks.pause(each, fact.at) for each in order.clocks),
        pauses=(*order.pauses, held),
    )


def _resumed(order: Order, fact: OrderFact, calendars: Calendars) -> Order:
    if order.pause is None:
        raise InvalidMove(before=order.state, after="resumed")
    running = tuple(
        clocks.resume(each, fact.at, calendars(each.calendar_id, order.issued_at)) for each in order.clocks
    )
    return replace(end_pause(order, fact.at), clocks=running)


def _late(order: Order, fact: OrderFact, calendars: Calendars) -> Order:
    """Take what a late entry still tells: an earlier, believed answer to a duty. The state stays."""
    counts, fills = _instant(fact, "counts_at"), fact.data.get("fills", [])
    brought = tuple(
        clocks.bring_forward(each, counts, calendars(each.calendar_id, order.issued_at))
        if each.kind in fills
        else each
        for each in order.clocks
    )
    values: dict[str, Any] = {
        ANSWERED[kind]: min(getattr(order, ANSWERED[kind]) or counts, counts)
        for kind in fills
        if kind in ANSWERED
    }
    return replace(order, clocks=brought, **values)


def _breached(order: Order, fact: OrderFact, _calendars: Calendars) -> Order:
    kind = fact.data["clock"]
    return replace(
        order,
        clocks=tuple(clocks.breach(each) if each.kind == kind else each for each in order.clocks),
    )


def _unchanged(order: Order, _fact: OrderFact, _calendars: Calendars) -> Order:
    return order


_STEPS: Mapping[str, Callable[[Order, OrderFact, Calendars], Order]] = {
    "order_refused": _gone("refused"),
    "order_cancelled": _gone("cancelled"),
    "order_paused": _paused,
    "order_resumed": _resumed,
    "order_late_entry": _late,
    "order_noted": _unchanged,
    "order_breached": _breached,
    "order_verified": lambda order, fact, _calendars: verified(order, fact),
}
