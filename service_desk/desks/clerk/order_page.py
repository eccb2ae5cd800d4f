"""One act on a work order: its form, what becomes of it, and the photos that prove the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for

from service_desk.city.queries import city_map
from service_desk.contractors.queries.files import order_file
from service_desk.contractors.queries.orders import order_or_404
from service_desk.desks.clerk import order_words, words
from service_desk.desks.clerk.door import actor, counts_kept, desk
from service_desk.desks.clerk.order_acts import ORDER_ACTS, Given, OrderAct, is_allowed
from service_desk.desks.clerk.photos import photo_bytes, read_photos
from service_desk.desks.clerk.rows import name_of
from service_desk.desks.contractor.rows import reference_of
from service_desk.desks.filters import where
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.people.rules import may
from service_desk.tickets import queries

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.contractors.queries.files import OrderFile
    from service_desk.tickets.models import Ticket

_NOT_TYPED = frozenset({"csrf_token", "seen", "back", "photos"})


@desk.get("/desk/o/<int:order_id>/<verb>")
def order_act(order_id: int, verb: str) -> ResponseReturnValue:
    """Show the form of an act on an order."""
    chosen = _act(verb)
    found, ticket = order_and_ticket(order_id, chosen.ability)
    is_possible = chosen.is_possible(found, ticket)
    return _page(chosen, found, ticket, is_too_late=not is_possible), 200 if is_possible else 409


@desk.post("/desk/o/<int:order_id>/<verb>")
def do_order_act(order_id: int, verb: str) -> ResponseReturnValue:
    """Do the act. What was typed survives every refusal; «back=verify» returns to the list of what is to be checked."""
    chosen = _act(verb)
    found, ticket = order_and_ticket(order_id, chosen.ability)
    ticket_id = ticket.id
    photos, bad_photo = read_photos(request.files.getlist("photos"))
    given = Given(order_id, actor(), request.form, photos, request.form.get("seen", type=int))
    problems: dict[str, str] = {}
    is_stale = is_too_late = False
    try:
        if bad_photo:
            raise BadInput({"photos": bad_photo})  # noqa: TRY301 — answered like every other bad input
        chosen.run(given)
    except BadInput as error:
        problems = error.problems
    except StaleVersion:
        is_stale = True
    except InvalidMove:
        is_too_late = True
    else:
        counts_kept.forget()
        flash(str(chosen.done))
        return redirect(_back(ticket_id, order_id), 303)
    db.session.rollback()
    found, ticket = order_and_ticket(order_id, chosen.ability)
    is_too_late = is_too_late or not chosen.is_possible(found, ticket)
    # the form that comes back carries the current version, whatever it was refused for
    is_stale = is_stale or (chosen.is_versioned and given.seen not in (None, ticket.version))
    page = _page(chosen, found, ticket, problems=problems, is_stale=is_stale, is_too_late=is_too_late)
    return page, 422 if problems else 409


@desk.get("/desk/o/<int:order_id>/photo/<int:photo_id>", endpoint="order_photo")
def order_photo(order_id: int, photo_id: int) -> Response:
    """Give a photo of the order's ticket to whoever may see the ticket or check the work. ?size=small for lists."""
    order = order_or_404(order_id)
    ticket = queries.ticket_or_404(order.ticket_id)
    who = actor()
    is_checker = any(may(who, "verify", unit_id=each) for each in who.unit_ids)
    if not is_checker and not may(who, "see_ticket", unit_id=ticket.unit_id):
        raise NotAllowed
    size = "small" if request.args.get("size") == "small" else "full"
    return Response(photo_bytes(ticket.id, photo_id, size), mimetype="image/jpeg")


def order_and_ticket(order_id: int, ability: str) -> tuple[OrderFile, Ticket]:
    """Return an order whole, and its ticket. Raises NotFound, NotAllowed."""
    found = order_file(order_id)
    if found is None:
        raise NotFound
    ticket = queries.ticket_or_404(found.self["ticket_id"])
    if not is_allowed(ability, found, ticket, actor()):
        raise NotAllowed
    return found, ticket


def _act(verb: str) -> OrderAct:
    if verb not in ORDER_ACTS:
        raise NotFound
    return ORDER_ACTS[verb]


def _back(ticket_id: int, order_id: int) -> str:
    if request.form.get("back") == "verify":
        return url_for("clerk.verify")
    return url_for("clerk.ticket", ticket_id=ticket_id) + f"#order-{order_id}"


def _page(
    chosen: OrderAct,
    found: OrderFile,
    ticket: Ticket,
    *,
    problems: dict[str, str] | None = None,
    is_stale: bool = False,
    is_too_late: bool = False,
) -> str:
    typed = {name: value for name, value in request.form.items() if name not in _NOT_TYPED}
    fields = chosen.fields() if chosen.fields else []
    unit = city_map().units.get(found.self["unit_id"])
    return render_template(
        "clerk/order_act.html",
        act=chosen,
        order_id=found.self["id"],
        ticket=ticket,
        place=where(ticket),
        reference=reference_of(ticket.reference, found.self["number"]),
        contractor=unit.name if unit else "",
        name=name_of(ticket),
        number=city_map().centres[ticket.centre_id].number,
        tag=order_words.STATE[found.self["state"]],
        fields=fields,
        typed=typed,
        back=request.values.get("back", ""),
        problems={key: words.problem(code) for key, code in (problems or {}).items()},
        is_stale=is_stale,
        is_too_late=is_too_late,
        lost_photos=bool(request.files) and any(each.kind == "photos" for each in fields),
    )
