"""What waits for somebody's decision: counted in one statement, each with a page where it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from service_desk.contractors.models import Damage, WorkOrder
from service_desk.extensions import db
from service_desk.reports.models import Alert, Proposal
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date

#: alerts are news for so long (days)
NEWS_DAYS = 7


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many of each wait. damages: not decided; checks: work said to be done and not looked at; proposals: drafts.

    alerts: raised within NEWS_DAYS.
    """

    damages: int = 0
    checks: int = 0
    proposals: int = 0
    alerts: int = 0


def decisions(today: date) -> Decisions:
    """Return what waits for a decision. today: the city's date. One statement."""
    here = tenant_id()
    parts = (
        select(func.count()).where(Damage.authority_id == here, Damage.decided_at.is_(None)),
        select(func.count()).where(WorkOrder.authority_id == here, WorkOrder.state == "done"),
        select(func.count()).where(Proposal.authority_id == here, Proposal.state == "draft"),
        select(func.count()).where(Alert.authority_id == here, Alert.day > today - timedelta(days=NEWS_DAYS)),
    )
    return Decisions(*db.session.execute(select(*(each.scalar_subquery() for each in parts))).one())
