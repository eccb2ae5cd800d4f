"""Sweeps of clocks: found by an index, moved on in bulk, and the rungs they reached put on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select, text, update

from service_desk.extensions import db
from service_desk.slas import queries
from service_desk.slas.models import Clock, Escalation
from service_desk.slas.planning import rungs_of, state_of
from service_desk.slas.rules.ladder import reached
from service_desk.tickets.noting import among
from service_desk.work import many_ids, put_many, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Table

_ESCALATIONS = cast("Table", Escalation.__table__)
_RUNNING = (Clock.stopped_at.is_(None), Clock.paused_at.is_(None))
#: the unique key holds even if two sweeps met
_ONCE = "ON CONFLICT (authority_id, ticket_id, kind, round, percent, role) DO NOTHING"
_PLANNED = text(
    "UPDATE clocks SET next_rung_at = fresh.at "
    "FROM unnest(CAST(:tickets AS bigint[]), CAST(:kinds AS text[]), CAST(:rounds AS smallint[]), "
    "CAST(:ats AS timestamptz[])) AS fresh (ticket_id, kind, round, at) "
    "WHERE authority_id = :here AND clocks.ticket_id = fresh.ticket_id AND clocks.kind = fresh.kind "
    "AND clocks.round = fresh.round"
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that has just been put on record as broken."""

    ticket_id: int
    kind: str
    round: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Climbed:
    """One rung that a clock has reached. at: when that part of the promise was used."""

    ticket_id: int
    kind: str
    round: int
    percent: int
    role: str
    at: datetime


def mark_breached(ticket_ids: Collection[int], now: datetime) -> list[Broken]:
    """Put every running promise of these locked tickets that passed before ``now`` on record, by one statement."""
    marked = (
        update(Clock)
        .where(
            Clock.authority_id == tenant_id(),
            Clock.ticket_id == among(ticket_ids),
            *_RUNNING,
            Clock.breached_at.is_(None),
            Clock.due_at < now,
        )
        .values(breached_at=Clock.due_at)
        .returning(Clock.ticket_id, Clock.kind, Clock.round, Clock.due_at)
        .execution_options(synchronize_session=False)
    )
    found = [Broken(*row) for row in db.session.execute(marked)]
    return sorted(found, key=lambda each: (each.ticket_id, each.due_at, each.kind))


def at_a_rung(now: datetime, limit: int) -> list[int]:
    """Return tickets with a clock whose next rung has been reached, longest ago first, by the partial index. Not locked."""
    query = (
        select(Clock.ticket_id)
        .where(Clock.authority_id == tenant_id(), Clock.next_rung_at < now)
        .order_by(Clock.next_rung_at)
        .limit(limit)
    )
    return list(dict.fromkeys(db.session.scalars(query)))


def climb(hazards: Mapping[int, bool], now: datetime) -> list[Climbed]:
    """Move the clocks of these locked tickets up their ladders. hazards: whether each ticket is one, by id.

    Every rung reached and not yet on record is written once and returned, in order; each clock then waits for its
    next. Three statements and one to write.
    """
    clocks = _waiting(hazards, now)
    known = _on_record(hazards)
    fresh: list[Climbed] = []
    plan: list[tuple[int, str, int, datetime | None]] = []
    for clock in clocks:
        state, calendar = state_of(clock), queries.standards().version(clock.calendar_id, clock.started_at)
        ladder = rungs_of(state, clock.sla_id, is_hazard=hazards[clock.ticket_id])
        rungs, after = reached(state, ladder, calendar, now)
        plan.append((clock.ticket_id, clock.kind, clock.round, after))
        for rung, at in rungs:
            key = (clock.ticket_id, clock.kind, clock.round, rung.percent, str(rung.role))
            if key not in known:
                known.add(key)
                fresh.append(Climbed(*key, at))
    _put(fresh)
    _plan(plan)
    return fresh


def _waiting(ticket_ids: Collection[int], now: datetime) -> list[Clock]:
    query = select(Clock).where(
        Clock.authority_id == tenant_id(),
        Clock.ticket_id == among(ticket_ids),
        Clock.next_rung_at < now,
    )
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return sorted(found, key=lambda each: (each.ticket_id, each.round, each.kind))


def _on_record(ticket_ids: Collection[int]) -> set[tuple[int, str, int, int, str]]:
    """Return the rungs these tickets climbed before: nobody else writes any while the tickets are locked."""
    query = select(
        Escalation.ticket_id, Escalation.kind, Escalation.round, Escalation.percent, Escalation.role
    ).where(Escalation.authority_id == tenant_id(), Escalation.ticket_id == among(ticket_ids))
    return {(row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query)}


def _put(climbed: Sequence[Climbed]) -> None:
    if not climbed:
        return
    rows: list[dict[str, Any]] = [
        {
            "authority_id": tenant_id(),
            "id": id_,
            "ticket_id": each.ticket_id,
            "kind": each.kind,
            "round": each.round,
            "percent": each.percent,
            "role": each.role,
            "at": each.at,
            "told_at": None,
        }
        for id_, each in zip(many_ids(len(climbed)), climbed, strict=True)
    ]
    put_many(_ESCALATIONS, rows, _ONCE)


def _plan(plan: Sequence[tuple[int, str, int, datetime | None]]) -> None:
    if not plan:
        return
    tickets, kinds, rounds, ats = (list(column) for column in zip(*plan, strict=True))
    given = {"here": tenant_id(), "tickets": tickets, "kinds": kinds, "rounds": rounds, "ats": ats}
    db.session.execute(_PLANNED, given)


@dataclass(frozen=True, slots=True)
class Untold:
    """A rung nobody has been told of yet."""

    id: int
    ticket_id: int
    kind: str
    round: int
    percent: int
    role: str


_UNTOLD = tuple(getattr(Escalation, name) for name in Untold.__slots__)


def untold(limit: int) -> list[Untold]:
    """Return rungs reached and not yet told, oldest first, locked; those another teller holds are left out."""
    query = (
        select(*_UNTOLD)
        .where(Escalation.authority_id == tenant_id(), Escalation.told_at.is_(None))
        .order_by(Escalation.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Untold(*row) for row in db.session.execute(query)]


def reached_since(start: datetime) -> list[tuple[Untold, datetime]]:
    """Return rungs reached after ``start`` with when, oldest first: for a past that is written now."""
    query = (
        select(*_UNTOLD, Escalation.at)
        .where(Escalation.authority_id == tenant_id(), Escalation.at > start)
        .order_by(Escalation.at, Escalation.id)
    )
    return [(Untold(*row[:-1]), row[-1]) for row in db.session.execute(query)]


def mark_told(ids: Collection[int], now: datetime) -> None:
    """Note that these rungs are in somebody's digest."""
    where = (Escalation.authority_id == tenant_id(), Escalation.id == among(ids))
    db.session.execute(
        update(Escalation).where(*where).values(told_at=now).execution_options(synchronize_session=False)
    )
