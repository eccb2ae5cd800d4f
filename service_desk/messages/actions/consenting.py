"""What a person allows: every yes and no is a row of its own, never changed; and how she wants to hear."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from sqlalchemy.dialects.postgresql import insert

from service_desk import work
from service_desk.extensions import db
from service_desk.messages.models import Consent, Preference

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.messages.rules.choosing import Wish

SERVICE, NEWS = "service", "news"


def note_consent(
    resident_id: int,
    channel: str,
    purpose: str,
    now: datetime,
    *,
    is_given: bool,
    source: str,
    words: str = "",
) -> None:
    """Write down a yes or no for one channel and purpose. words: what was agreed to; '' for the person's own word.

    purpose: service or news. source: report, page, chat, word, desk or provider.
    """
    row = {
        "authority_id": work.tenant_id(),
        "id": work.new_id(),
        "resident_id": resident_id,
        "channel": channel,
        "purpose": purpose,
        "is_given": is_given,
        "at": now,
        "source": source,
        "wording_hash": hashlib.sha256(words.encode()).digest() if words else None,
    }
    work.put(cast("Table", Consent.__table__), [row])


def keep_preference(resident_id: int, wish: Wish, now: datetime) -> None:
    """Keep how the person wants to hear from now on."""
    values = {
        "channel": wish.channel,
        "locale": wish.locale,
        "email": wish.email,
        "is_any_hour": wish.is_any_hour,
        "updated_at": now,
    }
    one = insert(Preference).values(authority_id=work.tenant_id(), resident_id=resident_id, **values)
    db.session.execute(one.on_conflict_do_update(index_elements=["authority_id", "resident_id"], set_=values))
