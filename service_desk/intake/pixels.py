"""Pixels: decoded, turned upright, re-encoded. Apart from `photos`, so that only who meets a photo loads the codecs."""

from __future__ import annotations

import io
import warnings

import pillow_heif
from PIL import Image, ImageOps, UnidentifiedImageError

from service_desk.intake.rules import MAX_BYTES, BadPhoto, EncodedPhoto

pillow_heif.register_heif_opener(thumbnails=False)
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "GIF")
MAX_PIXELS = 50_000_000
FULL_PX, SMALL_PX = 1600, 320
QUALITY = 82


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
