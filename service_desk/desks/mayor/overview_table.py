"""The centres side by side: a row for each measure, a column for each centre, every number with its tickets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import Asked, link
from service_desk.desks.measured import spoken_value
from service_desk.reports.measures import MEASURES
from service_desk.reports.sums import CITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_babel.speaklater import LazyString

    from service_desk.city.models import Centre
    from service_desk.desks.mayor.overview_figures import Overview


@dataclass(frozen=True, slots=True)
class Cell:
    """One number. few: how many cases it is of, when they are too few to compare; 0 otherwise. href: '' for no tickets."""

    said: str
    href: str
    few: int


@dataclass(frozen=True, slots=True)
class Line:
    """A measure over the whole city and each centre, in their order."""

    code: str
    name: LazyString
    definition: LazyString
    cells: list[Cell]


def table(found: Overview, centres: Sequence[Centre], asked: Asked) -> list[tuple[LazyString, list[Line]]]:
    """Return (group's name, its lines); the city comes first in each line."""
    return [(name, [_line(code, found, centres, asked) for code in codes]) for name, codes in words.GROUPS]


def _line(code: str, found: Overview, centres: Sequence[Centre], asked: Asked) -> Line:
    values = found.values(code)
    address = link(MEASURES[code].behind, asked)
    cells = []
    for key, suffix in ((CITY, ""), *((each.id, f"&centre={each.number}") for each in centres)):
        value = values[key]
        is_few = value.is_few and not value.is_hidden and value.number is not None
        cells.append(
            Cell(
                spoken_value(code, value),
                "" if value.is_hidden or not value.cases else address + suffix,
                value.cases if is_few else 0,
            )
        )
    return Line(code, words.NAME[code], words.DEFINITION[code], cells)
