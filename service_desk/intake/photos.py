"""Photos: re-encoded, so that only pixels survive; and where the files live."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from service_desk import config
from service_desk.intake.rules import MAX_BYTES, BadPhoto, EncodedPhoto

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_BYTES", "BadPhoto", "FolderStorage", "encode", "storage"]


def encode(raw: bytes) -> EncodedPhoto:
    """Return the photo re-encoded in two sizes. raw: file bytes as uploaded. Raises BadPhoto."""
    from service_desk.intake import pixels  # noqa: PLC0415 — 7 MB of codecs that most workers never need

    return pixels.encode(raw)


class FolderStorage:
    """Photos in a folder. Keys are ours and unguessable; no name of a user's ever reaches the disk."""

    def __init__(self, folder: Path) -> None:
        """folder: made when missing."""
        self.folder = folder

    def put(self, photo: EncodedPhoto) -> str:
        """Store both sizes and return their key. Raises OSError (full disk)."""
        key = secrets.token_hex(16)
        self._write(self._path(key, "full"), photo.full)
        self._write(self._path(key, "small"), photo.small)
        return key

    def get(self, key: str, size: str) -> bytes:
        """Return the JPEG. size: full or small. Raises FileNotFoundError."""
        return self._path(key, "small" if size == "small" else "full").read_bytes()

    def drop(self, key: str) -> None:
        """Remove both sizes: the report they came with was not kept."""
        for size in ("full", "small"):
            self._path(key, size).unlink(missing_ok=True)

    def _path(self, key: str, size: str) -> Path:
        if not (len(key) == 32 and key.isalnum()):
            raise FileNotFoundError(key)
        return self.folder / key[:2] / f"{key}.{size}.jpg"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".part")
        half.write_bytes(content)
        half.replace(path)


def storage() -> FolderStorage:
    """Return the installation's photo storage."""
    return FolderStorage(config.current().photo_dir)
