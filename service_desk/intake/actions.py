"""Writes of what was said."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.intake.models import Photo, Report
from service_desk.work import new_id, put_and_get, tenant_id

if TYPE_CHECKING:
    from collections.abc import Sequence
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
