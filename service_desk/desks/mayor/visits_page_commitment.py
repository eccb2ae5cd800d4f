"""One commitment with its history, and the acts on it. Of two people at once the second sees what the first did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk.city.queries import city_map
from service_desk.community import queries
from service_desk.community.rules import ACTS, NEED_WORDS, Act, may_hold
from service_desk.desks import promised
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.mayor import visits_words as words
from service_desk.desks.mayor.door import actor
from service_desk.desks.mayor.visits_door import (
    field_day,
    field_id,
    keepers,
    may_read_whom,
    own_units,
    require_holder,
    seen,
    today,
    visits,
)
from service_desk.errors import BadInput, InvalidMove, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow.act_on_commitment import act_on_commitment

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.community.models import CommitmentEvent
    from service_desk.desks.promised import Shown


def _read(commitment_id: int) -> Shown:
    """Return the commitment, as far as the reader may know of it. Raises NotFound."""
    line = queries.commitment_or_404(commitment_id)
    units = own_units()
    if units is not None and line.commitment.unit_id not in units:
        raise NotFound
    return promised.shown(line, today())


@visits.get("/mayor/visits/commitments/<int:commitment_id>")
def commitment(commitment_id: int) -> str:
    """Show a commitment and what happened to it. Two statements."""
    each = _read(commitment_id)
    is_holder = may_hold(actor(), each.row.centre_id)
    return render_template(
        "mayor/commitment.html",
        acts=ACTS[each.row.state] if is_holder else (),
        **_history(each),
        **_names(each),
    )


def _history(each: Shown) -> dict[str, Any]:
    return {"events": queries.events_of([each.row.id]).get(each.row.id, [])[::-1]}


def _names(each: Shown) -> dict[str, Any]:
    return {
        "each": each,
        "reads_whom": may_read_whom(each),
        "names": staff_names(),
        "units": city_map().units,
        "centre": city_map().centres[each.row.centre_id],
        "promised": promised,
        "words": words,
    }


@visits.get("/mayor/visits/commitments/<int:commitment_id>/<kind>")
def act_form(commitment_id: int, kind: str) -> ResponseReturnValue:
    """Show the form of an act."""
    if kind not in words.ACT:
        raise NotFound
    return _form(_read(commitment_id), kind, {}, {}, 200)


@visits.post("/mayor/visits/commitments/<int:commitment_id>/<kind>")
def act(commitment_id: int, kind: str) -> ResponseReturnValue:
    """Do the act. What was typed survives every refusal."""
    if kind not in words.ACT:
        raise NotFound
    done = Act(kind, request.form.get("words", ""), field_day("due_on"), field_id("unit"))
    version = seen()
    try:
        act_on_commitment(commitment_id, version, done, actor(), reference=request.form.get("reference", ""))
    except BadInput as error:
        return _again(commitment_id, kind, words.problems(error.problems), 422)
    except (StaleVersion, InvalidMove):
        return _again(commitment_id, kind, {}, 409, since=version)
    flash(_("It is kept, with its reason.") if kind in NEED_WORDS else _("It is kept."))
    return redirect(url_for("visits.commitment", commitment_id=commitment_id), 303)


def _again(
    commitment_id: int, kind: str, problems: dict[str, str], status: int, since: int | None = None
) -> ResponseReturnValue:
    db.session.rollback()
    db.session.expire_all()
    each = _read(commitment_id)
    typed = {name: request.form.get(name, "") for name in ("words", "due_on", "unit", "reference")}
    missed = (
        [event for event in queries.events_of([each.row.id])[each.row.id] if event.seq > since]
        if since is not None
        else []
    )
    return _form(each, kind, typed, problems, status, missed=missed)


def _form(
    each: Shown,
    kind: str,
    typed: dict[str, str],
    problems: dict[str, str],
    status: int,
    *,
    missed: list[CommitmentEvent] | None = None,
) -> ResponseReturnValue:
    require_holder(each.row.centre_id)
    return render_template(
        "mayor/commitment_act.html",
        kind=kind,
        typed=typed,
        problems=problems,
        missed=missed or [],
        is_possible=kind in ACTS[each.row.state],
        is_late=status == 409,
        keepers=keepers(each.row.centre_id),
        needs_words=kind in NEED_WORDS,
        **_names(each),
    ), status
