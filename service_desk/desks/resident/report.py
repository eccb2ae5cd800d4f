"""A report, one question at a time: what, where, «is it known already?», details. Works without JavaScript."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import DANGER_NUMBERS, danger_kinds
from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.resident import typed as forms
from service_desk.desks.resident import usual_times
from service_desk.desks.resident.door import desk
from service_desk.desks.resident.sayings import centre_name, problem, whose_move, why_undecided
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

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage

    from service_desk.catalog.rules import Question, ServiceType
    from service_desk.desks.resident.typed import Typed
    from service_desk.intake.rules import EncodedPhoto
    from service_desk.routing.rules import Placed


@desk.get("/report")
def what() -> str:
    """Suggest types for a sentence, or show the topics."""
    said = clean_text(request.args.get("q", ""), 300)
    found = catalogue()
    suggested = [found.types[each.code] for each in found.suggester.suggest(said, 5)] if said else []
    numbers = sorted({number for kind in danger_kinds(said) for number in DANGER_NUMBERS[kind]})
    return render_template(
        "resident/what.html", said=said, suggested=suggested, groups=found.groups.values(), numbers=numbers
    )


@desk.get("/report/<code>")
def where(code: str) -> ResponseReturnValue:
    """Ask where it is; types without a place go straight to the details."""
    service = catalogue().type(code)
    typed = forms.Typed({"text": clean_text(request.args.get("q", ""), 300), "key": secrets.token_hex(16)})
    if not service.needs_place:
        return _details(service, typed)
    return _ask_where(service, typed)


@desk.post("/report/<code>")
@limiter.limit("60/minute")
def placed(code: str) -> ResponseReturnValue:
    """Take the place; ask again when it does not decide, show what is already known there, or go on to the details."""
    service = catalogue().type(code)
    typed = forms.read(request.form, service)
    found = place(forms.place_of(typed))
    if typed.get("step") == "back":
        return _ask_where(service, typed)
    mode = typed.get("mode")
    if not found.is_decided and mode not in {"words", "outside"}:
        return _ask_where(service, typed, found), 422
    if typed.get("step") != "new" and (known := _known(service, found)):
        return render_template("resident/known.html", service=service, typed=typed, known=known, placed=found)
    return _details(service, typed, found)


def _ask_where(service: ServiceType, typed: Typed, found: Placed | None = None) -> str:
    city = city_map()
    candidates = (
        [city.centre_of_area(code) for code in found.candidates if code in city.areas] if found else []
    )
    problems = [("line", why_undecided(found.reason))] if found else []
    return render_template(
        "resident/where.html",
        service=service,
        typed=typed,
        found=found,
        candidates=[(each, centre_name(each.id)) for each in candidates],
        problems=problems,
        middle=city.authority,
    )


def _known(service: ServiceType, found: Placed) -> list[dict[str, Any]]:
    """Return open reports of the same type around the place, unless the type is private."""
    if (
        service.is_sensitive
        or not service.is_public
        or found.lon is None
        or found.lat is None
        or not service.known_radius_m
    ):
        return []
    near = tickets.nearby(service.code, found.lon, found.lat, service.known_radius_m)
    return [
        {"ticket": ticket, "metres": round(metres / 10) * 10, "tag": whose_move(ticket)}
        for ticket, metres in near
    ]


def _details(
    service: ServiceType,
    typed: Typed,
    found: Placed | None = None,
    problems: dict[str, str] | None = None,
    lost: int = 0,
) -> str:
    city = city_map()
    handler = city.centre_of_area(found.area_code) if found and found.area_code else None
    typed.values["key"] = typed.get("key") or secrets.token_hex(16)
    return render_template(
        "resident/details.html",
        service=service,
        typed=typed,
        found=found,
        centre=handler,
        centre_words=centre_name(handler.id) if handler else "",
        near=[
            centre_name(city.centre_of_area(code).id) for code, _metres in (found.neighbours if found else ())
        ],
        errors={name: problem(code) for name, code in (problems or {}).items()},
        summary_rows=[
            (name, _labelled(service, name, problem(code))) for name, code in (problems or {}).items()
        ],
        lost=lost,
        photo_limit=PHOTO_LIMIT,
        usual_time=usual_times.of_type(service.code, handler.id if handler else None),
        standard=usual_times.standard_of(service.code),
        question_options=_options,
    )


def _options(question: Question) -> list[tuple[str, str, str]]:
    return [(option.key, by_language(dict(option.text)), "") for option in question.options]


def _labelled(service: ServiceType, name: str, sentence: str) -> str:
    question = next((each for each in service.questions if f"answer_{each.code}" == name), None)
    labels = {"phone": _("Mobile phone"), "text": _("What happened, in your words")}
    label = by_language(dict(question.text)) if question else labels.get(name, name)
    return _("%(field)s: %(problem)s", field=label, problem=sentence)


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
        found = place(forms.place_of(typed)) if service.needs_place else None
        return _details(service, typed, found, error.problems, lost=len(photos) + lost), 422
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
        found = place(forms.place_of(typed))
        errors = {name: problem(each) for name, each in problems.items()}
        return render_template(
            "resident/known.html",
            service=service,
            typed=typed,
            known=_known(service, found),
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
