"""What chance alone would do: how improbable a count is, and which of many improbable ones may be believed.

The model of places. Every place sends requests at a rate of its own, which nobody knows: a station more than a field. The
rates of all places are taken as drawn from one Gamma distribution, fitted to the requests of *all other* types of the year;
what a place sent of them says how busy it is, and a place that sent none is not taken to be dead. If a type comes
everywhere in the same proportion to the other types, the count of that type at a place then follows a negative binomial
distribution. The upper tail of it is the p-value: the share of such places at which chance would bring as many.

Of thousands of places and types some are improbable by chance. Benjamini and Hochberg's procedure keeps the expected
share of false ones among those that are shown below a limit; on a night with nothing but chance it shows anything at all
on at most that share of nights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.reports.rules.spots import SPAN_WEEKS, YEAR_DAYS, Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.reports.rules.spots import Count

#: of what is shown, at most this share is false (expected)
FALSE_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Spread:
    """How the rates of places are spread: a Gamma distribution, by its shape and its rate (1 / requests of a year)."""

    shape: float
    rate: float


def spread_of(counts: Sequence[int]) -> Spread:
    """Return the Gamma distribution of which Poisson counts like these come (method of moments). counts: of every place.

    Counts that vary no more than chance give a very narrow distribution: all places are alike.
    """
    number = len(counts)
    mean = sum(counts) / number if number else 0.0
    if mean <= 0:
        return Spread(1.0, 1.0)
    variance = sum((each - mean) ** 2 for each in counts) / max(number - 1, 1)
    surplus = max(variance - mean, mean * 1e-3)
    return Spread(mean * mean / surplus, mean / surplus)


def expected_at(others: Any, spread: Spread, ratio: float) -> Any:
    """Return how many of a type are to be expected at places. others: counts of other types there (array or number).

    ratio: requests of the type in the span looked at, for each request of other types in the year.
    """
    return ratio * (spread.shape + others) / (spread.rate + 1)


def tail_at(found: Any, others: Any, spread: Spread, ratio: float) -> Any:
    """Return the probability that chance brings so many or more. found, others: arrays, one entry a place. Loads SciPy."""
    from scipy import stats  # type: ignore[import-untyped] # noqa: PLC0415 — wanted by nightly work only

    return stats.nbinom.sf(found - 1, spread.shape + others, (spread.rate + 1) / (spread.rate + 1 + ratio))


def believable(probabilities: Sequence[float], tests: int, limit: float = FALSE_SHARE) -> list[float | None]:
    """Return for each probability the share of false findings at which it is still shown, None for those not shown.

    tests: how many were looked at in all; those not given are taken as quite probable (1). Loads SciPy.
    """
    from scipy import stats  # noqa: PLC0415 — as above

    if not probabilities:
        return []
    rest = max(tests - len(probabilities), 0)
    adjusted = stats.false_discovery_control([*probabilities, *([1.0] * rest)])[: len(probabilities)]
    return [float(each) if each <= limit else None for each in adjusted]


def judged(found: Sequence[Count]) -> list[Found]:
    """Return the squares where a type came beyond chance; see above. Loads SciPy: not for a page.

    What is usual is the rate of the year or of the span, whichever is higher: neither a season nor a storm that brings
    potholes everywhere makes hot spots.
    """
    import numpy as np  # noqa: PLC0415 — wanted by nightly work only

    at = {cell: place for place, cell in enumerate(sorted({each.cell for each in found}))}
    whole = np.zeros(len(at), dtype=int)
    by_type: dict[str, list[Count]] = {}
    for each in found:
        whole[at[each.cell]] += each.year
        by_type.setdefault(each.service_code, []).append(each)
    asked: list[tuple[Count, float, float]] = []
    tests = 0
    for own in by_type.values():
        tests += len(at)
        candidates = [each for each in own if each.is_candidate]
        others = whole.copy()
        for each in own:
            others[at[each.cell]] -= each.year
        if not candidates or not others.sum():
            continue
        usual = max(
            sum(each.recent for each in own), sum(each.year for each in own) * SPAN_WEEKS * 7 / YEAR_DAYS
        )
        spread, ratio = spread_of(others.tolist()), usual / float(others.sum())
        there = others[[at[each.cell] for each in candidates]]
        tails = tail_at(np.array([each.recent for each in candidates]), there, spread, ratio)
        means = expected_at(there, spread, ratio)
        asked += zip(candidates, means.tolist(), tails.tolist(), strict=True)
    shares = believable([tail for _count, _mean, tail in asked], tests)
    return [
        Found(count, mean, share)
        for (count, mean, _tail), share in zip(asked, shares, strict=True)
        if share is not None
    ]
