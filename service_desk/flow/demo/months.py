"""The past's months are signed: every contractor's, as far back as its damages are decided."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from service_desk.contractors.actions import damages as actions
from service_desk.contractors.models import Damage
from service_desk.contractors.rules.statement import content_hash
from service_desk.extensions import db
from service_desk.flow.demo.costs import SIGNED_AFTER, month_end
from service_desk.flow.statements import draft
from service_desk.people import queries as people
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator


def sign_past_months(now: datetime) -> int:
    """Sign the months that are over, decided and long enough ago, as if on their day. Returns how many."""
    signer = min(people.one_of_each("manager", "centre").values(), default=None)
    if signer is None:
        return 0
    signed = 0
    with transaction():
        for unit_id, month, decided_at in list(_months()):
            at = max(month_end(month) + SIGNED_AFTER + timedelta(hours=10), decided_at + timedelta(hours=1))
            if at < now:
                content = draft(unit_id, month).content
                actions.sign(unit_id, month, content, content_hash(content), signer, at)
                signed += 1
    return signed


def _months() -> Iterator[tuple[int, date, datetime]]:
    """Yield (unit, month, last decision) of the months in which everything is decided."""
    query = (
        select(Damage.unit_id, Damage.month, func.max(func.coalesce(Damage.decided_at, Damage.proposed_at)))
        .where(Damage.authority_id == tenant_id())
        .group_by(Damage.unit_id, Damage.month)
        .having(func.count() == func.count(Damage.decided_at))
        .order_by(Damage.month, Damage.unit_id)
    )
    yield from db.session.execute(query).tuples()
