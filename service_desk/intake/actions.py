"""Writes of what was said."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from sqlalchemy import insert, or_, select

from service_desk.extensions import db
from service_desk.intake.models import Photo, Report
from service_desk.work import new_id, put_and_get, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.intake.rules import EncodedPhoto, Said

_REPORTS = cast("Table", Report.__table__)


def record(
    said: Said,
    ticket_id: int,
    resident_id: int | None,
    staff_id: int | None,
    api_key_id: int | None,
    now: datetime,
) -> bool:
    """Store the report. Returns False, storing nothing, when its submission key was used before."""
    row = {
        "authority_id": tenant_id(),
        "id": new_id(),
        "ticket_id": ticket_id,
        "at": now,
        "channel": said.channel,
        "service_code": said.service_code,
        "text": said.text,
        "answers": dict(said.answers),
        "place": {key: value for key, value in vars(said.place).items() if value not in (None, "")},
        "lon": said.place.lon,
        "lat": said.place.lat,
        "locale": said.locale,
        "resident_id": resident_id,
        "staff_id": staff_id,
        "api_key_id": api_key_id,
        "submission_key": said.submission_key,
        "content_hash": said.content_hash(),
    }
    done = put_and_get(_REPORTS, [row], "ON CONFLICT (authority_id, submission_key) DO NOTHING RETURNING id")
    return done.first() is not None


def attach(
    ticket_id: int, stored: Sequence[tuple[str, EncodedPhoto]], kind: str, added_by: str, now: datetime
) -> list[int]:
    """Store the rows of photos whose files are already kept; return their ids. stored: (storage key, photo)."""
    rows = [
        {
            "authority_id": tenant_id(),
            "id": new_id(),
            "ticket_id": ticket_id,
            "kind": kind,
            "storage_key": key,
            "width": photo.width,
            "height": photo.height,
            "size_bytes": len(photo.full),
            "sha256": hashlib.sha256(photo.full).digest(),
            "added_by": added_by,
            "created_at": now,
        }
        for key, photo in stored
    ]
    if rows:
        db.session.execute(insert(Photo), rows)
    return [int(str(row["id"])) for row in rows]


def attach_again(from_id: int, photo_ids: Collection[int], to_id: int) -> int:
    """Show some of a ticket's photos on another one too; the files are kept once. Returns how many. Only what residents gave."""
    if not photo_ids:
        return 0
    columns = [column.name for column in Photo.__table__.columns]
    query = select(*Photo.__table__.columns).where(
        Photo.authority_id == tenant_id(),
        Photo.ticket_id == from_id,
        Photo.id.in_(photo_ids),
        # What the city or a contractor took belongs to its own events, which say who may see it.
        or_(Photo.added_by == "resident", Photo.kind == "report"),
    )
    rows = [dict(zip(columns, row, strict=True)) for row in db.session.execute(query.order_by(Photo.id))]
    if rows:
        db.session.execute(insert(Photo), [{**row, "id": new_id(), "ticket_id": to_id} for row in rows])
    return len(rows)
