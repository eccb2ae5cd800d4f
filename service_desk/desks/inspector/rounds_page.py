"""Rounds: the list, one round with its way, and what is changed on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.inspector import planning, words
from service_desk.desks.inspector.door import actor, desk, ids
from service_desk.desks.inspector.stops import views
from service_desk.errors import BadInput, InvalidMove, NotFound
from service_desk.extensions import db
from service_desk.flow import plan_round as plans
from service_desk.flow import walk_round as walks
from service_desk.supervision.queries import rounds, stops
from service_desk.supervision.rules.who import may_supervise

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: days back that the list shows
BACK_DAYS = 30


@desk.get("/inspector/rounds")
def round_list() -> str:
    """Show the rounds to come and those of the last month."""
    today = clock.local(clock.now()).date()
    found = rounds.rounds(since=today - timedelta(days=BACK_DAYS))
    is_ahead = {
        each.round.id: each.round.day >= today and each.round.state in {"planned", "walking"}
        for each in found
    }
    return render_template(
        "inspector/rounds.html",
        ahead=[each for each in reversed(found) if is_ahead[each.round.id]],
        past=[each for each in found if not is_ahead[each.round.id]],
        names=staff_names(),
        centres=city_map().centres,
        may_plan=may_supervise(actor(), "plan_round"),
        words=words,
    )


@desk.get("/inspector/rounds/new")
def round_new() -> ResponseReturnValue:
    """Show the form of a new round."""
    return planning.page(planning.read_typed(), {}, 200)


@desk.post("/inspector/rounds/new")
def round_plan() -> ResponseReturnValue:
    """Plan a round. What was typed survives a refusal."""
    typed = planning.read_typed()
    try:
        round_id = plans.plan_round(planning.plan_of(typed), actor())
    except BadInput as error:
        db.session.rollback()
        return planning.page(typed, error.problems, 422)
    flash(_("The round is planned, along a short way."))
    return redirect(url_for("inspector.walk", round_id=round_id), 303)


@desk.get("/inspector/rounds/<int:round_id>")
def walk(round_id: int) -> ResponseReturnValue:
    """Show a round: its stops in order, on the map, and what can be changed."""
    found = rounds.round_or_404(round_id)
    lines = stops.stops_of([round_id])
    is_over = found.state in {"done", "cancelled"}
    may_plan = may_supervise(actor(), "plan_round") and not is_over
    return render_template(
        "inspector/round.html",
        walk=found,
        stops=views(lines),
        inspector=staff_names().get(found.inspector_id, ""),
        centre=city_map().centres.get(found.centre_id or 0),
        is_mine=found.inspector_id == actor().id and not is_over,
        may_plan=may_plan,
        words=words,
    )


@desk.get("/inspector/rounds/<int:round_id>/more")
def round_more(round_id: int) -> ResponseReturnValue:
    """Show the form that adds stops to a round."""
    return planning.page(planning.read_typed(), {}, 200, walk=rounds.round_or_404(round_id))


@desk.post("/inspector/rounds/<int:round_id>/<change>")
def round_change(round_id: int, change: str) -> ResponseReturnValue:
    """Change a round: start, end, cancel, order its way, move or remove a stop, add stops."""
    if change == "more":
        return _add(round_id)
    here, who = (next(iter(ids("stop")), 0)), actor()
    acts = {
        "start": lambda: walks.start_round(round_id, who),
        "end": lambda: walks.end_round(round_id, who),
        "cancel": lambda: plans.cancel_round(round_id, who),
        "order": lambda: plans.order_stops(round_id, who),
        "up": lambda: plans.move_stop(round_id, here, -1, who),
        "down": lambda: plans.move_stop(round_id, here, 1, who),
        "remove": lambda: plans.remove_stop(round_id, here, who),
    }
    if change not in acts:
        raise NotFound
    try:
        acts[change]()
    except InvalidMove:
        db.session.rollback()
        flash(_("The round has moved on; this is how it stands now."))
    then = request.form.get("then")
    target = url_for("inspector.today") if then == "today" else url_for("inspector.walk", round_id=round_id)
    return redirect(f"{target}#stop-{here}" if here else target, 303)


def _add(round_id: int) -> ResponseReturnValue:
    typed = planning.read_typed()
    try:
        plans.add_stops(round_id, planning.stops_of(typed), actor())
    except BadInput as error:
        db.session.rollback()
        return planning.page(typed, error.problems, 422, walk=rounds.round_or_404(round_id))
    return redirect(url_for("inspector.walk", round_id=round_id), 303)
