"""A measure's value from sums and spreads: the one place where numbers are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.city.queries import city_map
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import HIDDEN, percent
from service_desk.reports.sums import CITY, Now, Sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.reports.measures import Measure
    from service_desk.reports.rules import Steps

_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Value:
    """A number as it may be shown. number: in the measure's unit; None: nothing to say, or hidden.

    cases: how many cases it speaks of: of a share or a quantile all of them, not only the part.
    is_few: too few to compare by; is_hidden: from 1 to 4 cases, said as «fewer than 5».
    """

    number: float | None = None
    cases: int = 0
    is_few: bool = False
    is_hidden: bool = False


def value(
    code: str,
    sums: Sums | None = None,
    spreads: Mapping[str, Steps] | None = None,
    *,
    now: Now | None = None,
    residents: int | None = None,
) -> Value:
    """Return the value of a measure. sums: of its days; spreads: {spread: distribution} of the same days.

    now: how things stand, for measures of this moment; residents: of the area, for per_1000 (None: no value).
    A count is never hidden here, since the city's own pages lead from it to its tickets; a public page hides it by
    rules.is_hidden. Raises KeyError for a code that is no measure.
    """
    measure = MEASURES[code]
    if measure.unit == "hours":
        return _of_spread(measure, (spreads or {}).get(measure.spread))
    source = (now or Now()) if measure.is_now else (sums or Sums())
    part = int(getattr(source, measure.part))
    if measure.unit == "percent":
        return _of_share(measure, part, int(getattr(source, measure.whole)))
    if measure.unit == "per_1000":
        return Value(round(1000 * part / residents, 1) if residents else None, part, _is_few(measure, part))
    return Value(part, part)


def _is_few(measure: Measure, cases: int) -> bool:
    return cases < measure.min_sample


def _of_share(measure: Measure, part: int, whole: int) -> Value:
    is_hidden = 0 < whole < HIDDEN
    number = None if is_hidden else percent(part, whole)
    return Value(number, whole, _is_few(measure, whole), is_hidden)


def _of_spread(measure: Measure, steps: Steps | None) -> Value:
    cases = steps.cases if steps else 0
    is_hidden = 0 < cases < HIDDEN
    minutes = steps.quantile(measure.quantile) if steps and not is_hidden else None
    hours = None if minutes is None else minutes / _MINUTES
    return Value(hours, cases, _is_few(measure, cases), is_hidden)


def residents(centre_id: int) -> int | None:
    """Return how many live in a centre's area, in the city for CITY; None when it is not known. No statement."""
    areas = city_map().areas.values()
    if centre_id != CITY:
        return next((area.residents for area in areas if area.centre_id == centre_id), None)
    known = [area.residents for area in areas]
    return sum(each or 0 for each in known) if known and all(known) else None
