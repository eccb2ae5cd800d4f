"""The open file of figures: the city's own measures by month and centre, with what would speak of too few people left out."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service_desk.city.queries import city_map
from service_desk.reports.measures import MEASURES as DEFINED
from service_desk.reports.opendata.fields import FIGURES, MEASURES, names
from service_desk.reports.rules import Days, is_hidden
from service_desk.reports.rules.days import days_of, whole_months
from service_desk.reports.spans import Span
from service_desk.reports.sums import CITY, spreads_of, sums_of, with_city

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from typing import IO

    from service_desk.reports.values import Value


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of one month and centre. centre_id: CITY for all."""

    month: date
    centre_id: int
    code: str
    number: float | None
    cases: int
    is_hidden: bool


def write_figures(days: Days, into: IO[bytes]) -> None:
    """Write the whole months of these days, a row a month, centre and measure. Two statements."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names(FIGURES))
    numbers = {each.id: each.number for each in city_map().centres.values()}
    for each in cells(days):
        if each.number is None and not each.is_hidden and not each.cases:
            continue
        writer.writerow(
            [
                each.month.isoformat(),
                numbers.get(each.centre_id, ""),
                each.code,
                DEFINED[each.code].unit,
                "" if each.is_hidden or each.number is None else round(each.number, 2),
                "" if each.is_hidden else each.cases,
                "true" if each.is_hidden else "false",
            ]
        )
    into.write(out.getvalue().encode())


def cells(days: Days) -> Iterator[Cell]:
    """Yield the measures of each whole month in which anything was counted: of the city, then of each centre."""
    spans = [days_of(first) for first in whole_months(days)[0]]
    if not spans:
        return
    found = zip(spans, sums_of(spans, by="centre"), spreads_of(spans, ["resolve"]), strict=True)
    for span, sums, spreads in found:
        if not sums:
            continue
        held = Span(with_city(sums), spreads)
        for code in MEASURES:
            yield from thinned([_cell(span.first, key, code, held) for key in (CITY, *city_map().centres)])


def _cell(month: date, centre_id: int, code: str, held: Span) -> Cell:
    value: Value = held.value(code, centre_id)
    return Cell(month, centre_id, code, value.number, value.cases, value.is_hidden or is_hidden(value.cases))


def thinned(cells: list[Cell]) -> list[Cell]:
    """Return the cells of one month and measure so that no hidden one follows from the others.

    The city less all other centres would be the one that is hidden: then the smallest of the others is hidden too.
    """
    centres = [each for each in cells if each.centre_id != CITY and each.cases]
    hidden = [each for each in centres if each.is_hidden]
    open_ones = [each for each in centres if not each.is_hidden]
    if len(hidden) != 1 or not open_ones:
        return cells
    smallest = min(open_ones, key=lambda each: (each.cases, each.centre_id))
    return [replace(each, is_hidden=True) if each is smallest else each for each in cells]
