"""The list of the firm's open orders by due time, and the route for today. GET changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from flask import render_template, request
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.rules.way import Stop, length_m, ordered
from service_desk.contractors.queries import orders as queries
from service_desk.contractors.queries import pages
from service_desk.contractors.rules.field import is_place
from service_desk.desks.contractor import words
from service_desk.desks.contractor.door import desk, only_order, units
from service_desk.desks.contractor.rows import Row, end_of_today, is_for_today, is_late, row_of

if TYPE_CHECKING:
    from service_desk.contractors.queries.orders import OrderLine

#: orders on one page of the list: it must stay light on a poor network
PAGE = 20
#: a page number past it is no page of any firm
MOST_PAGES = 10_000
#: stops that one day can hold
STOPS = 40
_FAR_OFF = datetime.max.replace(tzinfo=UTC)


def own_lines() -> list[OrderLine]:
    """Return the open orders of the person's firms, by due time. One statement a firm."""
    found = [line for unit in units() for line in queries.open_orders(unit, order_id=only_order())]
    return sorted(found, key=lambda line: (line.due_at is None, line.due_at or _FAR_OFF, line.id))


@desk.get("/contractor/", endpoint="orders")
def orders_page() -> str:
    """List what the firm has to do: what, where, until when, how far. Nobody's name or number."""
    now = clock.now()
    view = request.args.get("show", "open")
    view = view if view in pages.VIEWS else "open"
    wanted = pages.Asked(view, _page_number(), PAGE, only_order())
    found = pages.orders_page(units(), wanted, now, end_of_today(now))
    return render_template(
        "contractor/orders.html",
        rows=[row_of(line, now) for line in found.lines],
        counts=found.counts,
        late=found.late,
        hazards=found.hazards,
        asked=view,
        page=found.page,
        pages=max(1, -(-found.counts[view] // PAGE)),
        words=words,
    )


def _page_number() -> int:
    """Return the page asked for, within what a number of the database can hold."""
    return min(max(request.args.get("page", 1, int), 1), MOST_PAGES)


class Route(NamedTuple):
    """Today's stops in the order to go, those without a point, and the length of the way (m)."""

    lines: list[OrderLine]
    unplaced: list[OrderLine]
    metres: float


def route_of(lines: list[OrderLine], now: datetime, start: tuple[float, float] | None) -> Route:
    """Return the way through today's orders. start: (lon, lat), or None to begin at the first due."""
    today = [line for line in lines if is_for_today(line, now)][:STOPS]
    placed = [line for line in today if line.lon is not None and line.lat is not None]
    stops = [_stop(line, now) for line in placed]
    way = ordered(stops, start)
    return Route(
        [placed[n] for n in way],
        [line for line in today if line.lon is None or line.lat is None],
        length_m(stops, way, start),
    )


def _stop(line: OrderLine, now: datetime) -> Stop:
    is_urgent = line.is_hazard or is_late(line, now)
    return Stop(line.lon or 0.0, line.lat or 0.0, 0 if is_urgent else 1)


def _start(lines: list[OrderLine]) -> tuple[tuple[float, float] | None, str]:
    """Return where the route begins, and that in words: where the phone is, the last stop, or nowhere known."""
    lon, lat = request.args.get("lon", type=float), request.args.get("lat", type=float)
    if is_place(lon, lat):
        return (float(lon or 0), float(lat or 0)), _("From where the phone was.")
    been = [line for line in lines if line.arrived_at and line.lon is not None and line.lat is not None]
    if been:
        last = max(been, key=lambda line: line.arrived_at or line.issued_at)
        return (last.lon or 0.0, last.lat or 0.0), _("From the last stop: %(place)s.", place=last.address)
    return None, _("From the first that is due.")


@desk.get("/contractor/route", endpoint="route")
def route_page() -> str:
    """Show today's stops in an order worth driving."""
    now, lines = clock.now(), own_lines()
    start, from_words = _start(lines)
    found = route_of(lines, now, start)
    rows: list[Row] = [row_of(line, now) for line in found.lines]
    return render_template(
        "contractor/route.html",
        rows=rows,
        unplaced=[row_of(line, now) for line in found.unplaced],
        from_words=from_words,
        length_km=round(found.metres / 1000, 1),
        with_line=True,
    )
