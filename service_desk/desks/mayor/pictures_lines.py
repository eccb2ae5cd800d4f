"""Line charts as drawings in a square of 100 units that the page stretches: time runs left to right in every language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

#: drawing units of either side
SIDE = 100.0
#: lines of the grid at most, the lower and upper edge counted
MOST_TICKS = 6
#: labels under the chart at most, so that they fit a phone
MOST_LABELS = 6
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_DAY_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Axis:
    """An upright axis. ticks: values of the grid's lines, the highest first; evenly spaced."""

    low: float
    high: float
    ticks: tuple[float, ...]

    def y(self, value: float) -> float:
        """Return how far down a value lies, in drawing units."""
        return round(SIDE * (self.high - value) / (self.high - self.low), 2)


#: an axis spans no less: what differs less is the same to a reader
_LEAST = 0.01


def axis(values: Sequence[float | None], unit: str) -> Axis:
    """Return an axis with round numbers for these values. unit: percent (never above 100), hours, or a number of things.

    Numbers and hours begin at nought; percents begin where they are, for a change of three points is worth seeing.
    """
    found = [each for each in values if each is not None]
    high = max(found, default=1.0) or 1.0
    low = min(found, default=0.0) if unit == "percent" else 0.0
    scale = _DAY_HOURS if unit == "hours" and high > 2 * _DAY_HOURS else 1.0
    step = _round_step(max((high - low) / scale, _LEAST)) * scale
    if unit == "number":
        step = max(step, 1.0) if step <= 1 else math.ceil(step)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    if unit == "percent":
        top, bottom = min(top, 100.0), max(bottom, 0.0)
    if top <= bottom:
        bottom, top = (bottom - step, top) if unit == "percent" and top >= step else (bottom, bottom + step)
    count = round((top - bottom) / step)
    if count >= 1 and not math.isclose(bottom + count * step, top):
        bottom = top - math.ceil((top - bottom) / step) * step
        count = round((top - bottom) / step)
    return Axis(bottom, top, tuple(round(top - step * n, 6) for n in range(count + 1)))


def _round_step(span: float) -> float:
    """Return the smallest round step that cuts the span into fewer parts than MOST_TICKS."""
    if span <= 0:
        return 1.0
    rough = span / (MOST_TICKS - 2)
    size = 10.0 ** math.floor(math.log10(rough))
    return next(each * size for each in _STEPS if each * size >= rough * 0.999999)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the d of a path, and where its last point lies (None: it has no point)."""

    path: str
    last: tuple[float, float] | None


def line(values: Sequence[float | None], along: Axis) -> Line:
    """Return the line of values at even steps; nothing is drawn over a gap, a lonely value is a dot."""
    parts: list[str] = []
    last: tuple[float, float] | None = None
    is_pen_down = False
    for place, value in enumerate(values):
        if value is None:
            is_pen_down = False
            continue
        last = (round(SIDE * (place + 0.5) / len(values), 2), along.y(value))
        lonely = not is_pen_down and (place + 1 == len(values) or values[place + 1] is None)
        parts.append(f"{'L' if is_pen_down else 'M'}{last[0]} {last[1]}{'h0' if lonely else ''}")
        is_pen_down = True
    return Line("".join(parts), last)


def labelled(count: int) -> list[bool]:
    """Return which of so many points have a label under them: evenly, the last one always."""
    every = max(1, -(-count // MOST_LABELS))
    return [(count - 1 - place) % every == 0 for place in range(count)]
