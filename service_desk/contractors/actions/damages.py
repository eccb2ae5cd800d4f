"""Writes of damages and statements. Each is beside an event of the ticket, which the use-case writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, tuple_, update

from service_desk.contractors.models import Damage, Statement, WorkOrder
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from service_desk.contractors.rules.damages import DamageValue


def propose(damage: DamageValue, answer_by: datetime) -> None:
    """Insert a damage, or let a clearer proposal take the place of one that nobody has decided, or that was taken back."""
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
    # What was answered or taken back concerned another working.
    row.answered_at, row.answer_words = None, ""
    row.waiver, row.decided_at, row.decided_by, row.decision_words = None, None, None, ""
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


#: stands for «never judged» where two instants are compared
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def note_judged(orders: Collection[tuple[int, datetime | None]], now: datetime) -> None:
    """Say that these orders were judged at this instant; orders: (id, when judged before). One statement.

    One that was marked to be judged again meanwhile stays so.
    """
    if orders:
        seen = tuple_(WorkOrder.id, func.coalesce(WorkOrder.judged_at, _NEVER))
        db.session.execute(
            update(WorkOrder)
            .where(
                WorkOrder.authority_id == tenant_id(),
                seen.in_([(order_id, before or _NEVER) for order_id, before in orders]),
            )
            .values(judged_at=now)
            .execution_options(synchronize_session=False)
        )


def judge_again(order: WorkOrder) -> None:
    """Let an order that has ended be judged anew: something was said of it afterwards. Its ticket is locked."""
    order.judged_at = order.issued_at


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
