"""The form of a field visit: planned, and changed later. What was typed survives every refusal."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.community import meetings
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import visits_words as words
from service_desk.desks.mayor.door import actor
from service_desk.desks.mayor.visits_door import (
    field_day,
    field_hour,
    field_id,
    field_number,
    own_centres,
    require_holder,
    seen,
    visits,
)
from service_desk.errors import BadInput, StaleVersion
from service_desk.extensions import db
from service_desk.flow.plan_visit import Plan, change_visit, plan_visit
from service_desk.intake.rules import SaidPlace, clean_text

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.community.models import Visit


@dataclass
class Typed:
    """The form as it stands. day, hour: as date and time fields write them; version: of the visit it was made from."""

    title: str = ""
    day: str = ""
    hour: str = ""
    line: str = ""
    lon: float | None = None
    lat: float | None = None
    centre: str = ""
    words: str = ""
    is_public: bool = False
    key: str = ""
    version: int = 0


def _of(visit: Visit) -> Typed:
    at = clock.local(visit.at)
    return Typed(
        visit.title,
        at.date().isoformat(),
        f"{at:%H:%M}",
        visit.place,
        visit.lon,
        visit.lat,
        str(visit.centre_id),
        visit.words,
        visit.is_public,
        version=visit.version,
    )


def _typed() -> Typed:
    form = request.form
    return Typed(
        form.get("title", "")[:200],
        form.get("day", "")[:10],
        form.get("hour", "")[:5],
        form.get("line", "")[:200],
        field_number("lon", 180),
        field_number("lat", 90),
        form.get("centre", "")[:20],
        form.get("words", "")[:4000],
        form.get("is_public") == "yes",
        form.get("key", "")[:64],
        seen(),
    )


def _plan(typed: Typed) -> Plan:
    line = clean_text(typed.line, 200)
    if typed.lon is not None and typed.lat is not None:
        place = SaidPlace("pin", line=line, lon=typed.lon, lat=typed.lat)
    else:
        place = SaidPlace("address" if line else "none", line=line)
    return Plan(
        typed.title,
        field_day("day"),
        field_hour("hour"),
        place,
        typed.key,
        field_id("centre"),
        typed.words,
        typed.is_public,
    )


@visits.get("/mayor/visits/new")
def new() -> ResponseReturnValue:
    """Show the empty form."""
    require_holder(None)
    return _page(Typed(key=secrets.token_hex(16), is_public=True), None, {}, 200)


@visits.post("/mayor/visits/new")
def plan() -> ResponseReturnValue:
    """Plan the visit."""
    typed = _typed()
    try:
        visit_id = plan_visit(_plan(typed), actor())
    except BadInput as error:
        db.session.rollback()
        return _page(typed, None, error.problems, 422)
    flash(_("The meeting is planned."))
    return redirect(url_for("visits.visit", visit_id=visit_id), 303)


@visits.get("/mayor/visits/<int:visit_id>/edit")
def edit(visit_id: int) -> ResponseReturnValue:
    """Show the form with what is known."""
    visit = meetings.visit_or_404(visit_id)
    require_holder(visit.centre_id)
    return _page(_of(visit), visit, {}, 200)


@visits.post("/mayor/visits/<int:visit_id>/edit")
def change(visit_id: int) -> ResponseReturnValue:
    """Keep the change; when somebody else was faster, both are shown and nothing is overwritten."""
    typed = _typed()
    try:
        change_visit(visit_id, typed.version, _plan(typed), actor())
    except BadInput as error:
        db.session.rollback()
        return _page(typed, meetings.visit_or_404(visit_id), error.problems, 422)
    except StaleVersion:
        db.session.rollback()
        db.session.expire_all()
        visit = meetings.visit_or_404(visit_id)
        typed.version = visit.version
        return _page(typed, visit, {}, 409, theirs=_of(visit))
    flash(_("The change is kept."))
    return redirect(url_for("visits.visit", visit_id=visit_id), 303)


def _page(
    typed: Typed, visit: Visit | None, problems: dict[str, str], status: int, theirs: Typed | None = None
) -> ResponseReturnValue:
    centres = [(str(each.id), f"{each.number}: {by_language(each.name)}") for each in own_centres()]
    return render_template(
        "mayor/visit_form.html",
        typed=typed,
        visit=visit,
        theirs=theirs,
        problems=words.problems(problems),
        labels=words.LABEL,
        centres=centres,
        centre_names={str(each.id): by_language(each.name) for each in city_map().centres.values()},
    ), status
