"""One act on a ticket: its form, and what becomes of it when it succeeds, is incomplete, comes late or is impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.clerk.act_fields import fields_of
from service_desk.desks.clerk.acts import ACTS, Act, Given, is_allowed, is_possible
from service_desk.desks.clerk.door import actor, counts_kept, desk
from service_desk.desks.clerk.filters import own_centres
from service_desk.desks.clerk.happened import sentence
from service_desk.desks.clerk.live import claimed_words
from service_desk.desks.clerk.photos import read_photos
from service_desk.desks.clerk.replies import USE, offers, words_of
from service_desk.desks.clerk.rows import name_of, tag_of
from service_desk.desks.failure_words import sentence as said_of
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow import claim
from service_desk.people.rules import may
from service_desk.slas.queries import clocks_of
from service_desk.tickets import queries
from service_desk.tickets.queries import QueueFilter

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from service_desk.tickets.models import Ticket, TicketEvent

#: a version no ticket has: a form without its version is answered like a late one
_NEVER = -1
#: fields of use-cases that the forms call otherwise
_FIELD_OF = {"place": "line", "unit": "contractor", "contract": "contractor"}
_NOT_TYPED = frozenset({"csrf_token", "seen", "then", "photos", "despite"})
#: why an act waits for the work orders of its request
_OF_ORDERS = frozenset({"orders_open", "orders_to_verify"})
#: acts that disturb nobody who works on the ticket
_BESIDE = frozenset({"note", "news"})
#: acts that overwrite nothing, whatever happened since the page was drawn
_VERSIONLESS = _BESIDE | {"reply"}


@desk.get("/desk/t/<int:ticket_id>/<verb>")
def act(ticket_id: int, verb: str) -> ResponseReturnValue:
    """Show the form of an act."""
    chosen = _act(verb)
    ticket = _ticket(ticket_id, chosen)
    if not is_possible(chosen, ticket, actor()):
        return _page(chosen, ticket, {}, 409, is_too_late=True)
    return _page(chosen, ticket, _begun(chosen, ticket), 200)


@desk.post("/desk/t/<int:ticket_id>/<verb>")
def do(ticket_id: int, verb: str) -> ResponseReturnValue:
    """Do the act. What was typed survives every refusal."""
    chosen = _act(verb)
    photos, bad_photo = read_photos(request.files.getlist("photos"))
    given = Given(ticket_id, request.form.get("seen", _NEVER, type=int), actor(), request.form, photos)
    ahead = _place(ticket_id) if request.form.get("then") == "next" else None
    if _is_unwarned(chosen, ticket_id):
        return _again(chosen, ticket_id, 409)
    try:
        if bad_photo:
            raise BadInput({"photos": bad_photo})  # noqa: TRY301 — answered like every other bad input
        chosen.run(given)
    except BadInput as error:
        return _again(chosen, ticket_id, 422, problems=error.problems)
    except StaleVersion:
        return _again(chosen, ticket_id, 409)
    except InvalidMove as error:
        held_by_orders = said_of(409, error.key) if error.key in _OF_ORDERS else None
        return _again(chosen, ticket_id, 409, is_too_late=held_by_orders is None, orders=held_by_orders)
    counts_kept.forget()
    flash(str(chosen.done))
    return redirect(_next(ahead) or url_for("clerk.ticket", ticket_id=ticket_id), 303)


def _begun(chosen: Act, ticket: Ticket) -> dict[str, str]:
    """Return what the form begins with: the ready wording of ?template=, when it is offered here."""
    code = request.args.get("template", "")
    words_chosen = words_of(code, chosen.verb, ticket, _promised(chosen, ticket)) if code else ""
    return {"words": words_chosen} if words_chosen else {}


def _is_unwarned(chosen: Act, ticket_id: int) -> bool:
    """Say whether somebody else works on the ticket and the person who acts was not told of that yet."""
    if chosen.verb in _BESIDE:
        return False
    held = claim.who_works_on(ticket_id)
    return held.is_others(actor()) and request.form.get("despite") != str(held.staff_id)


def _promised(chosen: Act, ticket: Ticket) -> datetime | None:
    """Return until when the work is promised, where a ready wording may say so."""
    if chosen.verb not in USE:
        return None
    running = (each for each in clocks_of(ticket.id) if each.kind == "resolve" and each.stopped_at is None)
    return next((each.due_at for each in running), None)


def _act(verb: str) -> Act:
    if verb not in ACTS:
        raise NotFound
    return ACTS[verb]


def _ticket(ticket_id: int, chosen: Act) -> Ticket:
    """Return the ticket for the form. Raises NotFound, NotAllowed."""
    ticket = queries.ticket_or_404(ticket_id)
    if not may(actor(), "see_ticket", unit_id=ticket.unit_id) or not is_allowed(chosen, ticket, actor()):
        raise NotAllowed
    return ticket


def _place(ticket_id: int) -> Ticket:
    """Return the ticket as it stood in the queue before the act."""
    ticket = queries.ticket_or_404(ticket_id)
    db.session.expunge(ticket)
    return ticket


def _next(before: Ticket | None) -> str | None:
    """Return the address of the next request in the person's own queue after this one."""
    if before is None:
        return None
    mine = QueueFilter(centre_ids=own_centres(actor()), unit_ids=tuple(sorted(actor().unit_ids)))
    following = queries.queue(mine, clock.now(), limit=2, after=(before.due_at, before.id))
    found = next((each for each in following if each.id != before.id), None)
    return url_for("clerk.ticket", ticket_id=found.id) if found else url_for("clerk.queue")


