"""Writes of damages and statements. Each is beside an event of the ticket, which the use-case writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from service_desk.contractors.models import Damage, Statement, WorkOrder
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from service_desk.contractors.rules.damages import DamageValue


def propose(damage: DamageValue, answer_by: datetime) -> None:
    """Insert a damage, or let a clearer proposal take the place of one nobody has decided."""
    row = db.session.get(Damage, (tenant_id(), damage.id))
    if row is None:
        row = Damage(authority_id=tenant_id(), id=damage.id, answer_by=answer_by)
        db.session.add(row)
    for name in (
        "order_id",
        "ticket_id",
        "contract_id",
        "unit_id",
        "metric",
        "round",
        "month",
        "breached_at",
        "proposed_at",
    ):
        setattr(row, name, getattr(damage, name))
    row.working, row.event_seqs = dict(damage.working), list(damage.event_seqs)
    row.amount_agorot, row.state = damage.amount_agorot, damage.state
    row.answer_by = max(row.answer_by, answer_by)


def keep_answer(row: Damage, answer: str, words: str, now: datetime) -> None:
    """Keep what the contractor answered."""
    row.state, row.answered_at, row.answer_words = answer, now, words


def keep_decision(
    row: Damage, decision: str, waiver: str | None, words: str, staff_id: int | None, now: datetime
) -> None:
    """Keep what the city decided. waiver: code of why it was waived; staff_id: None when the facts took it back."""
    row.state, row.waiver, row.decision_words = decision, waiver, words
    row.decided_at, row.decided_by = now, staff_id


def note_judged(order_ids: Collection[int], now: datetime) -> None:
    """Say that these orders were judged at this instant. One statement."""
    if order_ids:
        db.session.execute(
            update(WorkOrder)
            .where(WorkOrder.authority_id == tenant_id(), WorkOrder.id.in_(order_ids))
            .values(judged_at=now)
            .execution_options(synchronize_session=False)
        )


def sign(
    unit_id: int, month: date, content: Mapping[str, Any], digest: bytes, staff_id: int, now: datetime
) -> Statement:
    """Insert the signed statement: from here on nobody can change it."""
    row = Statement(
        authority_id=tenant_id(),
        unit_id=unit_id,
        month=month,
        content=dict(content),
        content_hash=digest,
        total_agorot=int(content["total_agorot"]),
        signed_at=now,
        signed_by=staff_id,
    )
    db.session.add(row)
    return row
