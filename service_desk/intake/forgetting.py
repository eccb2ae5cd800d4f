"""A person's reports and photos are emptied: that a report was made, when, of which type and where, stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection

_EMPTY = text("""
UPDATE reports SET text = '', answers = '{}', place = jsonb_build_object('kind', place ->> 'kind'), resident_id = NULL
WHERE authority_id = :authority_id AND resident_id = :resident_id RETURNING ticket_id, id
""")
#: a ticket's summary is of its first report
_FIRST = text("""
SELECT DISTINCT ON (ticket_id) ticket_id, id FROM reports
WHERE authority_id = :authority_id AND ticket_id = ANY(:ticket_ids) ORDER BY ticket_id, at, id
""")
_PHOTOS = text("""
DELETE FROM photos WHERE authority_id = :authority_id AND ticket_id = ANY(:ticket_ids)
  AND kind IN ('report', 'remark') AND added_by = 'resident' RETURNING storage_key, ticket_id
""")
_COUNT = text("""
UPDATE tickets t SET photo_count = (
  SELECT count(*) FROM photos p WHERE p.authority_id = t.authority_id AND p.ticket_id = t.id
) WHERE t.authority_id = :authority_id AND t.id = ANY(:ticket_ids)
""")


def empty_reports(resident_id: int) -> list[int]:
    """Empty a person's reports. Returns the tickets whose first report was hers. Run as the schema's owner."""
    her = {"authority_id": tenant_id(), "resident_id": resident_id}
    hers = {row.id: row.ticket_id for row in db.session.execute(_EMPTY, her)}
    among = {"authority_id": tenant_id(), "ticket_ids": list(set(hers.values()))}
    return [row.ticket_id for row in db.session.execute(_FIRST, among) if row.id in hers]


def drop_photos(ticket_ids: Collection[int]) -> list[str]:
    """Drop what a resident photographed of these tickets. Returns the names in the storage. Run as the schema's owner."""
    mine = {"authority_id": tenant_id(), "ticket_ids": list(ticket_ids)}
    keys = [row.storage_key for row in db.session.execute(_PHOTOS, mine)]
    if keys:
        db.session.execute(_COUNT, mine)
    return keys
