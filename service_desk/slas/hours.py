"""Writes of opening hours: a change ends a calendar's version and begins the next; an exception is a row of its own day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from service_desk import clock
from service_desk.errors import BadInput, NotFound
from service_desk.extensions import db
from service_desk.slas.models import CalendarDay, CalendarRow
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date, datetime


def calendar_in_force(code: str) -> CalendarRow:
    """Return the version in force, locked. Raises NotFound."""
    query = (
        select(CalendarRow)
        .where(
            CalendarRow.authority_id == tenant_id(), CalendarRow.code == code, CalendarRow.valid_to.is_(None)
        )
        .with_for_update()
    )
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("no_calendar")
    return found


def keep_week(code: str, seen: int | None, windows: list[list[int]], today: date) -> CalendarRow:
    """Begin a new version of a calendar's week. seen: the version's id on the page. Raises NotFound, BadInput when another was set meanwhile.

    Clocks that run keep the version they were promised by: a promise given is not made later by new hours.
    """
    row = calendar_in_force(code)
    if seen is not None and row.id != seen:
        raise BadInput({"week": "changed"})
    row.valid_to = today
    db.session.flush()  # one version in force: the old one ends before the new one begins
    fresh = CalendarRow(
        authority_id=row.authority_id,
        code=row.code,
        name=row.name,
        windows=windows,
        is_always_open=False,
        holidays=row.holidays,
        valid_from=today,
    )
    db.session.add(fresh)
    return fresh


def keep_day(
    code: str,
    day: date,
    windows: tuple[tuple[int, int], ...],
    name: dict[str, str],
    source: str,
    now: datetime,
) -> None:
    """Set an exception of one calendar; an earlier one of the same day gives way. No windows: closed. Raises NotFound.

    Promises that were given keep the days they were counted by; see `rules.known`.
    """
    calendar_in_force(code)  # locked: of two who set one day at once, the second ends what the first has set
    _end(now, CalendarDay.calendar_code == code, CalendarDay.day == day)
    db.session.add(
        CalendarDay(
            authority_id=tenant_id(),
            calendar_code=code,
            day=day,
            kind="half" if windows else "closed",
            windows=[list(each) for each in windows],
            name=name,
            source=source,
            created_at=now,
        )
    )


def drop_day(code: str, day_id: int, now: datetime) -> None:
    """Take back an exception that has not come yet. Raises NotFound. Promises given while it stood still count by it."""
    today = clock.local(now).date()
    if not _end(now, CalendarDay.calendar_code == code, CalendarDay.id == day_id, CalendarDay.day >= today):
        raise NotFound


def _end(now: datetime, *conditions: Any) -> int:
    """End the days that stand and meet the conditions; return how many."""
    where = (CalendarDay.authority_id == tenant_id(), CalendarDay.ended_at.is_(None), *conditions)
    done = db.session.execute(update(CalendarDay).where(*where).values(ended_at=now))
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a count
