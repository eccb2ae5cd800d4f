"""Photos that come with a form at the desk, and the ones that its pages show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.errors import NotFound
from service_desk.intake import photos as pictures
from service_desk.intake.queries import photo_of
from service_desk.intake.rules import PHOTO_LIMIT, EncodedPhoto
from service_desk.telemetry import log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import FileStorage


def read_photos(files: Iterable[FileStorage]) -> tuple[list[EncodedPhoto], str | None]:
    """Return the photos that can be read, and why the first of the others cannot (None: all can)."""
    read: list[EncodedPhoto] = []
    problem = None
    for file in list(files)[:PHOTO_LIMIT]:
        raw = file.read()
        if not raw:
            continue  # an empty file field
        try:
            read.append(pictures.encode(raw))
        except pictures.BadPhoto as error:
            problem = problem or str(error)
    return read, problem


def photo_bytes(ticket_id: int, photo_id: int, size: str) -> bytes:
    """Return a photo of this ticket as JPEG. size: small or full. Raises NotFound, also when its file is lost."""
    row = photo_of(ticket_id, photo_id)
    try:
        return pictures.storage().get(row.storage_key, size)
    except OSError as error:
        log.error("photo_file_lost", photo_id=photo_id)
        raise NotFound from error
