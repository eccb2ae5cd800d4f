"""One case: its page, its acts, its print, its photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, flash, redirect, render_template, request, url_for

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.clerk.minimap import mini_map
from service_desk.desks.inspector import words
from service_desk.desks.inspector.case_fields import AT_ONCE, act_of, fields_of, possible
from service_desk.desks.inspector.door import actor, desk, photos
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow.handle_case import act_on_case
from service_desk.intake import photos as pictures
from service_desk.supervision.queries import cases, stops
from service_desk.supervision.rules.cases import (
    FOR_EVERYBODY,
    NEAR_M,
    SIMILAR_REPORTS,
    VERBS,
    is_taken,
)
from service_desk.supervision.rules.who import may_handle, may_supervise
from service_desk.telemetry import log

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.supervision.models import Case, CaseEvent

#: a version no case has: a form without its version is answered like a late one
_NEVER = -1
_NOT_TYPED = frozenset({"csrf_token", "seen", "despite", "photos"})


@desk.get("/inspector/cases/<int:case_id>")
def case(case_id: int) -> str:
    """Show a case with its history, and what is near it."""
    found = cases.case_or_404(case_id)
    return render_template("inspector/case.html", **_shown(found), **_near(found))


@desk.get("/inspector/cases/<int:case_id>/print")
def case_print(case_id: int) -> str:
    """Show a case as it goes on paper."""
    return render_template("inspector/case_print.html", **_shown(cases.case_or_404(case_id)))


def _shown(found: Case) -> dict[str, Any]:
    city, who, now = city_map(), actor(), clock.now()
    pictures_by_seq: dict[int, list[int]] = {}
    for photo in cases.photos_of(found.id):
        pictures_by_seq.setdefault(photo.seq, []).append(photo.id)
    return {
        "case": found,
        "events": cases.events_of(found.id),
        "photos": pictures_by_seq,
        "names": staff_names(),
        "units": city.units,
        "centre": city.centres.get(found.centre_id or 0),
        "is_taken": is_taken(found.taken_by, found.taken_at, who.id, now),
        "is_mine": found.taken_by == who.id,
        "acts": _acts(found),
        "words": words,
        "at": now,
    }


def _acts(found: Case) -> list[str]:
    """Return the acts that the person may do now."""
    if not may_supervise(actor(), "handle_case"):
        return []
    is_own = may_handle(actor(), found.unit_id)
    return [
        verb
        for verb in possible(found)
        if (is_own or verb in FOR_EVERYBODY)
        and (verb != "take" or found.taken_by != actor().id)
        and (verb != "release" or found.taken_by is not None)
    ]


def _near(found: Case) -> dict[str, Any]:
    if found.lon is None or found.lat is None:
        return {"minimap": None, "near": [], "reports": []}
    return {
        "minimap": mini_map(found.lon, found.lat),
        "near": [
            (each, round(metres))
            for each, metres in cases.near(found.lon, found.lat, NEAR_M)
            if each.id != found.id
        ],
        "reports": [
            (ticket, round(metres))
            for ticket, metres in stops.known_near(SIMILAR_REPORTS, found.lon, found.lat, NEAR_M)
        ],
    }


@desk.get("/inspector/cases/<int:case_id>/<verb>")
def case_act(case_id: int, verb: str) -> ResponseReturnValue:
    """Show the form of an act."""
    if verb not in VERBS:
        raise NotFound
    found = cases.case_or_404(case_id)
    if verb not in _allowed(found):
        raise NotAllowed
    return _form(found, verb, {}, {}, 200, is_too_late=verb not in possible(found))


def _allowed(found: Case) -> frozenset[str]:
    """Return the acts that the person may do in some state of the case."""
    if may_handle(actor(), found.unit_id):
        return frozenset(VERBS)
    return FOR_EVERYBODY if may_supervise(actor(), "handle_case") else frozenset()


@desk.post("/inspector/cases/<int:case_id>/<verb>")
def case_do(case_id: int, verb: str) -> ResponseReturnValue:
    """Do the act. What was typed survives every refusal."""
    if verb not in VERBS:
        raise NotFound
    seen = request.form.get("seen", _NEVER, type=int)
    despite = request.form.get("despite", type=int)
    try:
        act_on_case(case_id, seen, act_of(verb), actor(), photos=photos("photos"), despite=despite)
    except BadInput as error:
        return _again(case_id, verb, 422, problems=error.problems)
    except StaleVersion as error:
        return _again(case_id, verb, 409, since=error.seen)
    except InvalidMove:
        return _again(case_id, verb, 409, is_too_late=True)
    flash(str(words.DONE[verb]))
    return redirect(url_for("inspector.case", case_id=case_id), 303)


def _again(
    case_id: int,
    verb: str,
    status: int,
    *,
    problems: dict[str, str] | None = None,
    since: int | None = None,
    is_too_late: bool = False,
) -> ResponseReturnValue:
    db.session.rollback()
    db.session.expire_all()
    found = cases.case_or_404(case_id)
    typed = {name: value for name, value in request.form.items() if name not in _NOT_TYPED}
    missed = [event for event in cases.events_of(case_id) if event.seq > since] if since is not None else []
    is_late = is_too_late or verb not in possible(found)
    sentences = {name: words.problem(code) for name, code in (problems or {}).items()}
    return _form(
        found, verb, typed, sentences, status, is_stale=since is not None, missed=missed, is_too_late=is_late
    )


def _form(
    found: Case,
    verb: str,
    typed: dict[str, str],
    problems: dict[str, str],
    status: int,
    *,
    is_stale: bool = False,
    is_too_late: bool = False,
    missed: list[CaseEvent] | None = None,
) -> ResponseReturnValue:
    taken = is_taken(found.taken_by, found.taken_at, actor().id, clock.now()) and verb not in FOR_EVERYBODY
    return render_template(
        "inspector/case_act.html",
        case=found,
        verb=verb,
        fields=[] if verb in AT_ONCE else fields_of(verb, found),
        typed=typed,
        problems=problems,
        is_stale=is_stale,
        is_too_late=is_too_late,
        is_taken=taken,
        missed=missed or [],
        names=staff_names(),
        units=city_map().units,
        words=words,
    ), status


@desk.get("/inspector/cases/<int:case_id>/photo/<int:photo_id>/<size>")
def case_photo(case_id: int, photo_id: int, size: str) -> Response:
    """Give a photo of this case. Raises NotFound, also when its file is lost."""
    row = cases.photo_of(case_id, photo_id)
    try:
        content = pictures.storage().get(row.storage_key, size)
    except OSError as error:
        log.error("photo_file_lost", photo_id=photo_id)
        raise NotFound from error
    return Response(content, mimetype="image/jpeg")
