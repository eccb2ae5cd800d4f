"""Pure values of what was said, before anything is decided about it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT_LIMIT = 4000
LINE_LIMIT = 200
PHOTO_LIMIT = 4
#: of one photo as uploaded
MAX_BYTES = 15 * 1024 * 1024
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F])


@dataclass(frozen=True)
class SaidPlace:
    """The place as said. kind: pin, address, place, area (a centre was chosen) or none.

    pin: lon, lat (degrees). address: line as typed, or street_code with house_no. place: place_id. area: centre_id.
    """

    kind: str = "none"
    line: str = ""
    street_code: int | None = None
    house_no: int | None = None
    place_id: int | None = None
    centre_id: int | None = None
    lon: float | None = None
    lat: float | None = None
    landmark: str = ""


class BadPhoto(Exception):
    """A file cannot be used as a photo. The message is a key: too_large, not_a_photo."""


@dataclass(frozen=True)
class EncodedPhoto:
    """A photo already re-encoded by us. full, small: JPEG bytes; sizes in pixels."""

    full: bytes
    small: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Said:
    """One report as it was said, by any door. phone: E.164 or None. contact: sms, whatsapp or none."""

    service_code: str
    text: str
    place: SaidPlace
    locale: str
    channel: str
    submission_key: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    phone: str | None = None
    person_name: str = ""
    contact: str = "none"
    photos: tuple[EncodedPhoto, ...] = ()

    def content_hash(self) -> bytes:
        """Return the digest by which a repeat is told from another report under the same key (photos left out: they may fail)."""
        body = [
            self.service_code,
            self.text,
            asdict(self.place),
            self.channel,
            dict(self.answers),
            self.phone,
            self.contact,
        ]
        return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).digest()


def clean_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return words as they are kept: NFC, no control or direction-forcing characters, trimmed and bounded."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    kept = "".join(
        ch for ch in safe.translate(_BIDI) if ch in "\n\t" or unicodedata.category(ch) not in {"Cc", "Cs"}
    )
    return unicodedata.normalize("NFC", kept).strip()[:limit]