def _again(
    chosen: Act,
    ticket_id: int,
    status: int,
    *,
    problems: dict[str, str] | None = None,
    is_too_late: bool = False,
    orders: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    """Show the form again, with everything typed and the reason. orders: what its work orders keep it from.

    Whatever the reason, a form that was written against another version says what happened meanwhile: the one
    shown here carries the current version, and sends over it.
    """
    db.session.rollback()
    ticket = _ticket(ticket_id, chosen)
    since = request.form.get("seen", _NEVER, type=int)
    typed = {name: value for name, value in request.form.items() if name not in _NOT_TYPED}
    missed: list[TicketEvent] | None = None
    if chosen.verb not in _VERSIONLESS and since != ticket.version:
        missed = [event for event in queries.events_of(ticket_id) if event.seq > since][-20:]
        is_too_late = is_too_late or not is_possible(chosen, ticket, actor())
    return _page(
        chosen,
        ticket,
        typed,
        status,
        problems=problems,
        missed=missed,
        is_too_late=is_too_late,
        orders=orders,
    )


def _page(
    chosen: Act,
    ticket: Ticket,
    typed: dict[str, str],
    status: int,
    *,
    problems: dict[str, str] | None = None,
    missed: list[TicketEvent] | None = None,
    is_too_late: bool = False,
    orders: tuple[str, str] | None = None,
) -> ResponseReturnValue:
    fields = fields_of(chosen.verb, ticket, actor())
    words_by_seq: dict[int, list[str]] = {}
    if missed:
        for remark in queries.remarks_of(ticket.id, with_internal=True):
            words_by_seq.setdefault(remark.seq, []).append(remark.text)
    held = claim.NOBODY if chosen.verb in _BESIDE else claim.who_works_on(ticket.id)
    return render_template(
        "clerk/act.html",
        act=chosen,
        claimed=claimed_words(held.staff_id, held.since, actor()),
        claimed_by=held.staff_id,
        may_claim=may(actor(), "note", unit_id=ticket.unit_id) and not is_too_late,
        offers=offers(chosen.verb, ticket, _promised(chosen, ticket)),
        words=words,
        ticket=ticket,
        name=name_of(ticket),
        tag=tag_of(ticket),
        fields=fields,
        typed=typed,
        problems={_FIELD_OF.get(name, name): words.problem(code) for name, code in (problems or {}).items()},
        missed=[(event, sentence(event), words_by_seq.get(event.seq, [])) for event in missed or ()],
        is_stale=missed is not None,
        is_too_late=is_too_late,
        orders=orders,
        lost_photos=bool(request.files) and status != 200 and any(each.kind == "photos" for each in fields),
        title=_("%(act)s: %(reference)s", act=chosen.name, reference=ticket.reference),
        number=_number(ticket),
    ), status


def _number(ticket: Ticket) -> int:
    return city_map().centres[ticket.centre_id].number
