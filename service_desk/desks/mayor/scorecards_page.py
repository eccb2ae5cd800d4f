"""A contractor's year: on time, what failed, what came back, and the money, month by month; and the orders behind."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.contractors.queries import damages as damages_read
from service_desk.desks import money
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.damages_page import contractor_or_404
from service_desk.desks.mayor.door import desk
from service_desk.desks.mayor.pictures_charts import Chart, Series, chart
from service_desk.errors import NotFound
from service_desk.reports.rules import FEWEST, HIDDEN, Days, month_of
from service_desk.reports.scorecards import BEHIND, OrderBehind, Score, orders_behind, scores

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

#: months of a year's line
YEAR = 12
#: rows of one list of orders; the page says when it stops there
MOST_ROWS = 500
#: what a list of orders is of
WHICH = {
    "issued": _l("Orders issued"),
    "refused": _l("Orders refused"),
    "repeats": _l("The same fault came back"),
    "failed": _l("Orders with failed checks"),
    "due": _l("Orders that fell due"),
    "met": _l("Orders finished on time"),
    "missed": _l("Orders not finished on time"),
    "done": _l("Work reported done"),
}
#: states in which an amount still waits for somebody
WAITING = ("proposed", "accepted", "contested")


@desk.get("/mayor/contractors/<int:unit_id>", endpoint="scorecard")
def scorecard_page(unit_id: int) -> str:
    """Show one contractor's last YEAR months that are over, and this one so far. Two statements beside the session's."""
    unit = contractor_or_404(unit_id)
    now = clock.now()
    today = clock.local(now).date()
    months = _months(today)
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
        charged=sum(_amount(amounts, month, ("approved",)) for month in shown),
        charged_before=sum(_amount(amounts, month, ("approved",)) for month in before),
        charts=_charts(found, amounts, shown, before),
        months=(shown[0], shown[-1]),
        this_month=months[-1],
        money=money,
        words=words,
        fewest=FEWEST,
        hidden=HIDDEN,
        at=now,
        title=by_language(unit.name),
    )


@desk.get("/mayor/contractors/<int:unit_id>/orders", endpoint="orders")
def orders_page(unit_id: int) -> str:
    """List the orders behind ?which= of ?month=, one statement beside the session's."""
    unit, month = contractor_or_404(unit_id), money.read_month(request.args.get("month", ""))
    which = request.args.get("which", "")
    if which not in BEHIND or month is None:
        raise NotFound
    last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = orders_behind(which, unit_id, Days(month, last), limit=MOST_ROWS)
    return render_template(
        "mayor/scorecard_orders.html",
        unit=unit,
        month=month,
        title=WHICH[which],
        rows=[_order_row(each) for each in found],
        most=MOST_ROWS,
        failed=sum(each.failed for each in found) if which == "failed" else 0,
        money=money,
        words=words,
    )


def _order_row(order: OrderBehind) -> dict[str, Any]:
    service = catalogue().types.get(order.service_code)
    return {
        "order": order,
        "number": money.order_name(order.reference, order.number),
        "name": service.name if service else order.service_code,
        "took": words.length(order.took_minutes / 60) if order.took_minutes is not None else "",
    }


def _months(today: date) -> list[date]:
    """Return the first days of twice YEAR months and of this month, oldest first."""
    found = [month_of(today)]
    for _each in range(2 * YEAR):
        found.append(month_of(found[-1] - timedelta(days=1)))
    return found[::-1]


def _sum(found: Mapping[date, Score], months: list[date]) -> Score:
    return reduce(add, (found[month] for month in months if month in found), Score())


def _amount(
    amounts: Mapping[date, Mapping[str, tuple[int, int]]], month: date, states: tuple[str, ...]
) -> int:
    """Return the agorot of a month's damages in these states."""
    return sum(agorot for state, (_number, agorot) in amounts.get(month, {}).items() if state in states)


def _row(month: date, found: Mapping[date, Score], amounts: Mapping[date, Any]) -> dict[str, Any]:
    return {
        "month": month,
        "score": found.get(month, Score()),
        "waiting": _amount(amounts, month, WAITING),
        "approved": _amount(amounts, month, ("approved",)),
        "waived": _amount(amounts, month, ("waived",)),
    }


def _charts(
    found: Mapping[date, Score], amounts: Mapping[date, Any], shown: list[date], before: list[date]
) -> list[Chart]:
    """Return the lines of the last twelve months, each beside the twelve before."""
    points, names = (
        [format_date(month, "LLL") for month in shown],
        [money.month_name(month) for month in shown],
    )

    def lines(read: Any) -> list[Series]:
        return [
            Series(_("These twelve months"), "now", [read(month) for month in shown]),
            Series(_("The twelve before"), "before", [read(month) for month in before]),
        ]

    def of(name: str) -> Any:
        return lambda month: getattr(found[month], name) if month in found else None

    few = _("fewer than %(num)s", num=HIDDEN)
    return [
        chart(_("Orders finished on time"), "percent", points, lines(of("on_time")), few, names),
        chart(_("Failed checks for each 100 orders"), "number", points, lines(of("failed_rate")), few, names),
        chart(
            _("The same fault came back"),
            "number",
            points,
            lines(lambda month: getattr(found.get(month), "repeats", 0)),
            "0",
            names,
        ),
        chart(
            _("Approved damages"),
            "shekels",
            points,
            lines(lambda month: _amount(amounts, month, ("approved",))),
            "0",
            names,
        ),
    ]
