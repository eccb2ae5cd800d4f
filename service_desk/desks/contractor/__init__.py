"""Desk of the contractor: the requests held by the person's own firm, to read. Work orders come in a later issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Response, render_template, request
from flask_login import current_user
from sqlalchemy import select

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.clerk.chips import chip
from service_desk.desks.clerk.photos import photo_bytes
from service_desk.desks.clerk.rows import icon_of, name_of
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.intake.models import Photo
from service_desk.tickets import queries
from service_desk.tickets.queries import QueueFilter
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket

desk = Blueprint("contractor", __name__)
PAGE = 50
#: a ticket is the firm's work once it was handed over, and until it is reported as done
HELD = ("assigned", "in_progress")


def _actor() -> Actor:
    return cast("Actor", cast("Any", current_user).actor)


def _own() -> list[Ticket]:
    """Return the tickets that the person's own firm holds, by due time."""
    units = tuple(sorted(_actor().unit_ids))
    if not units:
        return []
    return queries.queue(QueueFilter(unit_ids=units, statuses=HELD), clock.now(), limit=PAGE)


def _photos(ticket_ids: Iterable[int]) -> dict[int, list[Photo]]:
    """Return {ticket id: photos}, in one statement."""
    found: dict[int, list[Photo]] = {ticket_id: [] for ticket_id in ticket_ids}
    if found:
        query = select(Photo).where(Photo.authority_id == tenant_id(), Photo.ticket_id.in_(found))
        for photo in db.session.scalars(query.order_by(Photo.id)):
            found[photo.ticket_id].append(photo)
    return found


@desk.get("/contractor/", endpoint="orders")
def orders_page() -> str:
    """List what the firm holds: type, address, due time, photos. Nobody's name or number."""
    now, city = clock.now(), city_map()
    tickets = _own()
    photos = _photos(ticket.id for ticket in tickets if ticket.photo_count)
    rows = [
        {
            "ticket": ticket,
            "name": name_of(ticket),
            "icon": icon_of(ticket),
            "number": city.centres[ticket.centre_id].number,
            "due": chip(ticket, now),
            "photos": photos.get(ticket.id, []),
        }
        for ticket in tickets
    ]
    firms = [city.units[each].name for each in sorted(_actor().unit_ids) if each in city.units]
    return render_template("contractor/orders.html", rows=rows, firms=firms)


@desk.get("/contractor/<int:ticket_id>/photo/<int:photo_id>")
def photo(ticket_id: int, photo_id: int) -> Response:
    """Give a photo of a ticket that the own firm holds; any other's is not there."""
    ticket = queries.ticket_or_404(ticket_id)
    if ticket.unit_id not in _actor().unit_ids or ticket.status not in HELD:
        raise NotFound
    size = "small" if request.args.get("size") == "small" else "full"
    return Response(photo_bytes(ticket_id, photo_id, size), mimetype="image/jpeg")
