"""Facts on many tickets at once, past the ORM: the timetable notes ten thousand in the time a clerk takes for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import ARRAY, BigInteger, any_, literal, select, text

from service_desk.extensions import db
from service_desk.tickets import rules
from service_desk.tickets.models import Ticket, TicketEvent, Uncounted
from service_desk.work import put_many, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import CollectionAggregate, Table

    from service_desk.people.rules import Actor

_EVENTS, _UNCOUNTED = (cast("Table", each.__table__) for each in (TicketEvent, Uncounted))
_NOTED = text(
    "UPDATE tickets SET version = fresh.version, last_hash = fresh.hash "
    "FROM unnest(CAST(:ids AS bigint[]), CAST(:versions AS integer[]), CAST(:hashes AS bytea[])) "
    "AS fresh (id, version, hash) WHERE authority_id = :here AND tickets.id = fresh.id"
)


@dataclass(slots=True)
class Head:
    """What the next event of a locked ticket stands on, and whom it concerns. version and last_hash grow with each fact."""

    id: int
    status: str
    holder_kind: str
    centre_id: int
    unit_id: int | None
    is_hazard: bool
    version: int
    last_hash: bytes

    @property
    def holder_id(self) -> int | None:
        """Return the id of the centre or unit that has the ball, None for the resident and nobody."""
        if self.holder_kind == "centre":
            return self.centre_id
        return self.unit_id if self.holder_kind in {"unit", "contractor", "outside"} else None


_HEAD = tuple(getattr(Ticket, name) for name in Head.__slots__)


def among(ids: Collection[int]) -> CollectionAggregate[Any]:
    """Return what a column is held against to find any of these ids: one parameter, one statement for any number."""
    return any_(literal(sorted(ids), ARRAY(BigInteger)))


def lock_heads(ticket_ids: Collection[int]) -> dict[int, Head]:
    """Return these tickets locked for this transaction, in the order of their ids, by one statement.

    One that somebody else holds just now is left out: the timetable comes again, a clerk must not wait for it.
    """
    query = (
        select(*_HEAD)
        .where(Ticket.authority_id == tenant_id(), Ticket.id == among(ticket_ids))
        .order_by(Ticket.id)
        .with_for_update(skip_locked=True)
    )
    return {row[0]: Head(*row) for row in db.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Concerned:
    """What tells whom a ticket concerns."""

    id: int
    service_code: str
    centre_id: int
    unit_id: int | None
    assignee_id: int | None
    is_hazard: bool


_CONCERNED = tuple(getattr(Ticket, name) for name in Concerned.__slots__)


def concerned(ticket_ids: Collection[int]) -> dict[int, Concerned]:
    """Return what tells whom these tickets concern, by id. One statement."""
    query = select(*_CONCERNED).where(Ticket.authority_id == tenant_id(), Ticket.id == among(ticket_ids))
    return {row[0]: Concerned(*row) for row in db.session.execute(query)}


def note_many(facts: Sequence[tuple[Head, str, Mapping[str, Any]]], actor: Actor, now: datetime) -> None:
    """Record facts (ticket, kind, data) that move nothing, each chained to the one before it; three statements.

    Facts of one ticket keep their order. They are no touch of a person's: the queue goes on showing the last one.
    """
    if not facts:
        return
    put_many(_EVENTS, [_row(head, kind, data, actor, now) for head, kind, data in facts])
    heads = list({head.id: head for head, _kind, _data in facts}.values())
    put_many(_UNCOUNTED, [{"authority_id": tenant_id(), "ticket_id": head.id} for head in heads])
    given = {
        "here": tenant_id(),
        "ids": [head.id for head in heads],
        "versions": [head.version for head in heads],
        "hashes": [head.last_hash for head in heads],
    }
    db.session.execute(_NOTED, given)


def _row(head: Head, kind: str, data: Mapping[str, Any], actor: Actor, now: datetime) -> dict[str, Any]:
    fact = rules.Fact(
        tenant_id(),
        head.id,
        head.version + 1,
        now,
        kind,
        actor.kind,
        actor.id,
        head.status,
        head.holder_kind,
        head.holder_id,
        dict(data),
    )
    head.version, head.last_hash = fact.seq, rules.chain(head.last_hash, fact)
    return {
        "authority_id": fact.authority_id,
        "ticket_id": fact.ticket_id,
        "seq": fact.seq,
        "at": fact.at,
        "kind": fact.kind,
        "actor_kind": fact.actor_kind,
        "actor_id": fact.actor_id,
        "status": fact.status,
        "holder_kind": fact.holder_kind,
        "holder_id": fact.holder_id,
        "data": fact.data,
        "hash": head.last_hash,
    }
