"""Booklets as they were published, and who reads them: written once; a correction is another edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select

from service_desk.contractors.rules.statement import content_hash
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.people.models import Membership, Staff
from service_desk.people.rules import ABILITIES
from service_desk.reports.models import Booklet, BookletReader, Letter
from service_desk.work import new_id, one_at_a_time, put, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from sqlalchemy import Table

#: who may read figures, and so get a booklet
READERS = tuple(role for role, verbs in ABILITIES.items() if "see_figures" in verbs)
#: months of a list
MONTHS_LISTED = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A booklet in a list: its newest edition, without its content. centre_id: CITY for the city."""

    id: int
    centre_id: int
    month: date
    edition: int
    made_at: datetime


def hold(month: date) -> None:
    """Let one transaction at a time make booklets of a month."""
    one_at_a_time(f"booklets {month.isoformat()}")


def newest(month: date) -> dict[int, Booklet]:
    """Return {centre id: newest edition} of a month, with content. One statement."""
    query = (
        select(Booklet)
        .where(Booklet.authority_id == tenant_id(), Booklet.month == month)
        .order_by(Booklet.edition)
    )
    return {each.centre_id: each for each in db.session.scalars(query)}


def listed(before: date | None = None) -> list[Line]:
    """Return the newest editions of the last MONTHS_LISTED months that have any, newest month first. One statement.

    before: only months before this one.
    """
    here = Booklet.authority_id == tenant_id()
    months = select(Booklet.month).where(here).distinct().order_by(Booklet.month.desc()).limit(MONTHS_LISTED)
    if before is not None:
        months = months.where(Booklet.month < before)
    query = (
        select(Booklet.id, Booklet.centre_id, Booklet.month, Booklet.edition, Booklet.made_at)
        .where(here, Booklet.month.in_(months))
        .distinct(Booklet.month, Booklet.centre_id)
        .order_by(Booklet.month.desc(), Booklet.centre_id, Booklet.edition.desc())
    )
    return [Line(*row) for row in db.session.execute(query)]


def made_of(month: date) -> set[int]:
    """Return the centres that have a booklet of the month. One statement."""
    query = select(Booklet.centre_id).where(Booklet.authority_id == tenant_id(), Booklet.month == month)
    return set(db.session.scalars(query))


def booklet_or_404(booklet_id: int) -> Booklet:
    """Return a booklet with its content. Raises NotFound."""
    found = db.session.scalar(
        select(Booklet).where(Booklet.authority_id == tenant_id(), Booklet.id == booklet_id)
    )
    if found is None:
        raise NotFound
    return found


def taken_out(booklet_id: int) -> Booklet:
    """Return a booklet that outlives its transaction: drawing takes seconds and needs no connection. Raises NotFound."""
    found = booklet_or_404(booklet_id)
    db.session.expunge(found)
    return found


def editions(booklet: Booklet) -> list[Line]:
    """Return all editions of a booklet, oldest first. One statement."""
    query = (
        select(Booklet.id, Booklet.centre_id, Booklet.month, Booklet.edition, Booklet.made_at)
        .where(
            Booklet.authority_id == tenant_id(),
            Booklet.centre_id == booklet.centre_id,
            Booklet.month == booklet.month,
        )
        .order_by(Booklet.edition)
    )
    return [Line(*row) for row in db.session.execute(query)]


def publish(
    centre_id: int, month: date, edition: int, content: Mapping[str, Any], now: datetime, staff_id: int | None
) -> int:
    """Write an edition down for good. staff_id: who asked for it, None for the timetable. Returns its id."""
    booklet_id = new_id()
    put(
        cast("Table", Booklet.__table__),
        [
            {
                "authority_id": tenant_id(),
                "id": booklet_id,
                "centre_id": centre_id,
                "month": month,
                "edition": edition,
                "content": dict(content),
                "content_hash": content_hash(content),
                "made_at": now,
                "made_by": staff_id,
            }
        ],
    )
    return booklet_id


def subscriptions(staff_id: int) -> set[int]:
    """Return the centres (CITY for the city) whose booklet this person gets by mail. One statement."""
    query = select(BookletReader.centre_id).where(
        BookletReader.authority_id == tenant_id(), BookletReader.staff_id == staff_id
    )
    return set(db.session.scalars(query))


def subscribe(staff_id: int, centre_ids: Collection[int], now: datetime) -> None:
    """Let this person get these booklets by mail, and no others."""
    db.session.execute(
        delete(BookletReader).where(
            BookletReader.authority_id == tenant_id(),
            BookletReader.staff_id == staff_id,
            BookletReader.centre_id.not_in(list(centre_ids)),
        )
    )
    rows = [
        {"authority_id": tenant_id(), "staff_id": staff_id, "centre_id": each, "since": now}
        for each in sorted(centre_ids)
    ]
    if rows:
        put(cast("Table", BookletReader.__table__), rows, "ON CONFLICT DO NOTHING")


def readers(centre_id: int, *, had: Collection[int] | None = None) -> list[int]:
    """Return who gets a centre's booklet: active, and still allowed to read figures. One statement.

    had: ids of booklets of which they must have been sent one (those who get a correction); None: no matter.
    """
    may = select(Membership.staff_id).where(
        Membership.authority_id == tenant_id(), Membership.role.in_(READERS)
    )
    query = (
        select(BookletReader.staff_id)
        .join(
            Staff, (Staff.authority_id == BookletReader.authority_id) & (Staff.id == BookletReader.staff_id)
        )
        .where(
            BookletReader.authority_id == tenant_id(),
            BookletReader.centre_id == centre_id,
            Staff.is_active,
            BookletReader.staff_id.in_(may),
        )
        .order_by(BookletReader.staff_id)
    )
    if had is not None:
        sent = select(Letter.staff_id).where(
            Letter.authority_id == tenant_id(), Letter.booklet_id.in_(list(had))
        )
        query = query.where(BookletReader.staff_id.in_(sent))
    return list(db.session.scalars(query))
