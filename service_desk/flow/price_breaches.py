"""Breaches of contracts are priced: each becomes a proposed damage, with its evidence and its working. Nothing is charged here."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.contractors.actions import damages as actions
from service_desk.contractors.queries import contracts
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.rules.damages import DamageEvent, damages_from
from service_desk.contractors.rules.supplements import Decided
from service_desk.errors import InvalidMove, NotFound
from service_desk.flow.judged_orders import histories, judged
from service_desk.people.rules import SYSTEM
from service_desk.slas.rules import CalendarError
from service_desk.telemetry import log
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries as ticket_queries
from service_desk.work import new_id, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.contractors.models import Damage
    from service_desk.contractors.rules.facts import Breach
    from service_desk.flow.judged_orders import JudgedOrder, Key
    from service_desk.tickets.models import Ticket

#: an open order is looked at again after this long: its duties may have grown into another month
LOOK_AGAIN = timedelta(hours=1)
#: an order whose history or calendar cannot be judged: it is logged, and keeps no other from being judged
_BROKEN = (KeyError, InvalidMove, NotFound, CalendarError)


def price_breaches(limit: int = 1000) -> int:
    """Judge orders that ended or may have grown; propose, mend or take back damages. Returns how many changed. Run by the timetable.

    One transaction a ticket that changes, locked first as every act does, so a slow sweep holds nobody up for long.
    """
    now = clock.now()
    by_ticket: dict[int, dict[int, datetime | None]] = defaultdict(dict)
    with transaction():
        for order_id, ticket_id, judged_at in queries.to_judge(now, now - LOOK_AGAIN, limit):
            by_ticket[ticket_id][order_id] = judged_at
        changing = _changing(by_ticket, now) if by_ticket else []
        actions.note_judged(
            [pair for each in by_ticket if each not in changing for pair in by_ticket[each].items()], now
        )
    changed = 0
    for ticket_id in changing:
        try:
            changed += _settle(ticket_id, by_ticket[ticket_id], now)
        except _BROKEN as error:
            log.error("order_not_judged", ticket=ticket_id, exc_info=error)
    return changed


def _changing(by_ticket: Mapping[int, Mapping[int, Any]], now: datetime) -> list[int]:
    """Return the tickets whose damages are not what their histories say now, or that cannot be judged; ascending."""
    known = queries.damages_of_orders([each for orders in by_ticket.values() for each in orders])
    facts = histories(list(by_ticket))
    found = []
    for ticket_id in sorted(by_ticket):
        try:
            orders = judged(facts[ticket_id], now)
            if any(_differs(orders[each], known) for each in by_ticket[ticket_id]):
                found.append(ticket_id)
        except _BROKEN:
            found.append(ticket_id)
    return found


def _differs(judged: JudgedOrder, known: Mapping[Key, Damage]) -> bool:
    own = _own(judged, known)
    wanted = judged.wanted(_decided(own))
    return any(_is_news(breach, own.get(key)) for key, breach in wanted.items()) or any(
        _is_gone(judged, wanted, key, row) for key, row in own.items()
    )


def _own(judged: JudgedOrder, known: Mapping[Key, Damage]) -> dict[Key, Damage]:
    return {key: row for key, row in known.items() if key[0] == judged.order.id}


def _decided(own: Mapping[Key, Damage]) -> dict[Key, Decided]:
    """Return the damages as far as supplements ask. One that the facts took back was decided by nobody."""
    return {
        key: Decided(row.working["units"], row.decided_at is not None and row.waiver != "facts_changed")
        for key, row in own.items()
    }


def _is_news(breach: Breach, row: Damage | None) -> bool:
    """Say whether a breach has to be proposed: it never was, it has another working, or its damage was taken back before."""
    if row is None or (row.decided_at is not None and row.waiver == "facts_changed"):
        return True
    # A part that closed with its month stays what it was when the duty ends at last.
    return row.decided_at is None and {**breach.working, "happened": 0} != {**row.working, "happened": 0}


def _is_gone(judged: JudgedOrder, wanted: Mapping[Key, Breach], key: Key, row: Damage) -> bool:
    return row.decided_at is None and key not in wanted and not judged.is_growing(key)


def _settle(ticket_id: int, orders: Mapping[int, datetime | None], now: datetime) -> int:
    """Write what is new or changed of one ticket's orders, with the ticket locked and its history read again."""
    changed = 0
    with transaction():
        ticket = ticket_queries.lock(ticket_id)
        found = judged(histories([ticket_id])[ticket_id], now)
        known = queries.damages_of_orders(list(orders))
        units = {each.order.unit_id for each in found.values()}
        queries.hold_months(units)
        signed = queries.signed_months(units)
        touched = (ticket.last_touch, ticket.last_touch_at)
        for one in (found[order_id] for order_id in orders):
            own = _own(one, known)
            wanted = one.wanted(_decided(own))
            for key, breach in wanted.items():
                if _is_news(breach, own.get(key)):
                    _propose(ticket, one, breach, own.get(key), signed, now)
                    changed += 1
            for key, row in own.items():
                if _is_gone(one, wanted, key, row):
                    _take_back(ticket, row, now)
                    changed += 1
        # The machine's note is no touch of a person's.
        ticket.last_touch, ticket.last_touch_at = touched
        actions.note_judged(list(orders.items()), now)
    return changed


def _propose(
    ticket: Ticket,
    judged: JudgedOrder,
    breach: Breach,
    row: Damage | None,
    signed: set[tuple[int, date]],
    now: datetime,
) -> None:
    order = judged.order
    month = breach.month
    if (order.unit_id, month) in signed:
        # The month is closed; what came to light later belongs to the present one.
        month = clock.local(now).date().replace(day=1)
    damage_id = row.id if row is not None else new_id()
    data: dict[str, Any] = {
        "damage": damage_id,
        "order": order.id,
        "number": order.number,
        "contract": order.contract_id,
        "unit": order.unit_id,
        "metric": breach.metric,
        "round": breach.round,
        "month": month.isoformat(),
        "breached_at": breach.breached_at.isoformat(),
        "working": breach.working,
        "seqs": judged.seqs(breach.metric),
    }
    event = tickets.note(ticket, "damage_proposed", SYSTEM, now, data)
    said = DamageEvent(ticket.id, event.seq, now, "damage_proposed", None, data)
    days = contracts.terms_of(order.contract_id).answer_days
    actions.propose(damages_from([said])[damage_id], now + timedelta(days=days))


def _take_back(ticket: Ticket, row: Damage, now: datetime) -> None:
    """Waive a damage that the history no longer bears out: a later word of the field has answered it."""
    data = {
        "damage": row.id,
        "order": row.order_id,
        "unit": row.unit_id,
        "decision": "waived",
        "reason": "facts_changed",
    }
    tickets.note(ticket, "damage_decided", SYSTEM, now, data)
    actions.keep_decision(row, "waived", "facts_changed", "", None, now)
