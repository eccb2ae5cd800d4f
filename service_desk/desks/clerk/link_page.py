"""Signed links for the field: who has one, a new one that is shown once, and the end of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city import kept
from service_desk.city.queries import city_map
from service_desk.contractors.queries import links
from service_desk.desks import numbers
from service_desk.desks.clerk import words
from service_desk.desks.clerk.door import actor, desk
from service_desk.desks.clerk.order_page import order_and_ticket
from service_desk.desks.contractor.rows import reference_of
from service_desk.errors import BadInput, NotFound
from service_desk.flow import field_links

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

USUAL_DAYS = 7
PROBLEM_FIELDS = ("holder", "days")


@desk.get("/desk/o/<int:order_id>/link")
def order_links(order_id: int) -> str:
    """Show who has a link of this contractor, and the form for another one."""
    return _page(order_id)


@desk.post("/desk/o/<int:order_id>/link")
def give_order_link(order_id: int) -> ResponseReturnValue:
    """Give a link: to this order, or to all of the contractor's. Its address stands on the answer, and nowhere else."""
    found, _ticket = order_and_ticket(order_id, "issue_order")
    only = order_id if request.form.get("scope") != "all" else None
    try:
        token = field_links.give_link(
            found.self["unit_id"],
            only,
            request.form.get("holder", ""),
            numbers.whole(request.form.get("days", ""), digits=4) or 0,
            actor(),
        )
    except BadInput as error:
        return _page(order_id, problems=error.problems), 422
    return _page(order_id, address=kept.public_base_url() + url_for("field.link", token=token))


@desk.post("/desk/o/<int:order_id>/link/<int:link_id>/end")
def end_order_link(order_id: int, link_id: int) -> ResponseReturnValue:
    """End a link of the order's contractor at once."""
    found, _ticket = order_and_ticket(order_id, "issue_order")
    link = links.by_id(link_id)
    if link is None or link.unit_id != found.self["unit_id"]:
        raise NotFound
    field_links.revoke_link(link_id, actor())
    flash(_("The link is ended. Whoever holds it can send nothing more."))
    return redirect(url_for("clerk.order_links", order_id=order_id), 303)


def _page(order_id: int, **more: Any) -> str:
    found, ticket = order_and_ticket(order_id, "issue_order")
    unit = city_map().units.get(found.self["unit_id"])
    address = more.get("address", "")
    return render_template(
        "clerk/order_links.html",
        order_id=order_id,
        ticket=ticket,
        reference=reference_of(ticket.reference, found.self["number"]),
        contractor=unit.name if unit else "",
        links=links.given_to(found.self["unit_id"], clock.now()),
        address=address,
        # Once it is given, an empty form stands ready for the next one.
        typed={"days": str(USUAL_DAYS)} if address or not request.form else request.form,
        problems={key: words.problem(code) for key, code in more.get("problems", {}).items()},
    )
