"""The public doors of open data: a page that explains, files by year, and their schema."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, render_template, request

from service_desk.city import kept
from service_desk.desks.filters import today
from service_desk.desks.opendata import schema
from service_desk.desks.opendata.shelf import Shelf
from service_desk.errors import NotFound
from service_desk.extensions import limiter
from service_desk.reports import rebuilding
from service_desk.reports.opendata import fields, months, rows
from service_desk.reports.rules import FEWEST, HIDDEN, Days
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

desk = Blueprint("opendata", __name__)
#: years that there are files of: the present one and those before
YEARS = 5
#: a copy may be kept by anybody so long (s)
KEPT_SECONDS = 3600
SHELF = Shelf()


@desk.after_request
def _open_to_pages(response: Response) -> Response:
    """Let any web page read the files, and any cache keep them."""
    if response.status_code in {200, 304} and request.endpoint != "opendata.home":
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers.setdefault("Cache-Control", f"public, max-age={KEPT_SECONDS}")
    return response


def years() -> list[int]:
    """Return the years that there are files of, newest first."""
    last = (today() - timedelta(days=1)).year
    return [last - back for back in range(YEARS)]


def _days() -> Days:
    """Return the days of ?year=, as far as they are over; the present year without it. Raises NotFound."""
    asked = request.args.get("year", str(years()[0]))
    if asked not in {str(year) for year in years()}:
        raise NotFound
    yesterday = today() - timedelta(days=1)
    return Days(date(int(asked), 1, 1), min(date(int(asked), 12, 31), yesterday))


@desk.get("/open")
def home() -> str:
    """Show what is here, how it is counted and what is left out. No statement of its own."""
    return render_template(
        "opendata/home.html",
        years=years(),
        requests=fields.REQUESTS,
        together=fields.TOGETHER,
        grids=fields.GRIDS_M,
        hidden=HIDDEN,
        fewest=FEWEST,
        licence=schema.LICENCE,
    )


@desk.get("/open/requests.csv")
@limiter.limit("20/minute")
def requests_csv() -> Response:
    """Give the requests received in a year, a row a promise."""
    days = _days()
    return _send(f"requests-{days.first.year}.csv", "text/csv", partial(rows.write_csv, days))


@desk.get("/open/requests.geojson")
@limiter.limit("20/minute")
def requests_geojson() -> Response:
    """Give those with a place as points."""
    days = _days()
    return _send(
        f"requests-{days.first.year}.geojson", "application/geo+json", partial(rows.write_geojson, days)
    )


@desk.get("/open/figures.csv")
@limiter.limit("20/minute")
def figures_csv() -> Response:
    """Give the measures by month and centre, of as many years as there are files of."""
    days = Days(date(years()[-1], 1, 1), today() - timedelta(days=1))
    return _send("figures.csv", "text/csv", partial(months.write_figures, days))


@desk.get("/open/schema.json")
@limiter.limit("60/minute")
def schema_json() -> Response:
    """Describe the files: a Frictionless data package."""
    city = kept.authority().name
    made: dict[str, Any] = schema.package(kept.public_base_url(), city.get("en", ""), years())
    return jsonify(made)


def _send(name: str, mimetype: str, write: Callable[[IO[bytes]], None]) -> Response:
    """Answer with a file: from the shelf, or made now. A copy that is still good is not sent again."""
    made = SHELF.get((tenant_id(), name), today(), partial(_write, write))
    answer = Response(made.chunks(), mimetype=mimetype)
    answer.content_length = made.size
    answer.set_etag(made.digest)
    if not made.is_final:
        answer.headers["Cache-Control"] = "no-cache"
    answer.headers["Content-Disposition"] = f'attachment; filename="keshet-{name}"'
    answer.make_conditional(request)
    return answer


def _write(write: Callable[[IO[bytes]], None], into: IO[bytes]) -> bool:
    """Make a file, and say whether it holds for the day: not while the figures are still to be counted."""
    write(into)
    state = rebuilding.state()
    return state is not None and state.is_current
