"""Reads of standards, calendars and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.city.kept import Kept
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.slas.models import CalendarDay, CalendarRow, CityLadder, Clock, Pause, Sla
from service_desk.slas.rules import CalendarShelf, StoredDay, calendar_of
from service_desk.slas.rules.ladder import CITY_LADDER, Ladder, read_ladder
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from service_desk.slas.rules import Calendar

_shelf = CalendarShelf()


@dataclass(frozen=True)
class Standards:
    """The standards and calendars of an authority: those in force by code, and every version by id."""

    slas: Mapping[str, Sla]
    in_force: Mapping[str, CalendarRow]
    versions: Mapping[int, CalendarRow]
    days: tuple[CalendarDay, ...]
    edition: int
    #: ladders of standards that have one of their own, every version by id
    ladders: Mapping[int, Ladder] = field(default_factory=dict)
    #: (since, ladder) of the city's usual one, newest first
    city_ladders: tuple[tuple[datetime, Ladder], ...] = ()

    def ladder(self, sla_id: int | None, started_at: datetime) -> Ladder:
        """Return the ladder of a clock: its standard's own, else the city's usual one of when it started."""
        own = self.ladders.get(sla_id or 0)
        if own is not None:
            return own
        return next((ladder for since, ladder in self.city_ladders if since <= started_at), CITY_LADDER)

    @property
    def usual_ladder(self) -> Ladder:
        """Return the city's usual ladder in force."""
        return self.city_ladders[0][1] if self.city_ladders else CITY_LADDER

    @property
    def holidays(self) -> frozenset[date]:
        """Return the public holidays, as local dates."""
        return frozenset(day.day for day in self.days if day.calendar_code is None and day.kind == "closed")

    def sla(self, service_code: str) -> Sla:
        """Return the standard in force. Raises NotFound."""
        if service_code not in self.slas:
            raise NotFound("no_standard")
        return self.slas[service_code]

    def calendar(self, code: str) -> tuple[int, Calendar]:
        """Return (version id, compiled calendar) in force under the code. Raises NotFound, ImpossibleCalendar."""
        if code not in self.in_force:
            raise NotFound("no_calendar")
        row = self.in_force[code]
        return row.id, self.version(row.id)

    def version(self, calendar_id: int) -> Calendar:
        """Return a compiled calendar by the version a clock was judged by. Raises NotFound."""
        if calendar_id not in self.versions:
            raise NotFound("no_calendar")
        row = self.versions[calendar_id]
        return _shelf.get((row.authority_id, row.id, self.edition), lambda: self._compile(row))

    def trial(self, code: str, windows: list[list[int]]) -> Calendar:
        """Return the calendar in force as it would be with another week; its holidays and exceptions stay. Raises NotFound, ImpossibleCalendar."""
        if code not in self.in_force:
            raise NotFound("no_calendar")
        row = self.in_force[code]
        return self._compile(
            CalendarRow(
                authority_id=row.authority_id,
                id=row.id,
                code=code,
                windows=windows,
                is_always_open=False,
                holidays=row.holidays,
                valid_from=row.valid_from,
            )
        )

    def days_of(self, code: str) -> list[CalendarDay]:
        """Return the exceptions of this calendar alone, by date."""
        return [day for day in self.days if day.calendar_code == code]

    def _compile(self, row: CalendarRow) -> Calendar:
        days = [
            StoredDay(
                day.day,
                day.kind,
                tuple((a, b) for a, b in day.windows),
                day.name,
                day.source,
                is_shared=day.calendar_code is None,
            )
            for day in self.days
            if day.calendar_code in (None, row.code)
        ]
        return calendar_of(
            row.code,
            row.windows,
            days,
            holidays=row.holidays,
            valid_from=row.valid_from,
            is_always_open=row.is_always_open,
            version=row.id,
        )


_editions = iter(range(1, 1 << 31))


def _load() -> Standards:
    here = tenant_id()
    # With the ended versions that have a ladder: their clocks run on and climb it.
    slas = db.session.scalars(
        select(Sla).where(Sla.authority_id == here, Sla.valid_to.is_(None) | Sla.ladder.is_not(None))
    ).all()
    usual = db.session.scalars(
        select(CityLadder)
        .where(CityLadder.authority_id == here)
        .order_by(CityLadder.since.desc(), CityLadder.id.desc())
    ).all()
    calendars = db.session.scalars(select(CalendarRow).where(CalendarRow.authority_id == here)).all()
    days = db.session.scalars(
        select(CalendarDay).where(CalendarDay.authority_id == here).order_by(CalendarDay.day)
    ).all()
    db.session.expunge_all()
    return Standards(
        slas={sla.service_code: sla for sla in slas if sla.valid_to is None},
        in_force={row.code: row for row in calendars if row.valid_to is None},
        versions={row.id: row for row in calendars},
        days=tuple(days),
        edition=next(_editions),
        ladders={sla.id: read_ladder(sla.ladder) for sla in slas if sla.ladder},
        city_ladders=tuple((row.since, read_ladder(row.rungs)) for row in usual),
    )


_kept = Kept(_load)


def standards() -> Standards:
    """Return the present authority's standards; no statement when they are in memory."""
    return _kept.get()


def clocks_of(ticket_id: int) -> list[Clock]:
    """Return a ticket's clocks, first promise first."""
    query = (
        select(Clock)
        .where(Clock.authority_id == tenant_id(), Clock.ticket_id == ticket_id)
        .order_by(Clock.round, Clock.kind)
    )
    return list(db.session.scalars(query))


def clocks_of_many(ticket_ids: Collection[int]) -> dict[int, list[Clock]]:
    """Return {ticket id: its clocks, first promise first}, in one statement."""
    query = (
        select(Clock)
        .where(Clock.authority_id == tenant_id(), Clock.ticket_id.in_(ticket_ids))
        .order_by(Clock.ticket_id, Clock.round, Clock.kind)
    )
    found: dict[int, list[Clock]] = {}
    for clock in db.session.scalars(query):
        found.setdefault(clock.ticket_id, []).append(clock)
    return found


def pauses_of(ticket_id: int) -> list[Pause]:
    """Return a ticket's pauses, oldest first."""
    query = (
        select(Pause)
        .where(Pause.authority_id == tenant_id(), Pause.ticket_id == ticket_id)
        .order_by(Pause.started_at)
    )
    return list(db.session.scalars(query))


def overdue(now: datetime, limit: int) -> list[int]:
    """Return tickets with a running promise that has passed and is not yet on record, longest ago first, by the partial index.

    They are not locked: whoever changes a clock locks its ticket first, and looks again. limit: of clocks.
    """
    query = (
        select(Clock.ticket_id)
        .where(
            Clock.authority_id == tenant_id(),
            Clock.stopped_at.is_(None),
            Clock.paused_at.is_(None),
            Clock.breached_at.is_(None),
            Clock.due_at < now,
        )
        .order_by(Clock.due_at)
        .limit(limit)
    )
    return list(dict.fromkeys(db.session.scalars(query)))
