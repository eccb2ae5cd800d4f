"""What people wrote that belongs to no request yet: a clerk puts it where it belongs, or lets it be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk.desks.clerk.door import actor, desk
from service_desk.errors import BadInput
from service_desk.flow import place_inbound as flow

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@desk.get("/desk/unplaced", endpoint="unplaced")
def unplaced_page() -> str:
    """List the messages that wait for a decision."""
    return _page()


@desk.post("/desk/unplaced/<int:inbound_id>", endpoint="place_inbound")
def decide(inbound_id: int) -> ResponseReturnValue:
    """Put one message on a request, or dismiss it. Form: reference; act = dismiss."""
    act, reference = request.form.get("act", ""), request.form.get("reference", "")[:40]
    if act == "dismiss":
        flow.dismiss(inbound_id, actor())
        flash(_("Left as it is. The words are kept."))
        return redirect(url_for("clerk.unplaced"), 303)
    try:
        flow.put_on(inbound_id, reference, actor())
    except BadInput:
        return _page(wrong=inbound_id, typed=reference), 422
    flash(_("It stands on the request now."))
    return redirect(url_for("clerk.unplaced"), 303)


def _page(wrong: int = 0, typed: str = "") -> str:
    return render_template("clerk/unplaced.html", found=flow.see_unplaced(actor()), wrong=wrong, typed=typed)
