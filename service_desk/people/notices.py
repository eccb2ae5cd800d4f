"""Digests of staff: written once, filled until they may be read, seen when their reader says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select, text, update

from service_desk.extensions import db
from service_desk.people.models import Notice
from service_desk.work import many_ids, put_many, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Table

#: how the keys of ordinary digests begin; a hazard's comes at once and counts for no hour
DIGEST, HAZARD = "digest", "hazard"
#: the first half of the lock that one teller of an authority holds at a time (the second is the authority)
_TELLER = 0x6B65
_NOTICES = cast("Table", Notice.__table__)
_MORE = "ON CONFLICT (authority_id, dedupe_key) DO UPDATE SET items = notices.items || excluded.items"


@dataclass(frozen=True, slots=True)
class Page:
    """Digests of one reader, newest first. earlier: id of the last one when there are more, else None."""

    notices: tuple[Notice, ...]
    earlier: int | None


def become_teller() -> bool:
    """Take the authority's one teller's place until this transaction ends; False when another has it just now."""
    taken = text("SELECT pg_try_advisory_xact_lock(:teller, :here)")
    return bool(db.session.scalar(taken, {"teller": _TELLER, "here": tenant_id()}))


def last_digests(staff_ids: Collection[int], since: datetime) -> dict[int, datetime]:
    """Return {staff id: when the latest ordinary digest is or becomes readable}, of those after ``since``. One statement."""
    query = (
        select(Notice.staff_id, func.max(Notice.at))
        .where(
            Notice.authority_id == tenant_id(),
            Notice.staff_id.in_(staff_ids),
            Notice.at > since,
            Notice.dedupe_key.startswith(f"{DIGEST}:"),
        )
        .group_by(Notice.staff_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def write(kind: str, lines: Mapping[int, tuple[datetime, Sequence[Mapping[str, Any]]]]) -> None:
    """Write a digest for each person, or fill the one that waits for that instant. lines: {staff id: (at, items)}."""
    if not lines:
        return
    rows = [
        {
            "authority_id": tenant_id(),
            "id": id_,
            "staff_id": staff_id,
            "at": at,
            "items": [dict(item) for item in items],
            "dedupe_key": f"{kind}:{staff_id}:{at.isoformat()}",
            "seen_at": None,
        }
        for id_, (staff_id, (at, items)) in zip(many_ids(len(lines)), lines.items(), strict=True)
    ]
    put_many(_NOTICES, rows, _MORE)


def page(staff_id: int, now: datetime, *, before: int | None, limit: int) -> Page:
    """Return a person's readable digests, newest first. before: id of the last one on the page before. One statement."""
    query = select(Notice).where(
        Notice.authority_id == tenant_id(), Notice.staff_id == staff_id, Notice.at <= now
    )
    if before is not None:
        mark = (
            select(Notice.at)
            .where(Notice.authority_id == tenant_id(), Notice.id == before, Notice.staff_id == staff_id)
            .scalar_subquery()
        )
        query = query.where((Notice.at < mark) | ((Notice.at == mark) & (Notice.id < before)))
    rows = db.session.scalars(query.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit + 1)).all()
    shown = tuple(rows[:limit])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


def mark_seen(staff_id: int, until: datetime, now: datetime) -> int:
    """Note that the person has seen every digest readable until that instant. Returns how many were new."""
    where = (
        Notice.authority_id == tenant_id(),
        Notice.staff_id == staff_id,
        Notice.seen_at.is_(None),
        Notice.at <= until,
    )
    seen = update(Notice).where(*where).values(seen_at=now).returning(Notice.id)
    return len(db.session.execute(seen.execution_options(synchronize_session=False)).all())


def mark_all_seen(until: datetime) -> None:
    """Note that everybody has seen what was readable until that instant: for a past that is written now."""
    where = (Notice.authority_id == tenant_id(), Notice.seen_at.is_(None), Notice.at <= until)
    db.session.execute(update(Notice).where(*where).values(seen_at=until))
