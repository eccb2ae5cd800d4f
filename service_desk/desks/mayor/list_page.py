"""The tickets behind a figure: fifty a page, and all of them as CSV without personal data."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flask import Response, render_template, request
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import Asked, desk, link, read_centre, read_figure, read_period
from service_desk.desks.mayor.rows import Row, row_of
from service_desk.reports import lists
from service_desk.reports.populations import FIGURES, OF_TICKETS
from service_desk.reports.rules import LENGTHS
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.city.models import Centre

#: first characters by which a spreadsheet takes a cell for a formula
FORMULAIC = ("=", "+", "-", "@", "\t", "\r", "\n")
MOST_PAGES = 2000


@desk.get("/mayor/list", endpoint="tickets")
def list_page() -> str:
    """Show the cases behind ?figure=, of ?centre= (or the city), in the period asked for. ?page= from 1."""
    now = clock.now()
    name, centre, asked = read_figure(request.args), read_centre(request.args), read_period(request.args, now)
    page, centre_id = _page(request.args.get("page", "")), centre.id if centre else None
    total = lists.count(name, asked.period, now, centre_id=centre_id)
    first = (page - 1) * lists.PAGE
    cases = lists.behind(name, asked.period, now, centre_id=centre_id, offset=first) if first < total else []
    number = centre.number if centre else None
    return render_template(
        "mayor/list.html",
        asked=asked,
        name=name,
        of_tickets=name in OF_TICKETS,
        centre=centre,
        centres=list(city_map().centres.values()),
        figures=FIGURES,
        lengths=LENGTHS,
        rows=[row_of(case, now) for case in cases],
        total=total,
        first=first + 1,
        last=first + len(cases),
        earlier=link(name, asked, number, page=page - 1) if page > 1 else "",
        later=link(name, asked, number, page=page + 1) if first + len(cases) < total else "",
        words=words,
    )


def _page(asked: str) -> int:
    return (
        min(max(int(asked), 1), MOST_PAGES) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    )


@desk.get("/mayor/list.csv", endpoint="csv")
def list_csv() -> Response:
    """Give the same cases as CSV (UTF-8 with a mark, for spreadsheets); at most lists.CSV_LIMIT rows."""
    now = clock.now()
    name, centre, asked = read_figure(request.args), read_centre(request.args), read_period(request.args, now)
    answer = Response(_written(name, centre, asked, now), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="keshet-{name}.csv"'
    return answer


def _written(name: str, centre: Centre | None, asked: Asked, now: datetime) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        plain(str(cell))
        for cell in (
            _("Number"), _("Centre"), _("Type"), _("Place"), _("State"), _("Held by"),
            _("Opened"), _("Promised by"), _("Done at"), _("Promise"),
        )
    )  # fmt: skip
    centre_id = centre.id if centre else None
    for case in lists.each_of(name, asked.period, now, centre_id=centre_id):
        writer.writerow(plain(cell) for cell in _cells(row_of(case, now)))
    return out.getvalue().encode("utf-8-sig")


def _cells(row: Row) -> list[str]:
    """Return a row's cells: nothing about a person, instants on the city's clock."""
    case = row.case
    return [
        shown(case.reference),
        str(row.number),
        str(by_language(row.name)),
        row.address,
        str(row.status),
        str(by_language(row.holder)),
        *(
            clock.local(at).isoformat(" ", "minutes")[:16] if at else ""
            for at in (case.opened_at, case.due_at, case.stopped_at)
        ),
        str(row.result),
    ]


def plain(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULAIC) or cell.startswith(FORMULAIC) else cell
