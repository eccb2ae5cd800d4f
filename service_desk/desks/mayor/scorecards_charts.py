"""Lines of a contractor's year beside the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_date
from flask_babel import gettext as _

from service_desk.desks import money
from service_desk.desks.mayor.pictures_charts import Chart, Series, chart
from service_desk.reports.rules import HIDDEN
from service_desk.reports.scorecards import Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    #: damages of each month by state: (number, agorot)
    Amounts = Mapping[date, Mapping[str, tuple[int, int]]]
    Read = Callable[[date], float | None]


def amount(amounts: Amounts, month: date, states: Sequence[str]) -> int:
    """Return the agorot of a month's damages in these states."""
    return sum(agorot for state, (_number, agorot) in amounts.get(month, {}).items() if state in states)


def charts(
    found: Mapping[date, Score], amounts: Amounts, shown: Sequence[date], before: Sequence[date]
) -> list[Chart]:
    """Return the lines of these months, each beside those of the year before when there were any orders then."""
    few = _("fewer than %(num)s", num=HIDDEN)
    measures: tuple[tuple[str, str, Read, str], ...] = (
        (_("Orders finished on time"), "percent", lambda month: _score(found, month).on_time, few),
        (
            _("Failed checks for each 100 orders"),
            "number",
            lambda month: _score(found, month).failed_rate,
            few,
        ),
        (_("The same fault came back"), "number", lambda month: _score(found, month).repeats, "0"),
        (_("Approved damages"), "shekels", lambda month: amount(amounts, month, ("approved",)), "0"),
    )
    points = [format_date(month, "LLL") for month in shown]
    names = [money.month_name(month) for month in shown]
    had_before = any(month in found for month in before)
    return [
        chart(
            title,
            unit,
            points,
            [
                Series(_("These twelve months"), "now", [read(month) for month in shown]),
                Series(
                    _("The twelve before"),
                    "before",
                    [read(month) if had_before else None for month in before],
                ),
            ],
            none,
            names,
        )
        for title, unit, read, none in measures
    ]


def _score(found: Mapping[date, Score], month: date) -> Score:
    return found.get(month, Score())
