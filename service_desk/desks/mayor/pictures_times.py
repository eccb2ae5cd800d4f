"""How long work took, as bars: a row for each span of time, with where half and nine of ten of the cases lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from service_desk.desks.mayor import words

if TYPE_CHECKING:
    from service_desk.reports.rules import Steps

_HOUR_MINUTES = 60
#: a bar is never so short that it is not seen
_LEAST_WIDTH = 1


@dataclass(frozen=True, slots=True)
class Bar:
    """One span. width: percent of the longest bar; share: percent of all; has_half, has_most: the median, the 90th percentile lie here."""

    name: str
    cases: int
    share: float
    width: int
    has_half: bool
    has_most: bool


def bars(steps: Steps) -> list[Bar]:
    """Return the bars of a distribution, shortest times first; nothing of nothing. Empty ones at the long end are left out."""
    total, half, most = steps.cases, steps.quantile(0.5), steps.quantile(0.9)
    if not total or half is None or most is None:
        return []
    spans = steps.histogram()
    while spans and not spans[-1][2]:
        spans.pop()
    longest = max(cases for _low, _high, cases in spans)
    return [
        Bar(
            _name(low, high),
            cases,
            round(100 * cases / total, 1),
            max(round(100 * cases / longest), _LEAST_WIDTH) if cases else 0,
            low <= half and (high is None or half < high),
            low <= most and (high is None or most < high),
        )
        for low, high, cases in spans
    ]


def _name(low: int, high: int | None) -> str:
    if not low and high is not None:
        return _("up to %(time)s", time=words.length(high / _HOUR_MINUTES))
    if high is None:
        return _("over %(time)s", time=words.length(low / _HOUR_MINUTES))
    return f"{words.length(low / _HOUR_MINUTES)} – {words.length(high / _HOUR_MINUTES)}"
