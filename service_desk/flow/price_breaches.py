"""Breaches of contracts are priced: each becomes a proposed damage, with its evidence and its working. Nothing is charged here."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.contractors.actions import damages as actions
from service_desk.contractors.queries import contracts
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.rules.contract import ALWAYS
from service_desk.contractors.rules.damages import DamageEvent, damages_from, facts_of
from service_desk.contractors.rules.judging import judge
from service_desk.contractors.rules.rebuild import orders_from
from service_desk.people.rules import SYSTEM
from service_desk.slas.queries import standards
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries as ticket_queries
from service_desk.work import new_id, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from service_desk.contractors.models import Damage
    from service_desk.contractors.rules.facts import Breach
    from service_desk.contractors.rules.orders import Order, OrderFact
    from service_desk.slas.rules import Calendar
    from service_desk.tickets.models import Ticket

#: an open order is looked at again after this long: its duties may have grown into another month
LOOK_AGAIN = timedelta(hours=1)
#: which events of an order prove a breach of which kind
_OF_DUTY = frozenset(
    {"order_issued", "order_accepted", "order_scheduled", "order_arrived", "order_made_safe", "order_done",
     "order_paused", "order_resumed", "order_breached", "order_late_entry", "order_refused", "order_cancelled"}
)  # fmt: skip
_OF_CHECK = frozenset({"order_done", "order_noted", "order_verified"})
_EVIDENCE = {
    "quality": _OF_CHECK,
    "false_done": _OF_CHECK,
    "evidence": _OF_CHECK,
    "repeat": frozenset({"order_issued", "order_verified"}),
}


def price_breaches(limit: int = 1000) -> int:
    """Judge orders that ended or may have grown; propose, mend or take back damages. Returns how many changed. Run by the timetable."""
    now = clock.now()
    with transaction():
        wanted = queries.to_judge(now, now - LOOK_AGAIN, limit)
        by_ticket: dict[int, list[int]] = defaultdict(list)
        for order_id, ticket_id in wanted:
            by_ticket[ticket_id].append(order_id)
        changed = 0
        if by_ticket:
            judged = judged_tickets(list(by_ticket), now)
            known = queries.damages_of_orders([order_id for order_id, _ticket in wanted])
            for ticket_id in sorted(by_ticket):
                if any(_differs(judged[each], known) for each in by_ticket[ticket_id]):
                    changed += _settle(ticket_id, by_ticket[ticket_id], now)
        actions.note_judged([order_id for order_id, _ticket in wanted], now)
    return changed


class JudgedOrder:
    """One order with its breaches that will not change any more, and the numbers of its events."""

    def __init__(self, order: Order, facts: list[tuple[int, OrderFact]], breaches: list[Breach]) -> None:
        self.order, self.breaches = order, {(order.id, each.metric, each.round): each for each in breaches}
        self._facts = facts

    def seqs(self, metric: str) -> list[int]:
        """Return the numbers of the ticket's events that prove a breach of this metric."""
        return evidence_seqs(
            self.order.id, metric, ((seq, fact.kind, fact.data) for seq, fact in self._facts)
        )


def evidence_seqs(
    order_id: int, metric: str, events: Iterable[tuple[int, str, Mapping[str, Any]]]
) -> list[int]:
    """Return the numbers of a ticket's events that prove a breach of this metric. events: (number, kind, data)."""
    kinds = _EVIDENCE.get(metric, _OF_DUTY)
    return [seq for seq, kind, data in events if kind in kinds and data["order"] == order_id]


def judge_order(order: Order, now: datetime) -> list[Breach]:
    """Return the order's breaches by its own contract and the calendars its clocks were started by. Raises as `judge`."""
    terms = contracts.terms_of(order.contract_id)
    known = standards()
    calendars: dict[str, Calendar] = {
        each.calendar_code: known.version(each.calendar_id) for each in order.clocks
    }
    for code in (terms.calendar, ALWAYS):
        if code not in calendars:
            calendars[code] = known.calendar(code)[1]
    return judge(facts_of(order, terms), terms, calendars, now)


def judged_tickets(ticket_ids: list[int], now: datetime) -> dict[int, JudgedOrder]:
    """Return {order id: judged order} of these tickets, from their histories. One statement."""
    facts: dict[int, list[tuple[int, OrderFact]]] = defaultdict(list)
    for ticket_id, seq, fact in queries.order_events(ticket_ids):
        facts[ticket_id].append((seq, fact))
    orders: list[tuple[Order, int]] = []
    for ticket_id, held in facts.items():
        found = orders_from((fact for _seq, fact in held), standards().version)
        orders += [(order, ticket_id) for order in found.values()]
    return {
        order.id: JudgedOrder(
            order,
            facts[ticket_id],
            [each for each in judge_order(order, now) if each.is_settled],
        )
        for order, ticket_id in orders
    }


def _differs(judged: JudgedOrder, known: Mapping[tuple[int, str, int], Damage]) -> bool:
    """Say whether the order's undecided damages are not what its history says now."""
    own = {key: row for key, row in known.items() if key[0] == judged.order.id}
    if any(key not in own for key in judged.breaches):
        return True
    return any(_is_moved(row, judged.breaches.get(key)) for key, row in own.items())


def _is_moved(row: Damage, breach: Breach | None) -> bool:
    return row.decided_at is None and (breach is None or breach.working != row.working)


def _settle(ticket_id: int, order_ids: Iterable[int], now: datetime) -> int:
    """Write what is new or changed of one ticket's orders, with the ticket locked and its history read again."""
    ticket = ticket_queries.lock(ticket_id)
    judged = judged_tickets([ticket_id], now)
    known = queries.damages_of_orders(list(order_ids))
    signed = queries.signed_months({each.order.unit_id for each in judged.values()})
    touched = (ticket.last_touch, ticket.last_touch_at)
    changed = 0
    for order_id in order_ids:
        one = judged[order_id]
        for key, breach in one.breaches.items():
            row = known.get(key)
            if row is None or _is_moved(row, breach):
                _propose(ticket, one, breach, row, signed, now)
                changed += 1
        for key, row in known.items():
            if key[0] == order_id and row.decided_at is None and key not in one.breaches:
                _take_back(ticket, row, now)
                changed += 1
    # The machine's note is no touch of a person's.
    ticket.last_touch, ticket.last_touch_at = touched
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
