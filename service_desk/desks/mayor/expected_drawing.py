"""The curve of an expected time as a drawing in a square of 100 units: the share done by each time, with its band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.desks.resident.usual_times import length

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from service_desk.reports.models import Expected

_HOUR, _DAY = 60, 24 * 60
#: steps between the marks of the axis, in minutes
_STEPS = (
    10, 30, _HOUR, 2 * _HOUR, 4 * _HOUR, 12 * _HOUR, _DAY, 2 * _DAY, 5 * _DAY, 10 * _DAY, 20 * _DAY, 30 * _DAY, 60 * _DAY,
    120 * _DAY,
)  # fmt: skip
#: marks of the axis at most, the first one counted
_MOST_MARKS = 6
SIDE = 100.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the curve reaches a share: x and y in drawing units."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A step line and the band around it, as the d of paths. labels: of even steps from nought to the right edge."""

    line: str
    band: str
    labels: tuple[str, ...]
    marks: tuple[Mark, ...]


def curve(row: Expected) -> Curve | None:
    """Return the drawing of a row's curve, None when it has none. Time runs from left to right in every language."""
    if not row.curve:
        return None
    edge, labels = _edge(max(row.most_high or 0, row.most_minutes or row.curve[-1][0], 1))
    points = [tuple(each) for each in row.curve if each[0] <= edge] or [tuple(row.curve[0])]

    def x(minutes: float) -> float:
        return round(min(SIDE * minutes / edge, SIDE), 2)

    marks = [(row.half_minutes, 0.5), (row.most_minutes, 0.1)]
    low, high = ([(point[0], point[n]) for point in points] for n in (2, 3))
    return Curve(
        line=_steps([(point[0], point[1]) for point in points], x),
        band=_steps(low, x) + _back(high, x) + "Z",
        labels=labels,
        marks=tuple(Mark(x(minutes), round(SIDE * left, 2)) for minutes, left in marks if minutes),
    )


def _edge(longest: float) -> tuple[float, tuple[str, ...]]:
    """Return the minutes at the right edge, and the words of the marks up to it."""
    step = next((each for each in _STEPS if each * (_MOST_MARKS - 1) >= longest), _STEPS[-1])
    count = max(2, -(-int(longest) // step))
    return step * count, ("0", *(length(step * n) for n in range(1, count + 1)))


def _steps(values: Sequence[tuple[float, float]], x: Callable[[float], float]) -> str:
    """Return a step line over (minutes, share left): the share done, which only rises."""
    parts = [f"M0 {SIDE:g}"]
    parts += [f"H{x(minutes)}V{round(SIDE * left, 2)}" for minutes, left in values]
    return "".join(parts) + (f"H{SIDE:g}" if x(values[-1][0]) < SIDE else "")


def _back(values: Sequence[tuple[float, float]], x: Callable[[float], float]) -> str:
    """Return the other edge of the band, from right to left, continuing a path."""
    parts = [f"L{SIDE:g} {round(SIDE * values[-1][1], 2)}"]
    for n in range(len(values) - 1, -1, -1):
        before = values[n - 1][1] if n else 1.0
        parts.append(f"H{x(values[n][0])}V{round(SIDE * before, 2)}")
    return "".join(parts) + "H0"
