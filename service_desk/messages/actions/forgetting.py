"""Messages to and from a number are emptied: that one was sent, when, how it fared and what it cost stays."""

from __future__ import annotations

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.work import tenant_id

#: nothing leaves any more; of what is in the air nobody asks again
_MESSAGES = text("""
UPDATE messages SET body = '', address = '', template_values = '{}', resident_id = NULL, next_try_at = NULL,
  settled_at = coalesce(settled_at, now()),
  reason = CASE WHEN state IN ('pending', 'sending', 'unknown') THEN 'forgotten' ELSE reason END,
  state = CASE WHEN state = 'pending' THEN 'skipped' WHEN state IN ('sending', 'unknown') THEN 'manual' ELSE state END
WHERE authority_id = :authority_id AND (address = :phone OR address = :email OR resident_id = :resident_id)
""")
_INBOUND = text("""
UPDATE inbound SET body = '', address = '', media = '[]', lon = NULL, lat = NULL, resident_id = NULL, media_next_at = NULL,
  outcome = CASE WHEN outcome IN ('undecided', 'unfinished', 'chatting', 'asked') AND ticket_id IS NULL THEN 'dismissed'
    ELSE outcome END
WHERE authority_id = :authority_id AND (address = :phone OR resident_id = :resident_id)
""")
_REST = (
    text("DELETE FROM conversations WHERE authority_id = :authority_id AND address = :phone"),
    text("DELETE FROM phone_codes WHERE authority_id = :authority_id AND phone = :phone"),
    text("DELETE FROM preferences WHERE authority_id = :authority_id AND resident_id = :resident_id"),
)
_EMAIL = text(
    "SELECT email FROM preferences WHERE authority_id = :authority_id AND resident_id = :resident_id"
)


def forget_messages(phone: str, resident_id: int | None) -> tuple[int, int]:
    """Empty all messages to and from a number, her wishes, her codes and a chat that goes on. Returns how many, out and in.

    phone: E.164; resident_id: None for a number that nobody left. Run as the schema's owner. Her consents stay: they
    name no number, and prove what the city was allowed.
    """
    her = {"authority_id": tenant_id(), "phone": phone, "resident_id": resident_id}
    email = db.session.scalar(_EMAIL, her) or phone
    out = db.session.execute(_MESSAGES, {**her, "email": email})
    heard = db.session.execute(_INBOUND, her)
    for statement in _REST:
        db.session.execute(statement, her)
    return int(out.rowcount), int(heard.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a count
