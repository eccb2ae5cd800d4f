"""The page of one order, its photos, and who reported it where the city allows that. Another firm's order is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request

from service_desk import clock
from service_desk.contractors.queries import stories
from service_desk.contractors.rules.rebuild import orders_from
from service_desk.desks.clerk.photos import photo_bytes
from service_desk.desks.contractor import words
from service_desk.desks.contractor.door import actor, desk, own_order
from service_desk.desks.contractor.order_view import Known, view
from service_desk.errors import NotFound
from service_desk.flow import see_phone
from service_desk.intake import queries as intake
from service_desk.slas.queries import standards
from service_desk.tickets import queries as tickets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service_desk.flow.see_phone import Reporter

#: ids of the page's controls, or of the form with the photos, by the field that they say
_CONTROL = {"reason": "reason", "scheduled_for": "scheduled_for"}


def _control(field: str, typed: Mapping[str, str]) -> str:
    """Return the id of the control that a field of the refused entry was said in."""
    if field == "words":
        return f"{typed.get('kind') or 'note'}-words"
    if field == "photos":
        return typed.get("lost") or "before"
    return _CONTROL.get(field, "work")


def page(
    order_id: int,
    *,
    problems: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    people: Sequence[Reporter] | None = None,
) -> str:
    """Return the order's page. problems: {field: code} of an entry just refused; typed: what it said; people: just shown."""
    row = own_order(order_id)
    lines = stories.story_of(row.ticket_id, order_id)
    known = Known(
        row=row,
        order=orders_from([line.fact for line in lines], standards().version)[order_id],
        ticket=tickets.ticket_or_404(row.ticket_id),
        lines=lines,
        proofs=stories.proofs_of(order_id),
        photos=[each for each in intake.photos_of(row.ticket_id) if each.added_by == "resident"],
    )
    errors = {field: str(words.PROBLEM.get(code, code)) for field, code in (problems or {}).items()}
    return render_template(
        "contractor/order.html",
        page=view(known, clock.now()),
        words=words,
        errors=errors,
        problems=[(_control(field, typed or {}), said) for field, said in errors.items()],
        typed=typed or {},
        people=people,
    )


@desk.get("/contractor/o/<int:order_id>")
def order(order_id: int) -> str:
    """Show the order. Opening it changes nothing."""
    return page(order_id)


@desk.post("/contractor/o/<int:order_id>/phone")
def phone(order_id: int) -> str:
    """Show who reported it, where the city allows that; the look is written down."""
    own_order(order_id)
    return page(order_id, people=see_phone.show_reporters(order_id, actor()))


@desk.get("/contractor/o/<int:order_id>/photo/<int:photo_id>")
def photo(order_id: int, photo_id: int) -> Response:
    """Give a photo of the report, or one of this order's own proofs. Raises NotFound for any other."""
    row = own_order(order_id)
    known: dict[int, Any] = {each.id: each for each in intake.photos_of(row.ticket_id)}
    own = {each.photo_id for each in stories.proofs_of(order_id)}
    found = known.get(photo_id)
    if found is None or (found.added_by != "resident" and photo_id not in own):
        raise NotFound
    size = "small" if request.args.get("size") == "small" else "full"
    return Response(photo_bytes(row.ticket_id, photo_id, size), mimetype="image/jpeg")
