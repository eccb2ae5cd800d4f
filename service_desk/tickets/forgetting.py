"""What a person added to tickets is emptied; their history, which holds codes and hashes of words, is not touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.tickets.actions import search_words
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection

_FOLLOWED = text("""
SELECT f.id, f.ticket_id, NOT EXISTS (
  SELECT FROM followers o WHERE o.authority_id = f.authority_id AND o.ticket_id = f.ticket_id AND o.id <> f.id
    AND o.resident_id IS DISTINCT FROM f.resident_id
) AS is_alone
FROM followers f WHERE f.authority_id = :authority_id AND f.resident_id = :resident_id
""")
_LEAVE = text("""
UPDATE followers SET resident_id = NULL, channel = 'none', left_at = coalesce(left_at, now()),
  token_nonce = uuid_send(gen_random_uuid()), token_hash = sha256(uuid_send(gen_random_uuid()))
WHERE authority_id = :authority_id AND resident_id = :resident_id
""")
_HER_WORDS = text("""
UPDATE remarks SET text = ''
WHERE authority_id = :authority_id AND actor_kind = 'resident' AND actor_id = ANY(:follower_ids)
""")
#: what the centre wrote to the only person of a ticket may call her by name
_WORDS_TO_HER = text("""
UPDATE remarks SET text = ''
WHERE authority_id = :authority_id AND ticket_id = ANY(:ticket_ids) AND kind IN ('question', 'answer', 'remark', 'reply')
""")
_TOLD = text("""
UPDATE tickets SET summary = '', landmark = '' WHERE authority_id = :authority_id AND id = ANY(:ticket_ids)
RETURNING id, reference, address
""")
_SEARCH = text("UPDATE tickets SET search = :search WHERE authority_id = :authority_id AND id = :id")


def leave_all(resident_id: int) -> tuple[list[int], list[int]]:
    """Let a person follow nothing, and empty her words. Returns the ids of her tickets, and of those that were hers alone.

    Her private links open nothing from then on. Run as the schema's owner.
    """
    her = {"authority_id": tenant_id(), "resident_id": resident_id}
    rows = db.session.execute(_FOLLOWED, her).all()
    alone = [row.ticket_id for row in rows if row.is_alone]
    db.session.execute(_HER_WORDS, {**her, "follower_ids": [row.id for row in rows]})
    db.session.execute(_WORDS_TO_HER, {**her, "ticket_ids": alone})
    db.session.execute(_LEAVE, her)
    return sorted({row.ticket_id for row in rows}), sorted(set(alone))


def empty_summaries(ticket_ids: Collection[int]) -> None:
    """Take a reporter's words out of what tickets show and are found by; the place stays: it is the street's, not hers."""
    mine = {"authority_id": tenant_id(), "ticket_ids": list(ticket_ids)}
    for row in db.session.execute(_TOLD, mine).all():
        search = search_words(row.reference, row.address, "", "")
        db.session.execute(_SEARCH, {"authority_id": tenant_id(), "id": row.id, "search": search})
