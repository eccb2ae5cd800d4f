"""Telling about many tickets at once: held for a moment, so that a hasty act can be taken back before anybody reads of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, or_, select, update

from service_desk import work
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.telling import Recipient, rows_to_tell
from service_desk.messages.actions.timing import IN_DIGEST
from service_desk.messages.models import Message
from service_desk.work import put_many

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.tickets.models import Ticket

_TOLD_ONCE = "ON CONFLICT (authority_id, dedupe_key) DO NOTHING"
#: states in which a message has not left the house and will not
_KEPT_BACK = frozenset({"pending", "skipped", "superseded", "expired"})


@dataclass(frozen=True)
class Telling:
    """What is told of one ticket: message name, number of its event, to whom, and the wording's values."""

    ticket: Ticket
    event: str
    seq: int
    recipients: Sequence[Recipient]
    values: Mapping[str, Any]


def tell_many(items: Sequence[Telling], now: datetime, held_until: datetime) -> tuple[list[int], list[int]]:
    """Write all messages in two statements; none is sent before held_until.

    Returns (ids of the rows to send, ids of older ones that gave way to them).
    """
    rows = [
        row
        for each in items
        for row in rows_to_tell(each.ticket, each.event, each.seq, each.recipients, each.values, now)
    ]
    if not rows:
        return [], []
    for row in rows:
        if row["state"] == "pending":
            row["next_try_at"] = max(held_until, row["next_try_at"])
    retired = _supersede(rows, now) if items[0].event not in rules.KEPT else []
    put_many(cast("Table", Message.__table__), rows, _TOLD_ONCE)
    return [row["id"] for row in rows if row["state"] == "pending"], retired


def _supersede(rows: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
    """Retire what these people were still to be told of these tickets: their rows are locked, so all of it is older."""
    older = (
        update(Message)
        .where(
            Message.authority_id == work.tenant_id(),
            Message.ticket_id.in_({row["ticket_id"] for row in rows}),
            Message.follower_id.in_({row["follower_id"] for row in rows}),
            Message.state == "pending",
            # What is too late is the sweep's: two that each change many rows must not want the same ones.
            Message.expires_at > now,
            Message.event.not_in(rules.KEPT),
        )
        .values(state="superseded", reason="newer_message", next_try_at=None, settled_at=now)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return list(db.session.scalars(older))


def take_back(
    message_ids: Collection[int], ticket_ids: Collection[int], now: datetime
) -> dict[int, set[int]]:
    """Keep back those of the messages about these tickets that were not taken for sending yet.

    Returns {ticket id: followers} of the others: what has left the house, or may have.
    """
    if not message_ids or not ticket_ids:
        return {}
    mine = (
        Message.authority_id == work.tenant_id(),
        Message.id.in_(message_ids),
        Message.ticket_id.in_(ticket_ids),
    )
    db.session.execute(
        update(Message)
        .where(*mine, Message.state == "pending")
        .values(state="skipped", reason="undone", next_try_at=None, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    is_out = or_(Message.state.not_in(_KEPT_BACK), Message.reason == IN_DIGEST)
    gone = select(Message.ticket_id, Message.follower_id).where(*mine, is_out)
    found: dict[int, set[int]] = {}
    for ticket_id, follower_id in db.session.execute(gone).tuples():
        if ticket_id is not None and follower_id is not None:
            found.setdefault(ticket_id, set()).add(follower_id)
    return found


def bring_again(message_ids: Collection[int], ticket_ids: Collection[int], now: datetime) -> None:
    """Let messages about these tickets go that had given way to one which was taken back, if they are still worth it."""
    if not message_ids or not ticket_ids:
        return
    retired = (
        Message.authority_id == work.tenant_id(),
        Message.id.in_(message_ids),
        Message.ticket_id.in_(ticket_ids),
        Message.state == "superseded",
        Message.expires_at > now,
    )
    db.session.execute(
        update(Message)
        .where(*retired)
        .values(state="pending", reason=None, next_try_at=now, settled_at=None)
        .execution_options(synchronize_session=False)
    )


def fates(message_ids: Collection[int]) -> dict[str, int]:
    """Return {state: how many} of these messages."""
    if not message_ids:
        return {}
    query = (
        select(Message.state, func.count())
        .where(Message.authority_id == work.tenant_id(), Message.id.in_(message_ids))
        .group_by(Message.state)
    )
    return dict(db.session.execute(query).tuples().all())


def of_event(ticket_id: int, seq: int) -> list[int]:
    """Return the ids of what was written to people about one event of a ticket."""
    told = (
        Message.authority_id == work.tenant_id(), Message.ticket_id == ticket_id, Message.event_seq == seq,
    )  # fmt: skip
    return list(db.session.scalars(select(Message.id).where(*told)))
