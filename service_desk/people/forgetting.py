"""A person is taken out of the list of residents: her row stays as a mark without a number, so that figures keep counting."""

from __future__ import annotations

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.work import tenant_id

#: before the row's own id, in place of a number
MARK = "forgotten:"
_BLANK = text("""
UPDATE residents SET phone = :mark || id, name = '', channel = 'none', stopped = '{}', last_inbound_at = NULL
WHERE authority_id = :authority_id AND id = :id
""")


def forget_resident(resident_id: int) -> None:
    """Empty the row of a resident: no number, no name. Run as the schema's owner."""
    db.session.execute(_BLANK, {"mark": MARK, "authority_id": tenant_id(), "id": resident_id})
