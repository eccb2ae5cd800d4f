"""Reads of many tickets at once, each in one statement: for acts on a whole choice of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from service_desk.extensions import db
from service_desk.tickets.models import BulkAct, Follower, Ticket, TicketEvent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Row


def lock_many(ids: Iterable[int]) -> dict[int, Ticket]:
    """Return {id: ticket}, locked in the order of their ids as every act does, so that two such acts never cross."""
    db.session.flush()
    query = (
        select(Ticket)
        .where(Ticket.authority_id == tenant_id(), Ticket.id.in_(sorted(set(ids))))
        .order_by(Ticket.id)
        .with_for_update()
    )
    return {row.id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}


def followers_of_many(ids: Collection[int]) -> dict[int, list[Follower]]:
    """Return {ticket id: who hears about it, first first}."""
    query = (
        select(Follower)
        .where(Follower.authority_id == tenant_id(), Follower.ticket_id.in_(ids), Follower.left_at.is_(None))
        .order_by(Follower.joined_at, Follower.id)
    )
    found: dict[int, list[Follower]] = {}
    for each in db.session.scalars(query):
        found.setdefault(each.ticket_id, []).append(each)
    return found


def languages_of(ids: Collection[int]) -> dict[str, int]:
    """Return {language: how many people hear of these tickets by message}."""
    query = (
        select(Follower.locale, func.count())
        .where(
            Follower.authority_id == tenant_id(),
            Follower.ticket_id.in_(ids),
            Follower.left_at.is_(None),
            Follower.resident_id.is_not(None),
            Follower.channel != "none",
        )
        .group_by(Follower.locale)
    )
    return dict(db.session.execute(query).tuples().all())


def kinds_since(versions: Mapping[int, int]) -> dict[int, set[str]]:
    """Return {ticket id: kinds of what happened after that version}. Tickets nothing happened to are left out."""
    if not versions:
        return {}
    after = or_(
        *((TicketEvent.ticket_id == each) & (TicketEvent.seq > seq) for each, seq in versions.items())
    )
    query = select(TicketEvent.ticket_id, TicketEvent.kind).where(
        TicketEvent.authority_id == tenant_id(), after
    )
    found: dict[int, set[str]] = {}
    for ticket_id, kind in db.session.execute(query).tuples():
        found.setdefault(ticket_id, set()).add(kind)
    return found


def last_merges(ids: Collection[int]) -> dict[int, TicketEvent]:
    """Return {ticket id: the fact by which it last became a duplicate}."""
    query = (
        select(TicketEvent)
        .where(
            TicketEvent.authority_id == tenant_id(),
            TicketEvent.ticket_id.in_(ids),
            TicketEvent.kind == "merged",
        )
        .order_by(TicketEvent.ticket_id, TicketEvent.seq)
    )
    return {each.ticket_id: each for each in db.session.scalars(query)}


def bulk_act(bulk_id: int, *, is_locked: bool = False) -> BulkAct | None:
    """Return one act on many tickets, or None."""
    query = select(BulkAct).where(BulkAct.authority_id == tenant_id(), BulkAct.id == bulk_id)
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def bulk_act_by_key(submission_key: str) -> Row[tuple[int, int, str, dict[str, Any]]] | None:
    """Return (id, staff_id, verb, asked) of the act that came with this key, or None."""
    query = select(BulkAct.id, BulkAct.staff_id, BulkAct.verb, BulkAct.asked).where(
        BulkAct.authority_id == tenant_id(), BulkAct.submission_key == submission_key
    )
    return db.session.execute(query).first()


def bulk_acts_of(staff_id: int, since: datetime, limit: int = 50) -> list[Row[tuple[int, str, datetime]]]:
    """Return a person's acts on many tickets, newest first: id, at, verb, asked, done and left (counts), undone_at, undo_until."""
    query = (
        select(
            BulkAct.id,
            BulkAct.at,
            BulkAct.verb,
            BulkAct.asked,
            func.jsonb_array_length(BulkAct.outcome["done"]).label("done"),
            func.jsonb_array_length(BulkAct.outcome["left"]).label("left"),
            BulkAct.undone_at,
            BulkAct.undo_until,
        )
        .where(BulkAct.authority_id == tenant_id(), BulkAct.staff_id == staff_id, BulkAct.at >= since)
        .order_by(BulkAct.at.desc())
        .limit(limit)
    )
    return list(db.session.execute(query))
