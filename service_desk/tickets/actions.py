"""Writes of tickets. Every change is an event first; the ticket row follows it in the same flush."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from service_desk import config
from service_desk.errors import InvalidMove
from service_desk.extensions import db
from service_desk.people.rules import digest, link_token
from service_desk.tickets import rules
from service_desk.tickets.models import Follower, Remark, Ticket, TicketEvent, Uncounted
from service_desk.work import new_id, put, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.people.rules import Actor

_TICKETS, _EVENTS, _FOLLOWERS, _UNCOUNTED = (
    cast("Table", each.__table__) for each in (Ticket, TicketEvent, Follower, Uncounted)
)


@dataclass(frozen=True)
class NewFollower:
    """A follower just added. token: of the private link, derivable again from the row and the secret."""

    id: int
    token: str
    resident_id: int | None
    locale: str
    channel: str


def open_ticket(values: Mapping[str, Any], actor: Actor, data: Mapping[str, Any], now: datetime) -> None:
    """Insert a ticket with its first event. values: columns but those of state and history; data: codes and values."""
    fact = rules.Fact(
        tenant_id(),
        values["id"],
        1,
        now,
        "received",
        actor.kind,
        actor.id,
        "received",
        "centre",
        values["centre_id"],
        dict(data),
    )
    hash_ = rules.chain(b"", fact)
    state = {
        "authority_id": tenant_id(),
        "status": "received",
        "is_open": True,
        "holder_kind": "centre",
        "holder_since": now,
        "opened_at": now,
        "last_touch_at": now,
        "last_touch": "received",
        "version": 1,
        "last_hash": hash_,
    }
    put(_TICKETS, [{**values, **state}])
    put(_EVENTS, [{**_event_values(fact), "hash": hash_}])
    put(_UNCOUNTED, [{"authority_id": tenant_id(), "ticket_id": values["id"]}])


def _event_values(fact: rules.Fact) -> dict[str, Any]:
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
        "data": dict(fact.data),
    }


def follow(
    ticket_id: int, role: str, resident_id: int | None, locale: str, channel: str, now: datetime
) -> NewFollower:
    """Add a person who hears about the ticket, with a private link of her own."""
    nonce = secrets.token_bytes(16)
    token = link_token(config.current().secret_key, tenant_id(), nonce)
    follower_id = new_id()
    row = {
        "authority_id": tenant_id(),
        "id": follower_id,
        "ticket_id": ticket_id,
        "resident_id": resident_id,
        "role": role,
        "locale": locale,
        "channel": channel,
        "token_hash": digest(token),
        "token_nonce": nonce,
        "joined_at": now,
    }
    put(_FOLLOWERS, [row])
    return NewFollower(follower_id, token, resident_id, locale, channel)


def token_of(follower: Follower) -> str:
    """Return a follower's private token again, for the next message."""
    return link_token(config.current().secret_key, follower.authority_id, follower.token_nonce)


def note(
    ticket: Ticket, kind: str, actor: Actor, now: datetime, data: Mapping[str, Any] | None = None
) -> TicketEvent:
    """Record a fact that moves nothing. Returns the event. The ticket row must be locked."""
    return _append(ticket, kind, actor, now, data or {})


def move(
    ticket: Ticket, status: str, kind: str, actor: Actor, now: datetime, data: Mapping[str, Any] | None = None
) -> TicketEvent:
    """Move a locked ticket to a status and record it. Raises InvalidMove, naming both states."""
    if not rules.may_move(ticket.status, status):
        raise InvalidMove(before=ticket.status, after=status)
    ticket.status = status
    ticket.is_open = rules.is_open(status)
    if status == "resolved":
        ticket.resolved_at = now
    if status in rules.ENDED:
        ticket.closed_at = now
    if status == "reopened":
        ticket.reopened_count += 1
        ticket.resolved_at = ticket.closed_at = ticket.outcome = None
    pass_ball(ticket, now)
    return _append(ticket, kind, actor, now, data or {})


def pass_ball(ticket: Ticket, now: datetime) -> None:
    """Set who holds the ball from the ticket's status and handler."""
    holder = rules.holder_of(ticket.status, ticket.handler_kind)
    if holder != ticket.holder_kind:
        ticket.holder_kind, ticket.holder_since = holder, now


def _append(ticket: Ticket, kind: str, actor: Actor, now: datetime, data: Mapping[str, Any]) -> TicketEvent:
    holder_id = {
        "centre": ticket.centre_id,
        "unit": ticket.unit_id,
        "contractor": ticket.unit_id,
        "outside": ticket.unit_id,
    }.get(ticket.holder_kind)
    fact = rules.Fact(
        ticket.authority_id,
        ticket.id,
        ticket.version + 1,
        now,
        kind,
        actor.kind,
        actor.id,
        ticket.status,
        ticket.holder_kind,
        holder_id,
        dict(data),
    )
    event = TicketEvent(**_event_values(fact), hash=rules.chain(ticket.last_hash, fact))
    ticket.version, ticket.last_hash = fact.seq, event.hash
    ticket.last_touch_at, ticket.last_touch = now, kind
    db.session.add(event)
    db.session.add(Uncounted(authority_id=ticket.authority_id, ticket_id=ticket.id))
    return event


def add_words(
    ticket: Ticket, event_seq: int, kind: str, text: str, actor: Actor, now: datetime, *, is_internal: bool
) -> None:
    """Keep words beside the event that carries their digest."""
    db.session.add(
        Remark(
            authority_id=ticket.authority_id,
            id=new_id(),
            ticket_id=ticket.id,
            seq=event_seq,
            at=now,
            kind=kind,
            is_internal=is_internal,
            text=text,
            actor_kind=actor.kind,
            actor_id=actor.id,
        )
    )


def search_words(reference: str, address: str, landmark: str, summary: str) -> str:
    """Return what the queue's text filter looks in."""
    return f"{reference} {rules.shown(reference)} {address} {landmark} {summary}".lower()[:1000]
