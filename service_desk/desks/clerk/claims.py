"""«I work on it»: claiming a ticket, keeping the claim while the page is open, letting it go, taking it over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _

from service_desk.desks.clerk.door import actor, desk
from service_desk.desks.clerk.live import claimed_words
from service_desk.flow import claim

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.flow.claim import Claimed


@desk.post("/desk/t/<int:ticket_id>/claim", endpoint="claim")
def claim_ticket(ticket_id: int) -> ResponseReturnValue:
    """Claim the ticket, or learn who works on it already. Scripts get JSON, people their ticket's page."""
    held = claim.claim_ticket(ticket_id, actor())
    if not _is_script():
        flash(
            claimed_words(held.staff_id, held.since, actor())
            or _("Colleagues see now who works on this request.")
        )
    return _answer(ticket_id, held)


@desk.post("/desk/t/<int:ticket_id>/claim/keep", endpoint="keep_claim")
def keep_claim(ticket_id: int) -> ResponseReturnValue:
    """Let an own claim last on while its page is open."""
    return _answer(ticket_id, claim.keep_claim(ticket_id, actor()))


@desk.post("/desk/t/<int:ticket_id>/claim/end", endpoint="end_claim")
def end_claim(ticket_id: int) -> ResponseReturnValue:
    """Let an own claim go."""
    claim.let_claim_go(ticket_id, actor())
    return _answer(ticket_id, claim.NOBODY)


@desk.post("/desk/t/<int:ticket_id>/claim/over", endpoint="take_claim_over")
def take_claim_over(ticket_id: int) -> ResponseReturnValue:
    """Go on with the work instead of whoever claimed it."""
    claim.take_claim_over(ticket_id, actor())
    flash(_("The work goes on here now; the history says so."))
    return redirect(url_for("clerk.ticket", ticket_id=ticket_id), 303)


def _is_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _answer(ticket_id: int, held: Claimed) -> ResponseReturnValue:
    if _is_script():
        is_mine = held.staff_id is not None and held.staff_id == actor().id
        return jsonify(is_mine=is_mine, claimed=claimed_words(held.staff_id, held.since, actor()))
    return redirect(url_for("clerk.ticket", ticket_id=ticket_id), 303)
