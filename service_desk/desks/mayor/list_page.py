"""The tickets behind a figure: fifty a page, and all of them as CSV without personal data."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
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
    from service_desk.city.models import Centre

#: first characters by which a spreadsheet takes a cell for a formula
FORMULAIC = ("=", "+", "-", "@", "\t", "\r", "\n")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9]{1,17})\.([0-9]{1,18})\.([0-9]{1,4})")


@desk.get("/mayor/list", endpoint="tickets")
def list_page() -> str:
    """Show the cases behind ?figure=, of ?centre= (or the city), in the period asked for.

    ?after= or ?before= a place of the list; ?seen= how many cases come before the page, for «51–100 of 240».
    """
    now = clock.now()
    name, centre, asked = read_figure(request.args), read_centre(request.args), read_period(request.args, now)
    number, centre_id = (centre.number, centre.id) if centre else (None, None)
    total = lists.count(name, asked.period, now, centre_id=centre_id)
    after, before = _mark("after"), _mark("before")
    cases = lists.behind(name, asked.period, now, centre_id=centre_id, after=after, before=before)
    seen = min(_seen() if after or before else 0, max(total - len(cases), 0))
    earlier = later = ""
    if cases and seen:
        place = _said(lists.mark_of(name, cases[0]))
        earlier = link(name, asked, number, before=place, seen=max(seen - lists.PAGE, 0))
    if cases and seen + len(cases) < total:
        place = _said(lists.mark_of(name, cases[-1]))
        later = link(name, asked, number, after=place, seen=seen + len(cases))
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
        first=seen + 1,
        last=seen + len(cases),
        earlier=earlier,
        later=later,
        words=words,
    )


def _said(place: lists.Mark) -> str:
    """Return a place as it is said in an address: microseconds, ticket, round."""
    return f"{(place.at - EPOCH) // timedelta(microseconds=1)}.{place.id}.{place.round}"


def _mark(name: str) -> lists.Mark | None:
    """Return the place that the address names; None when it names none, which shows the first page."""
    found = _PLACE.fullmatch(request.args.get(name, ""))
    if found is None:
        return None
    at, ticket_id, round_ = (int(each) for each in found.groups())
    return lists.Mark(EPOCH + timedelta(microseconds=at), ticket_id, round_)


def _seen() -> int:
    asked = request.args.get("seen", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0


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
