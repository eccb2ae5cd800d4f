"""After a backup was restored: the provider is asked about every message before any of them is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk import work
from service_desk.city.models import Authority
from service_desk.extensions import db
from service_desk.messages import actions as messages
from service_desk.reports import letters
from service_desk.telemetry import log

if TYPE_CHECKING:
    from datetime import datetime


def doubt_restored(now: datetime) -> int:
    """Make every unsent message of every authority one of unknown fate, so that none leaves unasked. Returns how many.

    All rows of a restored database are older than its restoring, so no mark has to be kept: this is run once, before
    the workers start. What the provider has is bound to its row; what it does not show when asked three times is sent
    once and marked as a possible duplicate; a code is not sent again. Letters with booklets, of which no mail server can
    be asked, go and are marked likewise. Safe to repeat.
    """
    with work.transaction():
        authority_ids = list(db.session.scalars(select(Authority.id).order_by(Authority.id)))
    count = 0
    for authority_id in authority_ids:
        with work.tenant(authority_id), work.transaction():
            count += messages.doubt_all(now)
            letters.doubt_all()
    log.warning("messages_doubted", count=count)
    return count
