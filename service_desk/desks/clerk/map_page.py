"""The queue on a map: the same filters, as points for the map and as a table for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.clerk import filters, words
from service_desk.desks.clerk.chips import borders, chip
from service_desk.desks.clerk.door import actor, desk
from service_desk.desks.clerk.rows import grouped, name_of
from service_desk.desks.filters import by_language, where
from service_desk.flow import read_ticket
from service_desk.tickets import queries
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from service_desk.tickets.models import Ticket

#: points a map can still be read with
POINTS = 500


def _points() -> list[Ticket]:
    asked, who = filters.read(request.args), actor()
    base = filters.scope(asked, who)
    beyond = () if asked.centre == "own" else base.centre_ids or tuple(city_map().centres)
    read_ticket.look_beyond(beyond, who)
    return queries.queue(filters.wanted(asked, who), clock.now(), limit=POINTS)


@desk.get("/desk/map")
def map_page() -> str:
    """Show the queue as a map, with the same as a table."""
    asked, now = filters.read(request.args), clock.now()
    tickets = _points()
    placed = [ticket for ticket in tickets if ticket.lon is not None]
    return render_template(
        "clerk/map.html",
        asked=asked,
        groups=grouped(map(queries.queue_row, placed), now, borders(now)),
        placed=len(placed),
        unplaced=len(tickets) - len(placed),
        limit=POINTS,
        here=city_map().authority,
        centres=sorted(city_map().centres.values(), key=lambda each: each.number),
        words=words,
    )


@desk.get("/desk/map.json")
def map_points() -> Response:
    """Return the same tickets as GeoJSON points: centre number, title, due time, address of the ticket's page."""
    now, city = clock.now(), city_map()
    return jsonify(
        type="FeatureCollection",
        features=[_feature(each, now, city) for each in _points() if each.lon is not None],
    )


@desk.get("/desk/areas.json")
def map_areas() -> Response:
    """Return the areas as GeoJSON, for the map's ground."""
    return jsonify(city_map().geojson())


def _feature(ticket: Ticket, now: Any, city: Any) -> dict[str, Any]:
    due = chip(ticket, now)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [ticket.lon, ticket.lat]},
        "properties": {
            "number": city.centres[ticket.centre_id].number,
            "reference": shown(ticket.reference),
            "title": by_language(name_of(ticket)),
            "address": where(ticket),
            "due": _("%(left)s, %(due)s", left=due.words, due=due.absolute),
            "state": due.state,
            "is_hazard": ticket.is_hazard,
            "url": url_for("clerk.ticket", ticket_id=ticket.id),
        },
    }
