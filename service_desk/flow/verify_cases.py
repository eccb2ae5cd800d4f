"""The history of enforcement cases is checked: every event against its hash and the one before, every case against its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service_desk.extensions import db
from service_desk.supervision.models import Case, CaseEvent
from service_desk.supervision.rules import ENDED_CASES
from service_desk.supervision.rules.chains import CaseFact, chain
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Row

BATCH = 1000


@dataclass(slots=True)
class _Walk:
    """Where the check of one case stands. case: its row, with the first event's."""

    case: Row[Any]
    seq: int = 0
    hash: bytes = b""
    state: str = ""


def verify_cases(note: Callable[[str, int, str], None]) -> int:
    """Check the present authority's cases and return how many. Needs `work.as_owner`.

    note: told of each broken place: reference, number of the event (0 for the case row), what.
    """
    count = 0
    walk: _Walk | None = None
    for row in _rows():
        if walk is None or row.case_id != walk.case.case_id:
            _end(walk, note)
            count += 1
            walk = _Walk(row)
        if row.seq is not None:
            _step(walk, row, note)
    _end(walk, note)
    return count


def _rows() -> Iterator[Row[Any]]:
    event, case = CaseEvent.__table__.c, Case.__table__.c
    same = (event.authority_id == case.authority_id) & (event.case_id == case.id)
    query = (
        select(
            case.id.label("case_id"),
            case.reference,
            case.version,
            case.last_hash,
            case.state.label("now"),
            case.is_open,
            event.seq,
            event.at,
            event.kind,
            event.actor_kind,
            event.actor_id,
            event.state,
            event.unit_id,
            event.data,
            event.hash,
        )
        .select_from(Case.__table__.outerjoin(CaseEvent.__table__, same))
        .where(case.authority_id == tenant_id())
        .order_by(case.id, event.seq)
    )
    yield from db.session.execute(query.execution_options(yield_per=BATCH))


def _step(walk: _Walk, row: Row[Any], note: Callable[[str, int, str], None]) -> None:
    """Check one event against the one before it as stored, so that one change shows as one broken place."""
    if row.seq != walk.seq + 1:
        note(row.reference, row.seq, f"event {walk.seq + 1} is missing before it")
    fact = CaseFact(
        tenant_id(),
        row.case_id,
        row.seq,
        row.at,
        row.kind,
        row.actor_kind,
        row.actor_id,
        row.state,
        row.unit_id,
        row.data,
    )
    if chain(walk.hash, fact) != row.hash:
        note(row.reference, row.seq, "the event, or the one before it, is not what was written")
    walk.seq, walk.hash, walk.state = row.seq, row.hash, row.state


def _end(walk: _Walk | None, note: Callable[[str, int, str], None]) -> None:
    """Check the case row against the end of its history."""
    if walk is None:
        return
    case = walk.case
    if (case.version, case.last_hash) != (walk.seq, walk.hash):
        note(case.reference, walk.seq, "the case remembers another last event")
    if walk.state and case.now != walk.state:
        note(case.reference, 0, f"the case says «{case.now}», its history «{walk.state}»")
    if case.is_open == (case.now in ENDED_CASES):
        note(case.reference, 0, "the case is open and ended at once")
