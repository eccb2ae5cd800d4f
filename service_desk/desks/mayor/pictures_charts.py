"""A line chart as a page shows it: drawn lines, words on the axes, and the table that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.desks.mayor.pictures_lines import axis, labelled, line
from service_desk.desks.measured import IN_UNIT

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Series:
    """One line. css: its look (now, before, centre); values: None where there is nothing to compare."""

    name: str
    css: str
    values: Sequence[float | None]
    #: the page with the tickets behind each value, '' for none
    hrefs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line as drawn: see Series and pictures_lines.Line."""

    name: str
    css: str
    path: str
    last: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart. grid: (y, value, words) from above; labels: words under the points, '' where none is shown."""

    title: str
    unit: str
    grid: list[tuple[float, float, str]]
    labels: list[str]
    lines: list[Drawn]
    #: (point, [(value or None, words, address)] of each line), the newest first
    rows: list[tuple[str, list[tuple[float | None, str, str]]]]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to draw."""
        return all(each.last is None for each in self.lines)


def chart(
    title: str,
    unit: str,
    points: Sequence[str],
    lines: Sequence[Series],
    few: str = "–",
    names: Sequence[str] = (),
) -> Chart:
    """Return the chart of lines over the same points, oldest first; of a line without a value only the first is kept.

    few: what the table says of a gap.
    unit: percent, hours, number or shekels; names: the points in full for the table, else as under the chart.
    """
    lines = [each for place, each in enumerate(lines) if not place or any(n is not None for n in each.values)]
    said = IN_UNIT[unit]
    along = axis([value for each in lines for value in each.values], "number" if unit == "shekels" else unit)
    rows = []
    for place, point in enumerate(names or points):
        cells = [
            (value, few if value is None else said(value), each.hrefs[place] if each.hrefs else "")
            for each in lines
            for value in [each.values[place]]
        ]
        rows.append((point, cells))
    return Chart(
        title,
        unit,
        [(along.y(tick), tick, said(tick) if tick else "0") for tick in along.ticks],
        [point if shown else "" for point, shown in zip(points, labelled(len(points)), strict=True)],
        [
            Drawn(each.name, each.css, drawn.path, drawn.last)
            for each in lines
            for drawn in [line(each.values, along)]
        ],
        rows[::-1],
    )
