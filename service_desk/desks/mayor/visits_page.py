"""Field visits: what comes, what was, what was promised and how it stands; one visit; and its sheet for the meeting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.community import meetings, queries
from service_desk.community.rules import EARLY, ENDS, may_hold, may_promise
from service_desk.desks import promised
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.clerk.minimap import mini_map
from service_desk.desks.mayor import visits_words as words
from service_desk.desks.mayor import words as figure_words
from service_desk.desks.mayor.door import actor, read_centre
from service_desk.desks.mayor.visits_door import (
    may_read_whom,
    own_centres,
    own_units,
    read_visit,
    seen,
    today,
    visits,
)
from service_desk.flow import plan_visit

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from service_desk.desks.promised import Shown

#: visits that took place are listed back to so many days
BACK_DAYS = 400


@visits.get("/mayor/visits")
def home() -> str:
    """List visits and commitments, of all centres or ?centre=; ?show= open, late, ended or all. At most five statements."""
    centre, day, now = read_centre(request.args), today(), clock.now()
    centre_id = centre.id if centre else None
    show = request.args.get("show", "open")
    show = show if show in words.SHOW else "open"
    units = own_units()
    lines = _lines(show, centre_id, units, day)
    is_all = units is None
    coming = meetings.visits(since=now - EARLY, centre_id=centre_id) if is_all else []
    since = now - timedelta(days=BACK_DAYS)
    past = (
        meetings.visits(since=since, until=now - EARLY, centre_id=centre_id, newest_first=True)
        if is_all
        else []
    )
    return render_template(
        "mayor/visits.html",
        centre=centre,
        centres=list(city_map().centres.values()),
        show=show,
        lines=lines,
        coming=coming,
        past=past,
        counts=meetings.counts_by_visit([each.id for each in past], day),
        standing=queries.standing(day, centre_id=centre_id) if is_all else None,
        may_plan=bool(own_centres()),
        city=city_map(),
        may_read_whom=may_read_whom,
        most=queries.MOST,
        promised=promised,
        words=words,
        at=now,
    )


def _lines(show: str, centre_id: int | None, units: frozenset[int] | None, day: date) -> list[Shown]:
    states = {"open": ("open",), "late": ("open",), "ended": ENDS, "all": ()}[show]
    found = queries.commitments(
        centre_id=centre_id, unit_ids=units, states=states, newest_first=show == "ended"
    )
    lines = [promised.shown(each, day) for each in found]
    return [each for each in lines if each.stands == "late"] if show == "late" else lines


@visits.get("/mayor/visits/<int:visit_id>")
def visit(visit_id: int) -> str:
    """Show one visit and what was promised there. Three statements."""
    return render_template("mayor/visit.html", **_shown(visit_id))


@visits.get("/mayor/visits/<int:visit_id>/print")
def paper(visit_id: int) -> str:
    """Show the sheet for the meeting: what was promised before at this centre, and room for what will be. Four statements."""
    shown = _shown(visit_id)
    earlier = queries.commitments(centre_id=shown["visit"].centre_id, unit_ids=own_units(), states=("open",))
    return render_template(
        "mayor/visit_print.html",
        **shown,
        figures=figure_words,
        earlier=[promised.shown(each, today()) for each in earlier if each.commitment.visit_id != visit_id],
    )


def _shown(visit_id: int) -> dict[str, Any]:
    found, lines = read_visit(visit_id)
    has_point = found.lon is not None and found.lat is not None
    is_holder = may_hold(actor(), found.centre_id)
    return {
        "visit": found,
        "lines": lines,
        "centre": city_map().centres[found.centre_id],
        "minimap": mini_map(found.lon or 0.0, found.lat or 0.0) if has_point else None,
        "planned_by": staff_names().get(found.created_by, ""),
        "is_holder": is_holder,
        "has_begun": may_promise(found.state, found.at, clock.now()),
        "may_read_whom": may_read_whom,
        "is_all": own_units() is None,
        "promised": promised,
        "words": words,
        "at": clock.now(),
    }


@visits.post("/mayor/visits/<int:visit_id>/hold")
def hold(visit_id: int) -> ResponseReturnValue:
    """Say that it took place."""
    plan_visit.hold_visit(visit_id, seen(), actor())
    flash(_("It is noted that the meeting took place."))
    return redirect(url_for("visits.visit", visit_id=visit_id), 303)


@visits.post("/mayor/visits/<int:visit_id>/call-off")
def call_off(visit_id: int) -> ResponseReturnValue:
    """Say that it will not take place."""
    plan_visit.call_off_visit(visit_id, seen(), actor())
    flash(_("The meeting is called off."))
    return redirect(url_for("visits.visit", visit_id=visit_id), 303)
