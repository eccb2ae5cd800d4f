"""Reads of rounds, their stops and the checklists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from service_desk.city.kept import Kept, forget
from service_desk.contractors.models import WorkOrder
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.supervision.models import Case, Checklist, Round, RoundStop
from service_desk.supervision.rules.checks import Item, read_item
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

#: rounds a page lists
LIMIT = 60


@dataclass(frozen=True)
class Checks:
    """A version of a checklist, read. until: the day it ended, None while it is in force."""

    id: int
    code: str
    name: Mapping[str, str]
    items: tuple[Item, ...]
    since: date
    until: date | None

    @property
    def is_in_force(self) -> bool:
        """New stops may use it."""
        return self.until is None


@dataclass(frozen=True)
class RoundLine:
    """A round of a list. stops, done, findings: counts."""

    round: Round
    stops: int
    done: int
    findings: int


def _load() -> dict[int, Checks]:
    rows = db.session.scalars(
        select(Checklist).where(Checklist.authority_id == tenant_id()).order_by(Checklist.id)
    )
    return {
        row.id: Checks(
            row.id, row.code, row.name, tuple(map(read_item, row.items)), row.valid_from, row.valid_to
        )
        for row in rows
    }


_kept = Kept(_load)


def checklists() -> dict[int, Checks]:
    """Return every version of every checklist by id; no statement when they are in memory."""
    return _kept.get()


def checklist(checklist_id: int | None) -> Checks:
    """Return a checklist. Raises NotFound."""
    found = _known(checklist_id)
    if found is None:
        raise NotFound
    return found


def _known(checklist_id: int | None) -> Checks | None:
    """Return a checklist, also one that another process began a moment ago; None when there is none."""
    found = checklists().get(checklist_id or 0)
    if found is None and checklist_id and _was_begun(checklist_id):
        forget()
        found = checklists().get(checklist_id)
    return found


def _was_begun(checklist_id: int) -> bool:
    """Say whether the database has the version: what was never begun is asked for by nobody's form and tells of no change."""
    query = select(Checklist.id).where(Checklist.authority_id == tenant_id(), Checklist.id == checklist_id)
    return db.session.scalar(query) is not None


def newest_checklists() -> list[Checks]:
    """Return the newest version of each checklist, also of retired ones, in the order in which the city began them."""
    return list({each.code: each for each in checklists().values()}.values())


def present_checklist(checklist_id: int | None) -> Checks | None:
    """Return the version in force of the checklist that this is a version of; None when it was retired, or never was."""
    asked = _known(checklist_id)
    if asked is None:
        return None
    return next(
        (each for each in checklists().values() if each.code == asked.code and each.is_in_force), None
    )


def round_or_404(round_id: int, *, is_locked: bool = False) -> Round:
    """Return the round; is_locked: for this transaction. Raises NotFound."""
    query = select(Round).where(Round.authority_id == tenant_id(), Round.id == round_id)
    if is_locked:
        db.session.flush()
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def by_key(submission_key: str) -> Round | None:
    """Return the round that was planned with this form, or None."""
    return db.session.scalar(
        select(Round).where(Round.authority_id == tenant_id(), Round.submission_key == submission_key)
    )


def rounds(
    *, since: date | None = None, until: date | None = None, inspector_id: int | None = None
) -> list[RoundLine]:
    """Return the rounds of the days (both included), newest day first, with counts of their stops. One statement."""
    wanted = [Round.authority_id == tenant_id()]
    if since is not None:
        wanted.append(Round.day >= since)
    if until is not None:
        wanted.append(Round.day <= until)
    if inspector_id is not None:
        wanted.append(Round.inspector_id == inspector_id)
    done = RoundStop.result.is_not(None) & (RoundStop.result != "not_reached")
    same = (RoundStop.authority_id == Round.authority_id) & (RoundStop.round_id == Round.id)
    query = (
        select(
            Round,
            func.count(RoundStop.id),
            func.count(RoundStop.id).filter(done),
            func.count(RoundStop.id).filter(RoundStop.result.in_(("finding", "failed"))),
        )
        .outerjoin(RoundStop, same)
        .where(*wanted)
        .group_by(Round.authority_id, Round.id)
        .order_by(Round.day.desc(), Round.id.desc())
        .limit(LIMIT)
    )
    return [RoundLine(*row) for row in db.session.execute(query)]


def orders_of_ids(ids: Iterable[int]) -> list[WorkOrder]:
    """Return these work orders, in the order of their ids; those that ended are left out. No statement for none."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    query = select(WorkOrder).where(
        WorkOrder.authority_id == tenant_id(), WorkOrder.id.in_(wanted), WorkOrder.is_open
    )
    return list(db.session.scalars(query.order_by(WorkOrder.id)))


def cases_of_ids(ids: Iterable[int]) -> list[Case]:
    """Return these cases, in the order of their ids; ended ones are left out. No statement for none."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    query = select(Case).where(Case.authority_id == tenant_id(), Case.id.in_(wanted), Case.is_open)
    return list(db.session.scalars(query.order_by(Case.id)))
