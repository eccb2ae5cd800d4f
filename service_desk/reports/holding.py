"""Which alert rules hold now: thresholds by the measures of all pages, changes against chance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk.reports import sums as counted
from service_desk.reports.alerts import Raised
from service_desk.reports.changes import WEEKS, Part, Series, changes
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import Days, usual_days
from service_desk.reports.sums import CITY, Now, Sums
from service_desk.reports.values import Value, value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from service_desk.reports.models import AlertRule


def over_threshold(rule: AlertRule, today: date, centre_ids: Collection[int]) -> list[Raised]:
    """Return where the rule's figure is beyond its limit. centre_ids: of all centres. One to eight statements.

    Too few cases for a comparison raise nothing; nor does a part of which nothing is counted.
    """
    found = []
    for (centre_id, service), each in sorted(_values(rule, today, centre_ids).items()):
        if each.number is None or each.is_few or each.is_hidden:
            continue
        if each.number > rule.limit_value if rule.is_above else each.number < rule.limit_value:
            said = {"number": round(each.number, 2), "cases": each.cases, "limit": rule.limit_value}
            found.append(Raised(rule.id, centre_id, service, said))
    return found


def _values(rule: AlertRule, today: date, centre_ids: Collection[int]) -> dict[Part, Value]:
    measure, days = MEASURES[rule.measure], usual_days(today, rule.days)
    if measure.is_now:
        standing = _standing(rule, centre_ids)
        return {part: value(rule.measure, now=each) for part, each in standing.items()}
    if measure.unit == "hours":
        spreads = counted.spreads(days, measure.spread)
        return {
            (centre_id, ""): value(rule.measure, spreads={measure.spread: steps})
            for centre_id, steps in spreads.items()
            if _is_wanted(rule, centre_id)
        }
    return {part: value(rule.measure, each) for part, each in _sums(rule, days).items()}


def _is_wanted(rule: AlertRule, centre_id: int) -> bool:
    return centre_id != CITY if rule.centre_id is None else centre_id == rule.centre_id


def _standing(rule: AlertRule, centre_ids: Collection[int]) -> Mapping[Part, Now]:
    if rule.service_code is not None:
        by_centre = counted.standing(service_code=rule.service_code)
        return {
            (centre_id, rule.service_code): each
            for centre_id, each in by_centre.items()
            if _is_wanted(rule, centre_id)
        }
    wanted = centre_ids if rule.centre_id is None else (rule.centre_id,)
    return {
        (centre_id, service): each
        for centre_id in wanted
        for service, each in counted.standing_by_service(centre_id or None).items()
    }


def _sums(rule: AlertRule, days: Days) -> Mapping[Part, Sums]:
    given = {"centre_id": rule.centre_id or None, "service_code": rule.service_code or None}
    if rule.service_code is None:
        rows = counted.sums(days, by="service" if rule.centre_id == CITY else "centre_service", **given)  # type: ignore[arg-type]
        return {(CITY, key) if rule.centre_id == CITY else key: each for key, each in rows.items()}
    rows = counted.sums(days, by="city" if rule.centre_id == CITY else "centre", **given)  # type: ignore[arg-type]
    return {(key, rule.service_code): each for key, each in rows.items()}


def changed(rule: AlertRule, weeks: Weeks) -> list[Raised]:
    """Return where the rule's number rose (or fell) in the last seven days beyond chance. Loads SciPy: not for a page."""
    series, city = weeks.of(rule)
    limit = 1 - rule.limit_value / 100
    return [
        Raised(
            rule.id,
            each.part[0],
            each.part[1],
            {"number": each.last, "usual": round(each.usual, 1), "false_share": round(each.false_share, 5)},
        )
        for each in changes(series, is_above=rule.is_above, limit=limit, city=city)
    ]


class Weeks:
    """The counts of nine weeks by centre and type, read once for all rules of a morning. One statement."""

    def __init__(self, today: date) -> None:
        """today: the city's date; the seven days ended yesterday."""
        last = usual_days(today, 7)
        spans = [
            Days(last.first - timedelta(weeks=n), last.last - timedelta(weeks=n))
            for n in range(WEEKS, -1, -1)
        ]
        self._weeks = counted.sums_of(spans, by="centre_service")

    def of(self, rule: AlertRule) -> tuple[dict[Part, Series], Series | None]:
        """Return the series of the parts that the rule looks at, and of the whole city unless they are the city itself."""
        rows: dict[Part, list[int]] = {}
        city = [0] * (WEEKS + 1)
        for n, week in enumerate(self._weeks):
            for (centre_id, service), each in week.items():
                number = int(getattr(each, MEASURES[rule.measure].part))
                city[n] += number
                part = _part(rule, centre_id, service)
                if part is not None:
                    rows.setdefault(part, [0] * (WEEKS + 1))[n] += number
        series = {part: _series(numbers) for part, numbers in rows.items()}
        is_city = rule.centre_id == CITY and rule.service_code == ""
        return series, None if is_city else _series(city)


def _part(rule: AlertRule, centre_id: int, service: str) -> Part | None:
    """Return the part into which this centre and type are counted, None when the rule does not look at them."""
    if rule.centre_id not in (None, CITY, centre_id) or rule.service_code not in (None, "", service):
        return None
    return (CITY if rule.centre_id == CITY else centre_id, "" if rule.service_code == "" else service)


def _series(numbers: list[int]) -> Series:
    return Series(tuple(numbers[:-1]), numbers[-1])
