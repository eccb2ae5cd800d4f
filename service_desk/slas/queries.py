"""Reads of standards, calendars and clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.city.kept import Kept
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.slas.calendars import Calendars
from service_desk.slas.models import CalendarDay, CalendarRow, CityLadder, Clock, Pause, Sla
from service_desk.slas.rules.ladder import CITY_LADDER, Ladder, read_ladder
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Standards(Calendars):
    """The standards in force by code, with the calendars, and every version's ladder."""

    slas: Mapping[str, Sla]
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

    def sla(self, service_code: str) -> Sla:
        """Return the standard in force. Raises NotFound."""
        if service_code not in self.slas:
            raise NotFound("no_standard")
        return self.slas[service_code]


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
        select(CalendarDay)
        .where(CalendarDay.authority_id == here)
        .order_by(CalendarDay.day, CalendarDay.created_at, CalendarDay.id)
    ).all()
    db.session.expunge_all()
    return Standards(
        slas={sla.service_code: sla for sla in slas if sla.valid_to is None},
        in_force={row.code: row for row in calendars if row.valid_to is None},
        versions={row.id: row for row in calendars},
        entered=tuple(days),
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
