"""A report, one question at a time: what, where, «is it known already?», details. Works without JavaScript."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from flask_babel import get_locale

from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import danger_numbers
from service_desk.desks.resident import typed as forms
from service_desk.desks.resident.door import desk
from service_desk.desks.resident.sayings import problem
from service_desk.desks.resident.steps import ask_details, ask_where, known_near, take_offer
from service_desk.desks.said_place import place_of
from service_desk.errors import BadInput
from service_desk.extensions import limiter
from service_desk.flow.join import join_ticket
from service_desk.flow.receive import receive_report
from service_desk.intake.photos import BadPhoto, encode
from service_desk.intake.rules import PHOTO_LIMIT, clean_text
from service_desk.people.rules import Actor
from service_desk.routing.queries import place
from service_desk.telemetry import log
from service_desk.tickets import queries as tickets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Response
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage

    from service_desk.intake.rules import EncodedPhoto


@desk.after_request
def _kept_for_back(response: Response) -> Response:
    """The browser keeps the steps, for its back button; nobody between may. Chromium keeps no answer that says no-store."""
    if request.endpoint in {"resident.where", "resident.placed"}:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@desk.get("/report")
def what() -> str:
    """Suggest types for a sentence, or show the topics."""
    said = clean_text(request.args.get("q", ""), 300)
    found = catalogue()
    suggested = [found.types[each.code] for each in found.suggester.suggest(said, 5)] if said else []
    return render_template(
        "resident/what.html",
        said=said,
        suggested=suggested,
        groups=found.groups.values(),
        numbers=danger_numbers(said),
    )


@desk.get("/report/<code>")
def where(code: str) -> ResponseReturnValue:
    """Ask where it is; types without a place go straight to the details."""
    service = catalogue().type(code)
    typed = forms.Typed({"text": clean_text(request.args.get("q", ""), 300), "key": secrets.token_hex(16)})
    if not service.needs_place:
        return ask_details(service, typed)
    return ask_where(service, typed)


@desk.post("/report/<code>")
@limiter.limit("60/minute")
def placed(code: str) -> ResponseReturnValue:
    """Take the place; ask again when it does not decide, show what is already known there, or go on to the details."""
    service = catalogue().type(code)
    typed = forms.read(request.form, service)
    if "lang" in request.args:
        # Whoever changes the page's language wants the messages in it, too.
        typed.values["spoken"] = str(get_locale())
    # Photos cannot come back with a page that is asked for again, in another language.
    lost = sum(bool(file.filename) for file in request.files.getlist("photos"))
    if not service.needs_place:
        return ask_details(service, typed, lost=lost)
    if typed.get("offer"):
        take_offer(typed)
    found = place(place_of(typed.values))
    if typed.get("step") == "back":
        return ask_where(service, typed)
    mode = typed.get("mode")
    if not found.is_decided and mode not in {"words", "outside"}:
        return ask_where(service, typed, found), 422
    if typed.get("step") != "new" and (known := known_near(service, found)):
        return render_template("resident/known.html", service=service, typed=typed, known=known, placed=found)
    return ask_details(service, typed, found, lost=lost)


@desk.post("/report/<code>/send")
@limiter.limit("20/minute")
def send(code: str) -> ResponseReturnValue:
    """Take the whole report. A wrong detail gives the form back with everything in it; a photo that fails loses nothing."""
    service = catalogue().type(code)
    typed = forms.read(request.form, service)
    photos, lost = read_photos(request.files.getlist("photos"))
    try:
        said = forms.said_of(typed, service, str(get_locale()), photos)
        received = receive_report(said, Actor("resident"), lost_photos=lost)
    except BadInput as error:
        found = place(place_of(typed.values)) if service.needs_place else None
        return ask_details(service, typed, found, error.problems, lost=len(photos) + lost), 422
    return redirect(url_for("resident.receipt", token=received.token, lost=received.lost_photos or None), 303)


def read_photos(files: Iterable[FileStorage]) -> tuple[tuple[EncodedPhoto, ...], int]:
    """Return the photos that could be read, up to the limit, and how many could not."""
    photos: list[EncodedPhoto] = []
    lost = 0
    for file in list(files):
        if not file.filename:
            continue
        if len(photos) >= PHOTO_LIMIT:
            lost += 1
            continue
        try:
            photos.append(encode(file.stream.read()))
        except BadPhoto as error:
            log.info("photo_refused", reason=str(error))
            lost += 1
    return tuple(photos), lost


@desk.post("/report/<code>/join")
@limiter.limit("20/minute")
def join(code: str) -> ResponseReturnValue:
    """«Me too»: follow what is already known instead of reporting it again."""
    service = catalogue().type(code)
    typed = forms.read(request.form, service)
    problems: dict[str, str] = {}
    phone, contact = forms.contact_of(typed, str(get_locale()), problems)
    ticket = tickets.by_reference(typed.get("reference"))
    if ticket is None or ticket.service_code != code or not service.is_public:
        problems["reference"] = "no_longer_open"
    if problems or ticket is None:
        found = place(place_of(typed.values))
        errors = {name: problem(each) for name, each in problems.items()}
        return render_template(
            "resident/known.html",
            service=service,
            typed=typed,
            known=known_near(service, found),
            placed=found,
            errors=errors,
        ), 422
    token = join_ticket(
        ticket.id,
        phone=phone,
        contact=contact,
        locale=forms.spoken(typed, str(get_locale())),
        words=typed.get("text"),
    )
    return redirect(url_for("resident.receipt", token=token, joined=1), 303)
