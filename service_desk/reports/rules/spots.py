"""Hot spots: which counts are looked at, which found squares are one place, and what its street is called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

#: the span looked at; weeks drawn; and the year that says what is usual
SPAN_WEEKS, DRAWN_WEEKS, YEAR_DAYS = 8, 26, 365
#: fewer cases, or on fewer days, are no recurring place whatever chance says
FEWEST_CASES, FEWEST_DAYS = 4, 3
#: squares of 25 m along each side of a square that is looked at (100 m)
SQUARES = 4
_NUMBER = re.compile(r"\s+\d+\s?[^\W\d]{0,2}$")

#: row and column of a square of 100 m
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Count:
    """Requests of one type in one square. year: all of the year; recent: of the span; days: on how many days of it."""

    service_code: str
    cell: Cell
    year: int
    recent: int
    days: int

    @property
    def is_candidate(self) -> bool:
        """Say whether so much came that chance is asked at all."""
        return self.recent >= FEWEST_CASES and self.days >= FEWEST_DAYS


@dataclass(frozen=True, slots=True)
class Found:
    """A square where a type comes beyond chance. expected: cases of the span; false_share: see chance.believable."""

    count: Count
    expected: float
    false_share: float


def joined(found: Iterable[Found]) -> list[list[Found]]:
    """Return the squares grouped into places: of one type, and touching, corners too."""
    left = {(each.count.service_code, each.count.cell): each for each in found}
    places = []
    while left:
        key = min(left)
        place, edge = [], [key]
        while edge:
            service, (row, column) = edge.pop()
            each = left.pop((service, (row, column)), None)
            if each is not None:
                place.append(each)
                edge += [(service, (row + up, column + right)) for up in (-1, 0, 1) for right in (-1, 0, 1)]
        places.append(place)
    return places


def street_of(addresses: Collection[str]) -> str:
    """Return the street that most of these addresses name; nothing when none names one. An address: «street 12, more»."""
    streets = Counter(_NUMBER.sub("", each.partition(",")[0].strip()) for each in addresses)
    del streets[""]
    return min(streets, key=lambda name: (-streets[name], name)) if streets else ""
