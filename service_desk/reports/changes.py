"""Changes beyond chance: the last seven days of a centre and type against the eight weeks before them.

Seven whole days hold each weekday once and eight weeks hold each eight times, so weekdays need no correction. What moves
the whole city alike (a holiday, rain) is taken out of the parts of it: a part is compared with its own usual share.

The model. Weeks of a part are counts that vary around its usual number, more widely than chance alone where one event
brings several (measured as in a quasi-Poisson model, over all centres of a type together, for a part alone has too few).
The next week then follows, with the usual number itself being known only from eight weeks, a negative binomial
distribution; its tail is the p-value. Over all parts that are looked at, Benjamini and Hochberg's procedure decides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.reports.chance import believable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: weeks that say what is usual
WEEKS = 8
#: so few in the seven days are never told of
FEWEST = 5
#: added to a sum of weeks, in units of its spread, so that nothing at all is not taken to be impossible
_HALF = 0.5

#: centre id (0 = the whole city), type ('' = all)
Part = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Series:
    """Counts of one part. before: of WEEKS weeks, oldest first; last: of the seven days."""

    before: tuple[int, ...]
    last: int


@dataclass(frozen=True, slots=True)
class Change:
    """A part that changed. usual: to be expected in the seven days; false_share: see chance.believable."""

    part: Part
    last: int
    usual: float
    false_share: float


def changes(
    series: Mapping[Part, Series], *, is_above: bool, limit: float, city: Series | None = None
) -> list[Change]:
    """Return the parts that rose (or fell) beyond chance. limit: share of false ones allowed. Loads SciPy: not for a page.

    city: of all parts together, when the parts are to be compared with it; None when they are the city itself.
    """
    from scipy import stats  # type: ignore[import-untyped] # noqa: PLC0415 — wanted by timed work only

    weeks, factor = _city_weeks(city)
    spread = _spreads(series, weeks)
    tails: list[float] = []
    for (_centre, service), each in (ordered := sorted(series.items())):
        usual = factor * (sum(each.before) + _HALF * spread[service]) / WEEKS
        wide = max(spread[service] * (1 + factor / WEEKS), 1.0 + 1e-9)
        size, share = usual / (wide - 1), 1 / wide
        tail = (
            stats.nbinom.sf(each.last - 1, size, share)
            if is_above
            else stats.nbinom.cdf(each.last, size, share)
        )
        is_told = max(each.last, usual) >= FEWEST
        tails.append(float(tail) if is_told else 1.0)
    shares = believable(tails, len(tails), limit)
    return [
        Change(part, each.last, factor * sum(each.before) / WEEKS, false_share)
        for (part, each), false_share in zip(ordered, shares, strict=True)
        if false_share is not None
    ]


def _city_weeks(city: Series | None) -> tuple[Sequence[float], float]:
    """Return how each week of the city, and its seven days, stand to its usual week."""
    mean = sum(city.before) / WEEKS if city else 0.0
    if city is None or mean < FEWEST:
        return [1.0] * WEEKS, 1.0
    return [each / mean for each in city.before], max(city.last, 1) / mean


def _spreads(series: Mapping[Part, Series], weeks: Sequence[float]) -> dict[str, float]:
    """Return for each type how much more widely its weeks vary than by chance alone: 1 or more."""
    surprise: dict[str, float] = defaultdict(float)
    whole: dict[str, float] = defaultdict(float)
    for (_centre, service), each in series.items():
        mean = sum(each.before) / WEEKS
        for number, week in zip(each.before, weeks, strict=True):
            surprise[service] += (number - mean * week) ** 2
            whole[service] += mean * week
    chance = (WEEKS - 1) / WEEKS
    # A type with few requests says little of its own spread: it is taken to be no narrower than that of all together.
    least = max(1.0, sum(surprise.values()) / (sum(whole.values()) * chance)) if sum(whole.values()) else 1.0
    return {
        service: max(least, surprise[service] / (number * chance)) if number else least
        for service, number in whole.items()
    }
