"""A damage as a value: what its ticket's history says of it, from proposal to decision; and the facts an order is judged by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules.facts import Failure, OrderFacts, Standstill
from service_desk.contractors.rules.month import Item
from service_desk.contractors.rules.sampling import missing_proofs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.contractors.rules.orders import Order

DAMAGE_EVENTS = ("damage_proposed", "damage_answered", "damage_decided")
#: what the contractor may answer, and what the city may decide
ANSWERS = ("accepted", "contested")
DECISIONS = ("approved", "waived")
#: why a damage may be waived
WAIVERS = ("not_their_fault", "evidence_weak", "already_mended", "goodwill", "facts_changed")


@dataclass(frozen=True, slots=True)
class DamageEvent:
    """One event of the ticket that concerns a damage. seq: its number in the ticket's history; data: as written."""

    ticket_id: int
    seq: int
    at: datetime
    kind: str
    actor_id: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DamageValue:
    """A damage as its history tells it; fields as in the table. decision: approved, waived, or None while undecided."""

    id: int
    ticket_id: int
    order_id: int
    order_number: int
    contract_id: int
    unit_id: int
    metric: str
    round: int
    month: date
    breached_at: datetime
    working: Mapping[str, Any]
    event_seqs: tuple[int, ...]
    proposed_at: datetime
    #: number of the event that proposed it: what came later could not be known
    proposed_seq: int
    answer: str | None = None
    decision: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None

    @property
    def amount_agorot(self) -> int:
        """Return units × price, before the month's rules."""
        return int(self.working["amount_agorot"])

    @property
    def state(self) -> str:
        """Return the state as the table keeps it."""
        return self.decision or self.answer or "proposed"

    @property
    def item(self) -> Item:
        """Return the damage as the month counts it."""
        return Item.from_working(self.order_id, self.metric, self.round, self.breached_at, self.working)


def damages_from(events: Iterable[DamageEvent]) -> dict[int, DamageValue]:
    """Return {id: damage} from events in the order of their tickets' histories; other kinds are passed over.

    A second proposal of the same damage (the facts became clearer) takes the first one's place, as long as nobody decided.
    """
    found: dict[int, DamageValue] = {}
    for event in events:
        if event.kind == "damage_proposed":
            found[event.data["damage"]] = _proposed(event)
        elif event.kind in DAMAGE_EVENTS:
            damage = found[event.data["damage"]]
            found[damage.id] = _after(damage, event)
    return found


def _proposed(event: DamageEvent) -> DamageValue:
    data = event.data
    return DamageValue(
        id=data["damage"],
        ticket_id=event.ticket_id,
        order_id=data["order"],
        order_number=data["number"],
        contract_id=data["contract"],
        unit_id=data["unit"],
        metric=data["metric"],
        round=data["round"],
        month=date.fromisoformat(data["month"]),
        breached_at=datetime.fromisoformat(data["breached_at"]),
        working=data["working"],
        event_seqs=tuple(data["seqs"]),
        proposed_at=event.at,
        proposed_seq=event.seq,
    )


def _after(damage: DamageValue, event: DamageEvent) -> DamageValue:
    if event.kind == "damage_answered":
        return replace(damage, answer=event.data["answer"])
    return replace(
        damage, decision=event.data["decision"], reason=event.data.get("reason"), decided_at=event.at
    )


def facts_of(order: Order, terms: ContractTerms) -> OrderFacts:
    """Return what an order is judged by."""
    missing = missing_proofs(terms, order.proofs, order.failed_at)
    return OrderFacts(
        order_id=order.id,
        service_code=order.service_code,
        is_hazard=order.is_hazard,
        issued_at=order.issued_at,
        accepted_at=order.accepted_at,
        arrived_at=order.arrived_at,
        made_safe_at=order.made_safe_at,
        done_at=order.done_at,
        ended_at=order.ended_at,
        end=order.state if order.ended_at else None,
        pauses=tuple(Standstill(each.started_at, each.ended_at) for each in order.pauses),
        failures=tuple(
            Failure(each.decided_at, each.finding or "poor_quality")
            for each in order.checks
            if each.state == "failed" and each.decided_at is not None
        ),
        has_evidence=not missing,
        repeated_after_seconds=order.repeat_after_seconds,
    )
