"""What a ticket takes along from the one it was split from: who follows it, and words that belong to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.extensions import db
from service_desk.tickets import actions
from service_desk.tickets.models import Follower, Remark
from service_desk.tickets.rules import text_digest
from service_desk.work import gather, new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from service_desk.tickets.models import Ticket


def follow_too(
    followers: Sequence[Follower], opened_at: datetime, ticket_id: int, now: datetime
) -> dict[int, int]:
    """Let these people follow another ticket too, each by a link of her own. Returns {old follower id: new one}.

    opened_at: of the ticket they follow: who opened it is the new one's reporter, and sees what she sent.
    """
    found = {}
    with gather():
        for each in followers:
            is_reporter = each.role == "reporter" and each.joined_at == opened_at
            role = "reporter" if is_reporter else "follower"
            new = actions.follow(ticket_id, role, each.resident_id, each.locale, each.channel, now)
            found[each.id] = new.id
    return found


def remarks_by_id(ticket_id: int, ids: Collection[int]) -> list[Remark]:
    """Return those of a ticket's words that are named, oldest first."""
    if not ids:
        return []
    query = select(Remark).where(
        Remark.authority_id == tenant_id(), Remark.ticket_id == ticket_id, Remark.id.in_(ids)
    )
    return list(db.session.scalars(query.order_by(Remark.at, Remark.id)))


def digests(remarks: Sequence[Remark]) -> list[str]:
    """Return what an event keeps of words that came along."""
    return [text_digest(each.text) for each in remarks]


def take_words_along(remarks: Sequence[Remark], ticket: Ticket, seq: int, followers: dict[int, int]) -> None:
    """Write words to another ticket too, beside its event ``seq``. followers: the old ids of residents to their new ones."""
    for each in remarks:
        said_by = each.actor_id
        if each.actor_kind == "resident" and said_by is not None:
            said_by = followers.get(said_by, said_by)
        db.session.add(
            Remark(
                authority_id=ticket.authority_id,
                id=new_id(),
                ticket_id=ticket.id,
                seq=seq,
                at=each.at,
                kind=each.kind,
                is_internal=each.is_internal,
                text=each.text,
                actor_kind=each.actor_kind,
                actor_id=said_by,
            )
        )
