"""What broken duties of the past cost: proposed, answered, decided; each as an event of its ticket, as the product writes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.clock import CITY_ZONE
from service_desk.contractors.rules.damages import DamageEvent, DamageValue, damages_from
from service_desk.flow.demo.life import SYSTEM_KEY, Today
from service_desk.flow.judged_orders import evidence_seqs, judge_order
from service_desk.tickets.rules import text_digest
from service_desk.work import new_id

if TYPE_CHECKING:
    from service_desk.contractors.rules.facts import Breach
    from service_desk.flow.demo.field import Crew, FieldWork
    from service_desk.flow.demo.life import Life

#: parts of the proposed damages: contested by the contractor, waived by the city
CONTESTED, WAIVED = 0.25, 0.18
WAIVERS = ("not_their_fault", "evidence_weak", "goodwill")
#: a month is signed so many days after its end; later proposals belong to the month in which they were made
SIGNED_AFTER = timedelta(days=14)
LAST_PROPOSALS = timedelta(days=3)
DAY = timedelta(days=1)


@dataclass
class Cost:
    """One damage on its way. answer_by: aware; words: of the answer and the decision."""

    value: DamageValue
    events: list[DamageEvent]
    answer_by: datetime
    answered_at: datetime | None = None
    decided_by: int | None = None
    words: dict[str, str] = field(default_factory=dict)


def month_end(month: date) -> datetime:
    """Return the first instant after the month, by the city's clock."""
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=CITY_ZONE)


def settle(life: Life, crew: Crew, manager_id: int | None) -> list[Cost]:
    """Propose what the ticket's orders have cost, and let most of it be answered and decided before today."""
    made: list[Cost] = []
    touched = life.last_touch, life.last_touch_at
    try:
        for work in life.orders.values():
            if work.order.ended_at is None:
                continue
            life.at(max(life.now, work.order.ended_at) + timedelta(minutes=crew.chance.randrange(1, 6)))
            made.extend(
                _propose(life, work, each) for each in judge_order(work.order, life.now) if each.is_settled
            )
        for cost in made:
            _answer(life, cost, crew)
        for cost in made:
            _decide(life, cost, crew, manager_id)
    except Today:
        return made
    finally:
        # The machine's and the manager's notes on money are no touch of the work.
        life.last_touch, life.last_touch_at = touched
    return made


def _propose(life: Life, work: FieldWork, breach: Breach) -> Cost:
    month = breach.month
    if life.now > month_end(month) + LAST_PROPOSALS:
        month = clock.local(life.now).date().replace(day=1)
    order = work.order
    data: dict[str, Any] = {
        "damage": new_id(), "order": order.id, "number": order.number, "contract": order.contract_id, "unit": order.unit_id,
        "metric": breach.metric, "round": breach.round, "month": month.isoformat(),
        "breached_at": breach.breached_at.isoformat(), "working": breach.working,
        "seqs": evidence_seqs(order.id, breach.metric, ((e[2], e[4], e[10]) for e in life.events)),
    }  # fmt: skip
    said = _note(life, "damage_proposed", SYSTEM_KEY, data)
    return Cost(damages_from([said])[data["damage"]], [said], life.now + work.terms.answer_days * DAY)


def _note(life: Life, kind: str, who: tuple[str, int | None], data: dict[str, Any]) -> DamageEvent:
    seq = life.note(kind, who, data)
    return DamageEvent(life.id, seq, life.now, kind, who[1], data)


def _follow(cost: Cost, event: DamageEvent) -> None:
    cost.events.append(event)
    cost.value = damages_from(cost.events)[cost.value.id]


def _answer(life: Life, cost: Cost, crew: Crew) -> None:
    life.at(life.now + timedelta(hours=crew.chance.uniform(3, 30)))
    is_contested = crew.chance.random() < CONTESTED
    data: dict[str, Any] = {
        "damage": cost.value.id, "order": cost.value.order_id, "unit": cost.value.unit_id,
        "answer": "contested" if is_contested else "accepted",
    }  # fmt: skip
    if is_contested:
        cost.words["answer"] = crew.chance.choice(crew.words["contested"])
        data["words"] = text_digest(cost.words["answer"])
    event = _note(life, "damage_answered", crew.who, data)
    if is_contested:
        life.say("note", event.seq, cost.words["answer"], crew.who, is_internal=True)
    cost.answered_at = life.now
    _follow(cost, event)


def _decide(life: Life, cost: Cost, crew: Crew, manager_id: int | None) -> None:
    life.at(life.now + timedelta(hours=crew.chance.uniform(4, 40)))
    is_waived = crew.chance.random() < WAIVED
    who = ("staff", manager_id)
    data: dict[str, Any] = {
        "damage": cost.value.id, "order": cost.value.order_id, "unit": cost.value.unit_id,
        "decision": "waived" if is_waived else "approved",
    }  # fmt: skip
    if is_waived:
        data["reason"] = crew.chance.choice(WAIVERS)
    if cost.value.answer == "contested":
        cost.words["decision"] = crew.chance.choice(crew.words["decided"])
        data["words"] = text_digest(cost.words["decision"])
    event = _note(life, "damage_decided", who, data)
    if cost.words.get("decision"):
        life.say("note", event.seq, cost.words["decision"], who, is_internal=True)
    cost.decided_by = manager_id
    _follow(cost, event)
