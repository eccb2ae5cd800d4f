"""Small drawn scenes for recent tickets: clearly drawings, so that nobody takes them for a real street."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from service_desk.intake.photos import encode, storage
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime

    from service_desk.flow.demo.copying import Sheets
    from service_desk.intake.rules import EncodedPhoto

WIDTH, HEIGHT = 640, 480
VARIANTS = 4
SKIES = ((205, 225, 240), (240, 222, 200), (60, 68, 96), (214, 216, 218))
#: group of the type → what is drawn
SUBJECTS = {
    "SANIT": "bins",
    "ROADS": "hole",
    "LIGHT": "lamp",
    "TRAFFIC": "lamp",
    "PARKS": "tree",
    "WATER": "puddle",
    "VET": "bins",
}


class Pictures:
    """Draws each scene a few times and stores it anew for every ticket that shows it."""

    def __init__(self, chance: random.Random, sheets: Sheets) -> None:
        """sheets: where the photos' rows go."""
        self._chance, self._sheets = chance, sheets
        self._drawn: dict[tuple[str, bool, int], EncodedPhoto] = {}
        self._kept: dict[tuple[str, bool, int], str] = {}
        self.stored = 0

    def attach(self, ticket_id: int, group: str, kind: str, at: datetime, *, is_mended: bool) -> None:
        """Store one picture of the ticket. kind: report or after. Raises OSError when the disk is full."""
        key = (SUBJECTS.get(group, "hole"), is_mended, self._chance.randrange(VARIANTS))
        photo = self._drawn.get(key) or self._drawn.setdefault(key, self._draw(*key))
        stored = storage().put(photo)
        by = "staff" if is_mended else "resident"
        row = (
            tenant_id(),
            new_id(),
            ticket_id,
            kind,
            stored,
            photo.width,
            photo.height,
            len(photo.full),
            hashlib.sha256(photo.full).digest(),
            by,
            at,
        )
        self._sheets.add("photos", row)
        self.stored += 1

    def show_work(self, ticket_id: int, group: str, kind: str, at: datetime) -> int:
        """Keep a row of a contractor's photo, before or after, and return its id. Many rows share one stored picture."""
        key = (SUBJECTS.get(group, "hole"), kind == "after", self._chance.randrange(VARIANTS))
        photo = self._drawn.get(key) or self._drawn.setdefault(key, self._draw(*key))
        stored = self._kept.get(key) or self._kept.setdefault(key, storage().put(photo))
        photo_id = new_id()
        digest = hashlib.sha256(photo.full).digest()
        sizes = (photo.width, photo.height, len(photo.full))
        self._sheets.add(
            "photos", (tenant_id(), photo_id, ticket_id, kind, stored, *sizes, digest, "contractor", at)
        )
        return photo_id

    def _draw(self, subject: str, is_mended: bool, variant: int) -> EncodedPhoto:  # noqa: FBT001 — part of the key
        image = Image.new("RGB", (WIDTH, HEIGHT), SKIES[variant])
        pen = ImageDraw.Draw(image)
        _street(pen, self._chance)
        _DRAW[subject](pen, 200 + 60 * variant, is_mended)
        out = io.BytesIO()
        image.save(out, "PNG")
        return encode(out.getvalue())


def _street(pen: Any, chance: random.Random) -> None:
    edge = 0
    while edge < WIDTH:
        wide, tall = chance.randrange(90, 170), chance.randrange(120, 230)
        tone = chance.randrange(170, 225)
        pen.rectangle((edge, 290 - tall, edge + wide, 290), fill=(tone, tone - 12, tone - 34))
        for x in range(edge + 14, edge + wide - 20, 34):
            for y in range(290 - tall + 16, 270, 44):
                pen.rectangle((x, y, x + 16, y + 22), fill=(112, 132, 150))
        edge += wide + 6
    pen.rectangle((0, 290, WIDTH, 335), fill=(196, 190, 180))
    pen.rectangle((0, 335, WIDTH, HEIGHT), fill=(92, 92, 96))
    for x in range(10, WIDTH, 120):
        pen.rectangle((x, 402, x + 60, 409), fill=(226, 226, 220))


def _bins(pen: Any, x: int, is_mended: bool) -> None:  # noqa: FBT001
    for n in range(2):
        pen.rounded_rectangle((x + n * 62, 232, x + n * 62 + 52, 318), 8, fill=(58, 116, 74))
        pen.rectangle((x + n * 62 - 4, 224, x + n * 62 + 56, 236), fill=(44, 92, 58))
    for n in range(0 if is_mended else 6):
        pen.ellipse(
            (x - 70 + n * 38, 296 + 7 * (n % 2), x - 26 + n * 38, 334), fill=(38 + 20 * (n % 3), 38, 44)
        )


def _hole(pen: Any, x: int, is_mended: bool) -> None:  # noqa: FBT001
    pen.ellipse((x - 60, 362, x + 110, 428), fill=(70, 70, 72) if is_mended else (44, 40, 38))
    if not is_mended:
        pen.ellipse((x - 36, 374, x + 84, 418), fill=(26, 24, 24))


def _lamp(pen: Any, x: int, is_mended: bool) -> None:  # noqa: FBT001
    pen.rectangle((x, 90, x + 10, 318), fill=(70, 74, 80))
    pen.rectangle((x, 84, x + 84, 94), fill=(70, 74, 80))
    if is_mended:
        pen.polygon(((x + 60, 100), (x - 10, 318), (x + 170, 318)), fill=(246, 236, 180))
    pen.ellipse((x + 56, 86, x + 92, 108), fill=(255, 240, 170) if is_mended else (50, 52, 56))


def _tree(pen: Any, x: int, is_mended: bool) -> None:  # noqa: FBT001
    pen.rectangle((x, 190, x + 22, 318), fill=(104, 76, 50))
    pen.ellipse((x - 70, 90, x + 92, 220), fill=(70, 122, 66))
    if not is_mended:
        pen.line((x + 16, 240, x + 190, 326), fill=(104, 76, 50), width=14)
        pen.ellipse((x + 130, 286, x + 260, 352), fill=(84, 134, 74))


def _puddle(pen: Any, x: int, is_mended: bool) -> None:  # noqa: FBT001
    pen.rectangle((x, 326, x + 70, 338), fill=(40, 40, 44))
    if not is_mended:
        pen.ellipse((x - 120, 336, x + 220, 440), fill=(120, 150, 178))
        pen.ellipse((x - 60, 356, x + 150, 412), fill=(146, 174, 198))


_DRAW: dict[str, Callable[[Any, int, bool], None]] = {
    "bins": _bins,
    "hole": _hole,
    "lamp": _lamp,
    "tree": _tree,
    "puddle": _puddle,
}
