"""Figures are proven: damages and signed statements are made again from the history alone, and compared."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service_desk.contractors.models import Damage
from service_desk.contractors.queries import contracts
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.rules.damages import damages_from
from service_desk.contractors.rules.rebuild import orders_from
from service_desk.contractors.rules.statement import content_hash
from service_desk.contractors.rules.supplements import Decided, with_supplements
from service_desk.extensions import db
from service_desk.flow.judged_orders import histories, judge_order
from service_desk.flow.statements import bounds, statement_content
from service_desk.slas.queries import standards
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.contractors.models import Contract, Statement
    from service_desk.contractors.rules.damages import DamageEvent, DamageValue
    from service_desk.contractors.rules.orders import OrderFact

#: tickets whose histories are read at once
BATCH = 2000


@dataclass
class Proof:
    """What was compared, and every difference as one plain sentence."""

    statements: int = 0
    damages: int = 0
    charged_agorot: int = 0
    differences: list[str] = field(default_factory=list)


def verify_figures() -> Proof:
    """Compare the present authority's damages and statements with what the histories say, in two independent ways.

    First, each stored damage is the one that the events tell. Second, each approved damage is a breach that judging the
    order, rebuilt from the events up to its proposal, finds again with the same working. Last, each signed statement, made again from the
    events, has the same bytes; its sum is the sum of its lines.
    """
    proof = Proof()
    with transaction():
        events = queries.damage_events()
        told = damages_from(events)
        _stored(told, proof)
        _judged(told, proof)
        by_unit: dict[int, list[DamageEvent]] = defaultdict(list)
        for each in events:
            by_unit[each.data["unit"]].append(each)
        for statement in queries.statements():
            # As the statement's signer saw them: one that was taken back may have been proposed anew since.
            then = [each for each in by_unit[statement.unit_id] if each.at <= statement.signed_at]
            _statement(statement, damages_from(then), proof)
    return proof


def _stored(told: dict[int, DamageValue], proof: Proof) -> None:
    rows = {
        row.id: row for row in db.session.scalars(select(Damage).where(Damage.authority_id == tenant_id()))
    }
    proof.damages = len(told)
    for lost in told.keys() ^ rows.keys():
        proof.differences.append(f"damage {lost} is not both in the table and in the history")
    for damage_id in told.keys() & rows.keys():
        row, damage = rows[damage_id], told[damage_id]
        stored = (row.order_id, row.metric, row.round, row.month, row.amount_agorot, row.state, row.waiver)
        if stored != (
            damage.order_id,
            damage.metric,
            damage.round,
            damage.month,
            damage.amount_agorot,
            damage.state,
            damage.reason,
        ):
            proof.differences.append(f"damage {damage_id} differs from its history")


def _judged(told: dict[int, DamageValue], proof: Proof) -> None:
    by_ticket: dict[int, list[DamageValue]] = defaultdict(list)
    by_order: dict[int, list[DamageValue]] = defaultdict(list)
    for each in told.values():
        by_order[each.order_id].append(each)
        if each.decision == "approved":
            by_ticket[each.ticket_id].append(each)
    tickets = sorted(by_ticket)
    for first in range(0, len(tickets), BATCH):
        for ticket_id, own in histories(tickets[first : first + BATCH]).items():
            for damage in by_ticket[ticket_id]:
                if _again(damage, own, by_order[damage.order_id]) != damage.working:
                    proof.differences.append(f"damage {damage.id} is not what its order's history gives")


def _again(
    damage: DamageValue, facts: list[tuple[int, OrderFact]], on_file: list[DamageValue]
) -> Mapping[str, Any] | None:
    """Return the working that judging gives by what was known when the damage was proposed, None when it finds no breach.

    on_file: every damage of the order; a supplement is judged beyond those it adds to.
    """
    known = [fact for seq, fact in facts if seq < damage.proposed_seq]
    order = orders_from(known, standards().version)[damage.order_id]
    found = {
        (order.id, each.metric, each.round): each
        for each in judge_order(order, damage.proposed_at)
        if each.is_settled
    }
    key = (damage.order_id, damage.metric, damage.round)
    before = {
        (order.id, each.metric, each.round): Decided(each.working["units"], is_final=True)
        for each in on_file
        if each.metric == damage.metric and each.round < damage.round
    }
    breach = with_supplements(found, before).get(key)
    return breach.working if breach else None


def _statement(statement: Statement, told: dict[int, DamageValue], proof: Proof) -> None:
    proof.statements += 1
    proof.charged_agorot += statement.total_agorot
    name = f"statement of unit {statement.unit_id}, {statement.month:%Y-%m}"
    content = statement.content
    if content_hash(content) != statement.content_hash:
        proof.differences.append(f"{name}: its content was changed after it was signed")
    charged = sum(line["charged_agorot"] for part in content["contracts"] for line in part["lines"])
    if not charged == content["total_agorot"] == statement.total_agorot:
        proof.differences.append(
            f"{name}: the lines add up to {charged}, not {statement.total_agorot} agorot"
        )
    month = date.fromisoformat(content["month"])
    own = [
        each
        for each in told.values()
        if each.unit_id == statement.unit_id and each.month == month and each.decided_at is not None
    ]
    versions = {part["code"]: _version(part["code"], part["version"]) for part in content["contracts"]}
    again = statement_content(
        statement.unit_id, month, own, queries.month_work(statement.unit_id, *bounds(month)), versions
    )
    if content_hash(again) != statement.content_hash:
        proof.differences.append(
            f"{name}: made again from the history it comes to {again['total_agorot']}, not {statement.total_agorot} agorot"
        )


def _version(code: str, version: int) -> Contract:
    return next(row for row in contracts.versions_of(code) if row.version == version)
