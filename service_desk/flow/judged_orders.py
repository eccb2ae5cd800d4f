"""Orders are made anew from their tickets' histories and judged, each by its own contract and calendars."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from service_desk.contractors.queries import contracts
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.rules.contract import ALWAYS
from service_desk.contractors.rules.damages import facts_of
from service_desk.contractors.rules.judging import judge
from service_desk.contractors.rules.rebuild import orders_from
from service_desk.contractors.rules.supplements import first_key, with_supplements
from service_desk.slas.queries import standards

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from service_desk.contractors.rules.facts import Breach
    from service_desk.contractors.rules.orders import Order, OrderFact
    from service_desk.contractors.rules.supplements import Decided
    from service_desk.slas.rules import Calendar

    Facts = list[tuple[int, OrderFact]]
    Key = tuple[int, str, int]

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


class JudgedOrder:
    """One order with its breaches that will not change any more, those that still grow, and the numbers of its events."""

    def __init__(self, order: Order, facts: Facts, found: Iterable[Breach]) -> None:
        self.order, self._facts = order, facts
        self.breaches: dict[Key, Breach] = {}
        self.growing: set[Key] = set()
        for each in found:
            key = (order.id, each.metric, each.round)
            if each.is_settled:
                self.breaches[key] = each
            else:
                self.growing.add(key)

    def wanted(self, known: Mapping[Key, Decided]) -> dict[Key, Breach]:
        """Return the breaches to be on file, with supplements to what was decided. known: the order's damages there."""
        return with_supplements(self.breaches, known)

    def is_growing(self, key: Key) -> bool:
        """Say whether the breach, or the one that a supplement adds to, grows again since the work was not done."""
        return first_key(key) in self.growing

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
    """Return the order's breaches by its own contract and the calendars its clocks were started by, as then known. Raises as `judge`."""
    terms = contracts.terms_of(order.contract_id)
    known = standards()
    calendars: dict[str, Calendar] = {
        each.calendar_code: known.version(each.calendar_id, order.issued_at) for each in order.clocks
    }
    for code in (terms.calendar, ALWAYS):
        if code not in calendars:
            calendars[code] = known.calendar(code, order.issued_at)[1]
    return judge(facts_of(order, terms), terms, calendars, now)


def histories(ticket_ids: Collection[int]) -> dict[int, Facts]:
    """Return {ticket id: its orders' events with their numbers, oldest first}. One statement."""
    found: dict[int, Facts] = defaultdict(list)
    for ticket_id, seq, fact in queries.order_events(ticket_ids):
        found[ticket_id].append((seq, fact))
    return found


def judged(facts: Facts, now: datetime) -> dict[int, JudgedOrder]:
    """Return {order id: judged order} of one ticket, from its history. Raises as `orders_from` and `judge`."""
    orders = orders_from((fact for _seq, fact in facts), standards().version)
    return {order.id: JudgedOrder(order, facts, judge_order(order, now)) for order in orders.values()}
