"""Areas shaded by a measure: steps of one colour with a denser pattern each, and the value written on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: shades of the picture; nought is «not compared»
SHADES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One shade: from (inclusive) and to (exclusive, but for the last) in the measure's unit."""

    shade: int
    low: float
    high: float


def steps(values: Mapping[int, float | None]) -> list[Step]:
    """Return the shades' ranges, equal parts from the lowest to the highest value; one when all are alike."""
    found = [each for each in values.values() if each is not None]
    if not found:
        return []
    low, high = min(found), max(found)
    if low == high:
        return [Step(SHADES // 2 + 1, low, high)]
    width = (high - low) / SHADES
    return [Step(n + 1, low + n * width, low + (n + 1) * width) for n in range(SHADES)]


def shade(value: float | None, legend: list[Step]) -> int:
    """Return the shade of a value, nought for none."""
    if value is None or not legend:
        return 0
    return next((each.shade for each in legend if value < each.high), legend[-1].shade)
