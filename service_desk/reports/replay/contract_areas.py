"""Contracts with other areas: which contractor last year's orders would have gone to, and how that work was on time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from service_desk.extensions import db
from service_desk.reports.models import FigureOrder
from service_desk.reports.replay.counting import Count, side_by_side
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service_desk.reports.replay.counting import Both, Counts
    from service_desk.reports.rules import Days

#: key of work that no contractor would have: the city's own unit does it
OWN_UNIT = -1


@dataclass(frozen=True)
class Served:
    """A contract that changes: who works, what on, and where before and after (None: the whole city)."""

    unit_id: int
    domains: frozenset[str]
    was: frozenset[str] | None
    areas: frozenset[str] | None

    def had(self, domain: str, area: str | None) -> bool:
        """Say whether this work there was the contract's."""
        return domain in self.domains and (self.was is None or area in self.was)

    def has(self, domain: str, area: str | None) -> bool:
        """Say whether this work there would be the contract's."""
        return domain in self.domains and (self.areas is None or area in self.areas)


@dataclass(frozen=True)
class WorkSum:
    """Orders of one contractor, type and area: issued in the days; due: duties to complete judged in them; met: of them kept."""

    unit_id: int
    service_code: str
    area_code: str | None
    issued: int
    due: int
    met: int


def orders_of(days: Days) -> list[WorkSum]:
    """Return the orders of the days, summed. One statement."""
    issued = FigureOrder.issued_day.between(days.first, days.last)
    due = func.coalesce(FigureOrder.due_day.between(days.first, days.last), False)
    query = (
        select(
            FigureOrder.unit_id,
            FigureOrder.service_code,
            FigureOrder.area_code,
            func.count().filter(issued),
            func.count().filter(due),
            func.count().filter(and_(due, FigureOrder.is_met)),
        )
        .where(FigureOrder.authority_id == tenant_id(), issued | due)
        .group_by(FigureOrder.unit_id, FigureOrder.service_code, FigureOrder.area_code)
    )
    return [WorkSum(*row) for row in db.session.execute(query)]


def unit_after(work: WorkSum, domain: str | None, changed: Sequence[Served]) -> int:
    """Return the contractor that the work would have gone to; OWN_UNIT when nobody's contract would name it.

    Work that its contractor kept, or did without one of the changed contracts, stays where it was.
    """
    if domain is None:
        return work.unit_id
    mine = [each for each in changed if each.unit_id == work.unit_id and each.had(domain, work.area_code)]
    if not mine or any(each.has(domain, work.area_code) for each in mine):
        return work.unit_id
    taker = next((each for each in changed if each.has(domain, work.area_code)), None)
    return taker.unit_id if taker else OWN_UNIT


def reassign(
    works: Iterable[WorkSum], changed: Sequence[Served], domain_of: Mapping[str, str | None]
) -> tuple[dict[int, Both], int]:
    """Return (both sides by contractor, ALL first; how many orders would have gone to another). domain_of: {service: domain}."""
    before: Counts = {}
    after: Counts = {}
    moved = 0
    for work in works:
        count = Count(received=work.issued, due=work.due, met=work.met)
        goes_to = unit_after(work, domain_of.get(work.service_code), changed)
        before[work.unit_id] = before.get(work.unit_id, Count()) + count
        after[goes_to] = after.get(goes_to, Count()) + count
        moved += work.issued if goes_to != work.unit_id else 0
    return side_by_side(before, after), moved
