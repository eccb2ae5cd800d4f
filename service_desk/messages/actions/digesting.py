"""One message in place of many: what waits for the same moment and is for the same person goes as a list of requests."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, update

from service_desk import config, work
from service_desk.city import kept
from service_desk.city.queries import city_map
from service_desk.extensions import db
from service_desk.messages import rules
from service_desk.messages.actions.telling import insert_rows, words_of
from service_desk.messages.actions.timing import IN_DIGEST, QUIET
from service_desk.messages.models import Message
from service_desk.messages.rules.segments import segments
from service_desk.people.rules import link_token
from service_desk.tickets.models import Follower, Ticket

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

#: so many for one person and moment become one
MANY = 3
#: so long before the moment; the sweep looks several times in it
BEFORE = timedelta(seconds=30)
_SAME = (Message.resident_id, Message.channel, Message.address, Message.locale, Message.next_try_at)


def gather(now: datetime) -> int:
    """Write a digest for each person for whom many messages wait for the same moment. Returns how many digests.

    Words of a person to a person, and what may leave at any hour, stay on their own. Three statements at most.
    """
    groups: dict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(_waiting(now)):
        groups[row.resident_id, row.channel, row.address, row.locale, row.next_try_at].append(row)
    many = [rows for rows in groups.values() if len(rows) >= MANY]
    if not many:
        return 0
    insert_rows([_digest(rows, now) for rows in many])
    spoken_for = (
        update(Message)
        .where(
            Message.authority_id == work.tenant_id(), Message.id.in_(row.id for rows in many for row in rows)
        )
        .values(state="superseded", reason=IN_DIGEST, next_try_at=None, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(spoken_for)
    return len(many)


def _waiting(now: datetime) -> Any:
    """Return the query of what may go into a digest; locked, and what a worker holds is left to it."""
    ticket = and_(Ticket.authority_id == Message.authority_id, Ticket.id == Message.ticket_id)
    follower = and_(Follower.authority_id == Message.authority_id, Follower.id == Message.follower_id)
    return (
        select(
            *_SAME, Message.id, Message.ticket_id, Message.follower_id, Message.event_seq,
            Ticket.reference, Follower.token_nonce,
        )
        .join(Ticket, ticket)
        .join(Follower, follower)
        .where(
            Message.authority_id == work.tenant_id(),
            Message.state == "pending",
            Message.next_try_at <= now + BEFORE,
            or_(Message.next_try_at > now, Message.reason == QUIET),
            Message.resident_id.is_not(None),
            Message.is_urgent.is_(False),
            Message.event.not_in(rules.KEPT),
        )
        .order_by(Message.id)
        .with_for_update(skip_locked=True, of=Message)
    )  # fmt: skip


def _digest(rows: Sequence[Row[Any]], now: datetime) -> dict[str, Any]:
    """Return the row of a digest: it hangs on the newest of its requests, whose private link it carries."""
    newest = rows[-1]
    references = list(dict.fromkeys(row.reference for row in reversed(rows)))
    token = link_token(config.current().secret_key, work.tenant_id(), newest.token_nonce)
    facts = {
        "reference": references[0],
        "references": references,
        "city": city_map().authority.name,
        "link": f"{kept.public_base_url()}/t/{token}",
    }
    body, beside = words_of("digest", newest.channel, newest.locale, facts)
    return {
        "authority_id": work.tenant_id(),
        "id": work.new_id(),
        **{name: getattr(newest, name) for name in ("ticket_id", "event_seq", "resident_id", "follower_id")},
        **{name: getattr(newest, name) for name in ("channel", "address", "locale", "next_try_at")},
        "event": "digest",
        "body": body,
        "template_values": {**beside, "references": references},
        "dedupe_key": rules.dedupe_key(
            "digest", newest.ticket_id, newest.event_seq, newest.follower_id, newest.channel
        ),
        "state": "pending",
        "reason": None,
        "created_at": now,
        "settled_at": None,
        "expires_at": rules.expires_at("digest", newest.next_try_at),
        "segments": segments(body)[1] if newest.channel == "sms" else None,
        "channel_reason": None,
        "is_urgent": False,
    }
