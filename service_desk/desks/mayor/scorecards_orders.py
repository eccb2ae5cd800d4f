"""The orders behind a number of a contractor's scorecard."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from service_desk.catalog.queries import catalogue
from service_desk.desks import money
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import contractor_or_404, desk
from service_desk.errors import NotFound
from service_desk.reports.rules.days import days_of
from service_desk.reports.scorecards import BEHIND, OrderBehind, orders_behind

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


@desk.get("/mayor/contractors/<int:unit_id>/orders", endpoint="orders")
def orders_page(unit_id: int) -> str:
    """List the orders behind ?which= of ?month=, one statement beside the session's."""
    unit, month = contractor_or_404(unit_id), money.read_month(request.args.get("month", ""))
    which = request.args.get("which", "")
    if which not in BEHIND or month is None:
        raise NotFound
    found = orders_behind(which, unit_id, days_of(month), limit=MOST_ROWS)
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
