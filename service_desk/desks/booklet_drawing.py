"""Lines and columns of a booklet as drawings with their own colours, so that page and paper show the same.

Time runs left to right in every language. What is drawn stands in a table under it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service_desk.desks.mayor.pictures_lines import SIDE, Axis, axis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

#: drawing units of a chart, and of the box inside that the lines fill
WIDE, TALL = 180.0, 104.0
LEFT, RIGHT, TOP, BOTTOM = 27.0, 177.0, 12.0, 88.0
#: part of its room that a column fills
_COLUMN = 0.62


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart. grid: (y, words); labels: (x, words) under the points; columns: (x, y, width, height).

    lines: (path, whether it is the place's own); last: the newest value in words.
    """

    title: str
    grid: list[tuple[float, str]]
    labels: list[tuple[float, str]]
    columns: list[tuple[float, float, float, float]] = field(default_factory=list)
    lines: list[tuple[str, bool]] = field(default_factory=list)
    dots: list[tuple[float, float]] = field(default_factory=list)
    last: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to draw."""
        return not self.columns and not self.dots


@dataclass(frozen=True, slots=True)
class _Box:
    """Where values of an axis lie in the box, for so many points."""

    along: Axis
    count: int

    def x(self, place: int) -> float:
        return round(LEFT + (RIGHT - LEFT) * (place + 0.5) / self.count, 1)

    def y(self, value: float) -> float:
        return round(TOP + (BOTTOM - TOP) * self.along.y(value) / SIDE, 1)

    def path(self, values: Sequence[float | None]) -> str:
        """Return the line; nothing is drawn over a gap."""
        parts, is_pen_down = [], False
        for place, value in enumerate(values):
            if value is not None:
                parts.append(f"{'L' if is_pen_down else 'M'}{self.x(place)} {self.y(value)}")
            is_pen_down = value is not None
        return "".join(parts)


def lines(
    title: str,
    unit: str,
    points: Sequence[str],
    own: Sequence[float | None],
    other: Sequence[float | None],
    said: Callable[[float], str],
) -> Drawing:
    """Return a line of the place's own values, and behind it another one (the city's; empty: none). unit: see pictures_lines.axis."""
    box = _Box(axis([*own, *other], unit), len(points))
    dots = [(box.x(place), box.y(each)) for place, each in enumerate(own) if each is not None]
    newest = own[-1] if own else None
    drawn = [(box.path(values), is_own) for values, is_own in ((other, False), (own, True)) if values]
    return Drawing(
        title,
        _grid(box, said),
        _labels(box, points),
        lines=[each for each in drawn if each[0]],
        dots=dots,
        last="" if newest is None else said(newest),
    )


def columns(
    title: str, points: Sequence[str], values: Sequence[float | None], said: Callable[[float], str]
) -> Drawing:
    """Return a column for each value."""
    box = _Box(axis(values, "number"), len(points))
    wide = round((RIGHT - LEFT) / len(points) * _COLUMN, 1)
    drawn = [
        (round(box.x(place) - wide / 2, 1), box.y(each), wide, round(BOTTOM - box.y(each), 1))
        for place, each in enumerate(values)
        if each is not None
    ]
    newest = values[-1] if values else None
    return Drawing(
        title,
        _grid(box, said),
        _labels(box, points),
        columns=drawn,
        last="" if newest is None else said(newest),
    )


def _grid(box: _Box, said: Callable[[float], str]) -> list[tuple[float, str]]:
    return [(box.y(tick), said(tick)) for tick in box.along.ticks]


def _labels(box: _Box, points: Sequence[str]) -> list[tuple[float, str]]:
    """Return every third label, the newest among them: twelve stand too close."""
    return [(box.x(place), point) for place, point in enumerate(points) if (len(points) - 1 - place) % 3 == 0]
