"""What the provider says of the WhatsApp templates: kept in memory, and written by the sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from service_desk import config
from service_desk.city.kept import Kept
from service_desk.extensions import db
from service_desk.messages.models import Approval
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: the only one of the provider's words that lets a template be sent
APPROVED = "approved"


def _read() -> Mapping[str, str]:
    mine = (Approval.authority_id == tenant_id(), Approval.state == APPROVED)
    rows = db.session.execute(select(Approval.name, Approval.content_sid).where(*mine))
    return {row.name: row.content_sid for row in rows if row.content_sid}


_kept = Kept(_read)


def approved() -> Mapping[str, str]:
    """Return {template name: its sid at the provider} of what may be sent."""
    return _kept.get()


def can_use(name: str) -> bool:
    """Say whether WhatsApp takes the template. An operator's own list of templates, and the sandbox, take all."""
    settings = config.current()
    if settings.is_sandbox or settings.twilio_content_sids is not None:
        return True
    return name in approved()


def can_use_own(name: str) -> bool:
    """Say whether WhatsApp takes the template of the city's own words. The sandbox takes all."""
    return config.current().is_sandbox or name in approved()


def every_approval() -> list[Approval]:
    """Return what is known of each template, by name. One statement."""
    query = select(Approval).where(Approval.authority_id == tenant_id()).order_by(Approval.name)
    return list(db.session.scalars(query))


def keep(name: str, sid: str, state: str, reason: str, now: datetime) -> None:
    """Write down what the provider says of a template."""
    values = {"content_sid": sid, "state": state, "reason": reason, "synced_at": now}
    one = insert(Approval).values(authority_id=tenant_id(), name=name, **values)
    db.session.execute(one.on_conflict_do_update(index_elements=["authority_id", "name"], set_=values))
