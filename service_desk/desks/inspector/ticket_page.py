"""A report as an inspector sees it: what was said, where, its photos, and the cases that came from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template

from service_desk.city.queries import city_map
from service_desk.desks.clerk.minimap import mini_map
from service_desk.desks.clerk.photos import photo_bytes
from service_desk.desks.clerk.rows import name_of, tag_of
from service_desk.desks.inspector import words
from service_desk.desks.inspector.door import actor, desk
from service_desk.errors import NotAllowed
from service_desk.flow.read_ticket import read_ticket
from service_desk.people.rules import may
from service_desk.supervision.queries import cases
from service_desk.supervision.rules.who import may_supervise
from service_desk.tickets import queries as tickets

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@desk.get("/inspector/t/<int:ticket_id>")
def ticket(ticket_id: int) -> ResponseReturnValue:
    """Show a report without the person behind it. A look outside the own centres is noted."""
    found = read_ticket(ticket_id, actor())
    here = found.ticket
    return render_template(
        "inspector/ticket.html",
        ticket=here,
        name=name_of(here),
        tag=tag_of(here),
        reports=found.reports,
        photos=found.photos,
        notes=[each for each in found.remarks if each.kind == "note"],
        centre=city_map().centres[here.centre_id],
        minimap=mini_map(here.lon, here.lat) if here.lon is not None and here.lat is not None else None,
        cases=cases.of_ticket(ticket_id),
        may_open=may_supervise(actor(), "handle_case"),
        words=words,
    )


@desk.get("/inspector/t/<int:ticket_id>/photo/<int:photo_id>/<size>")
def ticket_photo(ticket_id: int, photo_id: int, size: str) -> Response:
    """Give a photo of a report that the person may see."""
    if not may(actor(), "see_ticket", unit_id=tickets.ticket_or_404(ticket_id).unit_id):
        raise NotAllowed
    return Response(photo_bytes(ticket_id, photo_id, size), mimetype="image/jpeg")
