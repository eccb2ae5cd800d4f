"""Photo files around a transaction: stored before it, dropped when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import telemetry
from service_desk.intake.photos import storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.intake.rules import EncodedPhoto


def keep_photos(photos: Sequence[EncodedPhoto]) -> tuple[list[tuple[str, EncodedPhoto]], int]:
    """Store the files first: a row never points to a missing file. A full disk loses the photo, not the report."""
    stored, lost = [], 0
    for photo in photos:
        try:
            stored.append((storage().put(photo), photo))
        except OSError as error:
            telemetry.log.error("photo_not_stored", error=type(error).__name__)
            lost += 1
    return stored, lost


def drop(stored: Sequence[tuple[str, EncodedPhoto]]) -> None:
    """Remove the files of photos whose report was not kept."""
    for key, _photo in stored:
        storage().drop(key)
