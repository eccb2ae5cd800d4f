"""Positions of the small drawings: the trend line of a centre, the range of its times, and the bar of holders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: drawing units of the trend
WIDE, TALL = 150.0, 46.0
_EDGE = 4.0
_LOWEST_SPAN = 10.0


@dataclass(frozen=True)
class Scale:
    """The shares that the lower and upper edge of every trend stand for, so that centres compare by eye."""

    low: float
    high: float

    def y(self, share: float) -> float:
        """Return how far down a share lies."""
        part = (share - self.low) / (self.high - self.low)
        return round(TALL - _EDGE - part * (TALL - 2 * _EDGE), 1)


@dataclass(frozen=True)
class Trend:
    """A polyline's points and where its last point lies."""

    points: str
    last_x: float
    last_y: float


def common_scale(trends: Sequence[Sequence[float | None]]) -> Scale:
    """Return one scale for all trends: from ten below the lowest share to 100."""
    shares = [share for trend in trends for share in trend if share is not None]
    low = max(0.0, min(shares, default=0.0) - _LOWEST_SPAN)
    return Scale(min(low, 90.0), 100.0)


def trend_line(shares: Sequence[float | None], scale: Scale) -> Trend | None:
    """Return the line of weekly shares; weeks without promises are passed over. None when there are under two."""
    step = (WIDE - 2 * _EDGE) / max(len(shares) - 1, 1)
    places = [
        (round(_EDGE + step * week, 1), scale.y(share))
        for week, share in enumerate(shares)
        if share is not None
    ]
    if len(places) < 2:
        return None
    return Trend(" ".join(f"{x},{y}" for x, y in places), *places[-1])


def range_of(half: float, nine_tenths: float, longest: float) -> tuple[int, int]:
    """Return (start of the bar, its length) in whole percent of the width that stands for the longest time."""
    start = round(90 * half / longest) if longest else 0
    end = round(90 * nine_tenths / longest) if longest else 0
    return 4 + start, max(end - start, 0)


def weights(hours: Mapping[str, float]) -> dict[str, int]:
    """Return whole percents that sum to 100 (largest remainders); nothing of nothing."""
    total = sum(hours.values())
    if total <= 0:
        return {}
    exact = {name: 100 * value / total for name, value in hours.items()}
    whole = {name: int(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda name: whole[name] - exact[name])[: 100 - sum(whole.values())]:
        whole[name] += 1
    return whole
