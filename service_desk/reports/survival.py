"""How long a thing takes when some are not over yet: the share not done by each time, after Kaplan and Meier.

A request that still waits has lasted *at least* so long. Leaving it out would make the city look quick where it is slow:
only the easy ones would be over. It counts until the moment it was last seen, and says nothing about later.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

#: fewer done cases than this make no estimate
FEWEST_DONE = 30
#: how sure an interval is
CONFIDENCE = 0.95
#: points of a curve that is kept for drawing
MOST_POINTS = 60
_DAY, _HOUR = 24 * 60, 60
#: from here on times are said in days
_IN_DAYS_FROM = 2 * _DAY
_NEARLY = 1e-9


@dataclass(frozen=True, slots=True)
class Lasted:
    """So many cases that lasted so long. minutes: of wall time; is_over: done then, otherwise not done until then."""

    minutes: int
    cases: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class Within:
    """A share of the cases is done within these wall minutes; low, high: the interval. None: the cases do not say."""

    minutes: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the cases say: half and nine of ten are done within; points: (minutes, share not done, lowest, highest)."""

    done: int
    waiting: int
    half: Within = Within()
    most: Within = Within()
    points: tuple[tuple[int, float, float, float], ...] = ()


def estimate(lasted: Sequence[Lasted]) -> Estimate | None:
    """Return the estimate, or None when fewer than FEWEST_DONE were done. Loads SciPy: not for a page."""
    done = sum(each.cases for each in lasted if each.is_over)
    waiting = sum(each.cases for each in lasted if not each.is_over)
    if done < FEWEST_DONE:
        return None
    times, shares, lows, highs = _curve(lasted)
    return Estimate(
        done,
        waiting,
        _within(times, shares, lows, highs, 0.5),
        _within(times, shares, lows, highs, 0.1),
        _thinned(times, shares, lows, highs),
    )


def _curve(lasted: Sequence[Lasted]) -> tuple[Any, Any, Any, Any]:
    """Return (minutes rising, share not done after them, lower and upper bound of it) as arrays."""
    import numpy as np  # noqa: PLC0415 — with SciPy some 60 MB, wanted by nightly work only
    from scipy import stats  # type: ignore[import-untyped] # noqa: PLC0415

    counts = [each.cases for each in lasted]
    minutes = np.repeat([each.minutes for each in lasted], counts)
    is_waiting = np.repeat([not each.is_over for each in lasted], counts)
    found = stats.ecdf(stats.CensoredData.right_censored(minutes, is_waiting)).sf
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter(
            "ignore"
        )  # where all or none are done, the interval is a point: filled in below
        bounds = found.confidence_interval(CONFIDENCE, method="log-log")
    shares = found.probabilities
    lows = np.where(np.isnan(bounds.low.probabilities), shares, bounds.low.probabilities)
    highs = bounds.high.probabilities
    # After the last case nothing is known that was not known before it.
    highs = np.where(np.isnan(highs), np.where(shares > 0.5, 1.0, np.inf), highs)
    return found.quantiles, shares, np.minimum.accumulate(lows), np.minimum.accumulate(highs)


def _within(times: Any, shares: Any, lows: Any, highs: Any, left: float) -> Within:
    """Return when no more than this share is left, and when its bounds say so."""
    return Within(*(_first(times, values, left) for values in (shares, lows, highs)))


def _first(times: Any, values: Any, left: float) -> int | None:
    reached = (values <= left + _NEARLY).nonzero()[0]
    return int(times[reached[0]]) if len(reached) else None


def _thinned(times: Any, shares: Any, lows: Any, highs: Any) -> tuple[tuple[int, float, float, float], ...]:
    """Return at most MOST_POINTS points of the curve, at even steps of the share."""
    wanted = [1 - n / (MOST_POINTS - 2) for n in range(MOST_POINTS - 1)]
    reached = [(shares <= share + _NEARLY).nonzero()[0] for share in wanted]
    places = sorted({int(each[0]) for each in reached if len(each)} | {len(times) - 1})
    return tuple(
        (
            int(times[n]),
            round(float(shares[n]), 4),
            round(float(lows[n]), 4),
            round(float(min(highs[n], 1.0)), 4),
        )
        for n in places
    )


def as_said(minutes: int | None) -> int | None:
    """Return the time as it is said to people, and as it is judged: up to full ten minutes, hours, or days from two on.

    Times are known to within one part in a hundred: so little over a full step does not make another one.
    """
    if minutes is None:
        return None
    step = _DAY if minutes > _IN_DAYS_FROM - _HOUR else _HOUR if minutes > _HOUR else 10
    return max(math.ceil(0.99 * minutes / step) * step, 10)


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Return the interval (Wilson's, 95 %) of a share as fractions, None of nothing."""
    if not whole:
        return None
    z = 1.959964  # of the normal distribution, at 97.5 %
    share, weight = part / whole, 1 + z * z / whole
    middle = (share + z * z / (2 * whole)) / weight
    reach = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / weight
    return max(0.0, middle - reach), min(1.0, middle + reach)
