"""Photos: decoded, turned upright, re-encoded, so that only pixels survive; and where the files live."""

from __future__ import annotations

import io
import secrets
import warnings
from typing import TYPE_CHECKING

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from service_desk import config
from service_desk.intake.rules import EncodedPhoto

if TYPE_CHECKING:
    from pathlib import Path

pillow_heif.register_heif_opener(thumbnails=False)
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")
MAX_BYTES = 15 * 1024 * 1024
MAX_PIXELS = 50_000_000
FULL_PX, SMALL_PX = 1600, 320
QUALITY = 82


class BadPhoto(Exception):
    """A file cannot be used as a photo. The message is a key: too_large, not_a_photo."""


def encode(raw: bytes) -> EncodedPhoto:
    """Return the photo re-encoded in two sizes. raw: file bytes as uploaded. Raises BadPhoto."""
    if len(raw) > MAX_BYTES:
        raise BadPhoto("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(raw), formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise BadPhoto("too_large")  # noqa: TRY301 — known before the costly decoding
            image.draft("RGB", (FULL_PX, FULL_PX))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except BadPhoto:
        raise
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
        RuntimeError,
    ) as error:
        raise BadPhoto("not_a_photo") from error
    upright.thumbnail((FULL_PX, FULL_PX))
    width, height = upright.size
    full = _jpeg(upright)
    upright.thumbnail((SMALL_PX, SMALL_PX))
    return EncodedPhoto(full, _jpeg(upright), width, height)


def _jpeg(image: Image.Image) -> bytes:
    """Encode pixels alone: a fresh image carries no EXIF, XMP, ICC or thumbnail."""
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


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
