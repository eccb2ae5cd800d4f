"""Splitting a request: the form, with what may come along, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.clerk import words
from service_desk.desks.clerk.door import actor, counts_kept, desk
from service_desk.desks.clerk.rows import name_of, tag_of
from service_desk.desks.clerk.thread import who_of
from service_desk.desks.filters import by_language
from service_desk.errors import BadInput, InvalidMove, NotAllowed, StaleVersion
from service_desk.extensions import db
from service_desk.flow import read_ticket as flow
from service_desk.flow.split import split_ticket
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import may
from service_desk.tickets.rules import is_working

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: a version no ticket has: a form without its version is answered like a late one
_NEVER = -1


@desk.get("/desk/t/<int:ticket_id>/split", endpoint="split")
def split_form(ticket_id: int) -> ResponseReturnValue:
    """Show the form."""
    return _page(ticket_id, 200)


@desk.post("/desk/t/<int:ticket_id>/split", endpoint="split_do")
def split_do(ticket_id: int) -> ResponseReturnValue:
    """Split, and lead to the new request. What was typed survives every refusal."""
    form = request.form
    try:
        part_id = split_ticket(
            ticket_id,
            form.get("seen", _NEVER, type=int),
            actor(),
            service_code=form.get("service_code", ""),
            words=form.get("words", ""),
            place=_place(),
            photo_ids=_ids("photo"),
            remark_ids=_ids("remark"),
        )
    except BadInput as error:
        return _page(ticket_id, 422, error.problems)
    except (StaleVersion, InvalidMove):
        return _page(ticket_id, 409, is_stale=True)
    counts_kept.forget()
    flash(_("Split. This is the new request; all who follow the first follow it too."))
    return redirect(url_for("clerk.ticket", ticket_id=part_id), 303)


def _place() -> SaidPlace | None:
    """Return another place when one was typed; None for the same."""
    line = request.form.get("line", "").replace("\x00", "").strip()[:200]
    is_other = request.form.get("where") == "other"
    return SaidPlace("address", line=line) if is_other else None


def _ids(name: str) -> list[int]:
    return numbers.wholes(request.form.getlist(name)[:200])


def _page(
    ticket_id: int, status: int, problems: dict[str, str] | None = None, *, is_stale: bool = False
) -> ResponseReturnValue:
    db.session.rollback()
    dossier = flow.read_ticket(ticket_id, actor())
    ticket = dossier.ticket
    if not may(actor(), "split", unit_id=ticket.unit_id):
        raise NotAllowed
    shelf = catalogue()
    types = [
        (
            by_language(group.name),
            [(each.code, by_language(each.name)) for each in shelf.of_group(group.code)],
        )
        for group in shelf.groups.values()
    ]
    page = render_template(
        "clerk/split.html",
        ticket=ticket,
        name=name_of(ticket),
        tag=tag_of(ticket),
        number=city_map().centres[ticket.centre_id].number,
        types=types,
        typed=request.form,
        photos=[each for each in dossier.photos if each.added_by == "resident" or each.kind == "report"],
        remarks=[(each, who_of(each)) for each in dossier.remarks],
        chosen={"photo": _ids("photo"), "remark": _ids("remark")},
        followers=len(dossier.people),
        problems={("line" if name == "place" else name): words.problem(code) for name, code in (problems or {}).items()},
        is_stale=is_stale,
        is_possible=is_working(ticket.status),
        words=words,
    )  # fmt: skip
    return page, status
