"""A contractor's year: on time, what failed, what came back, and the money, month by month beside the year before."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from flask import render_template

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.queries import damages as damages_read
from service_desk.desks import money
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import contractor_or_404, desk
from service_desk.desks.mayor.drawing import common_scale, trend_line
from service_desk.desks.mayor.scorecards_charts import amount, charts
from service_desk.reports.rules import FEWEST, HIDDEN, Days, month_of
from service_desk.reports.rules.days import months_back
from service_desk.reports.scorecards import Score, scores

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

#: months of a year's line
YEAR = 12
#: states in which an amount still waits for somebody
WAITING = ("proposed", "accepted", "contested")


@desk.get("/mayor/contractors/<int:unit_id>", endpoint="scorecard")
def scorecard_page(unit_id: int) -> str:
    """Show one contractor's last YEAR months that are over, and this one so far. Two statements beside the session's."""
    unit = contractor_or_404(unit_id)
    now = clock.now()
    today = clock.local(now).date()
    months = months_back(month_of(today), 2 * YEAR + 1)
    found = {
        month: score for (_unit, month), score in scores(Days(months[0], today), unit_id=unit_id).items()
    }
    totals = money.totals(damages_read.counts_by_month())
    amounts = {month: states for (of, month), states in totals.items() if of == unit_id}
    shown, before = months[YEAR:-1], months[:YEAR]
    return render_template(
        "mayor/scorecard.html",
        unit=unit,
        rows=[_row(month, found, amounts) for month in reversed(months[YEAR:])],
        year=_sum(found, shown),
        year_before=_sum(found, before),
        charged=sum(amount(amounts, month, ("approved",)) for month in shown),
        charged_before=sum(amount(amounts, month, ("approved",)) for month in before),
        charts=charts(found, amounts, shown, before),
        months=(shown[0], shown[-1]),
        this_month=months[-1],
        money=money,
        words=words,
        fewest=FEWEST,
        hidden=HIDDEN,
        at=now,
        title=by_language(unit.name),
    )


def _sum(found: Mapping[date, Score], months: list[date]) -> Score:
    return reduce(add, (found[month] for month in months if month in found), Score())


def _row(month: date, found: Mapping[date, Score], amounts: Mapping[date, Any]) -> dict[str, Any]:
    return {
        "month": month,
        "score": found.get(month, Score()),
        "waiting": amount(amounts, month, WAITING),
        "approved": amount(amounts, month, ("approved",)),
        "waived": amount(amounts, month, ("waived",)),
    }


def compared(
    today: date, totals: Mapping[tuple[int, date], Mapping[str, tuple[int, int]]]
) -> list[dict[str, Any]]:
    """Return each contractor's last YEAR months that are over, side by side. totals: damages, see money.totals. One statement."""
    months = months_back(month_of(today), 2 * YEAR + 1)[YEAR:-1]
    last = months_back(month_of(today), 2 * YEAR + 1)[-1] - timedelta(days=1)
    found = scores(Days(months[0], last))
    units = [each for each in city_map().units.values() if each.kind == "contractor"]
    lines = {each.id: [found.get((each.id, month), Score()).on_time for month in months] for each in units}
    scale = common_scale(list(lines.values()))
    return [
        {
            "unit": each,
            "score": _sum({month: score for (of, month), score in found.items() if of == each.id}, months),
            "approved": sum(totals.get((each.id, month), {}).get("approved", (0, 0))[1] for month in months),
            "line": trend_line(lines[each.id], scale),
        }
        for each in units
    ]
