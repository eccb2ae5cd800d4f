"""Intake on one screen: a report written down for a caller or a walk-in, by the same use-case as the resident's own."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from service_desk import clock, config
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import mentions_danger
from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.clerk.door import actor, counts_kept, desk
from service_desk.desks.clerk.photos import read_photos
from service_desk.desks.clerk.rows import name_of
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound
from service_desk.flow import join, read_ticket, receive, report_inbound
from service_desk.intake.rules import Said, SaidPlace, clean_text
from service_desk.people.actions import phone_number
from service_desk.people.rules import may
from service_desk.routing import queries as routes
from service_desk.tickets import queries

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.catalog.rules import ServiceType
    from service_desk.flow.report_inbound import Opening
    from service_desk.routing.rules import Placed
    from service_desk.tickets.models import Ticket

CONTACTS = ("sms", "whatsapp", "none")
SUGGESTIONS = 6
_ANSWER = "answer_"


@dataclass
class Draft:
    """The screen as it stands: what was typed, as typed."""

    what: str = ""
    service_code: str = ""
    line: str = ""
    landmark: str = ""
    text: str = ""
    phone: str = ""
    name: str = ""
    contact: str = "sms"
    language: str = "he"
    channel: str = "phone"
    key: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    #: what somebody wrote, from which the report is opened; None: a caller or walk-in
    opening: Opening | None = None

    @property
    def service(self) -> ServiceType | None:
        """Return the chosen type, if any."""
        return catalogue().types.get(self.service_code)


def _read_draft() -> Draft:
    """Return the screen from the request: a form that came back, or a fresh one with what the address says."""
    given = request.form if request.method == "POST" else request.args
    draft = Draft(
        what=given.get("what", "")[:200],
        service_code=given.get("service", ""),
        line=given.get("line", "")[:200],
        landmark=given.get("landmark", "")[:200],
        text=given.get("text", "")[:4000],
        phone=given.get("phone", "")[:40],
        name=given.get("name", "")[:100],
        contact=_one_of(given.get("contact"), CONTACTS),
        language=_one_of(given.get("language"), config.LOCALES),
        channel=_one_of(given.get("channel"), ("phone", "walk_in")),
        key=given.get("key", "")[:64] or secrets.token_hex(16),
    )
    draft.answers = _answers(draft.service)
    number = given.get("inbound", "")
    if number.isascii() and number.isdigit() and len(number) <= 18:
        draft.opening = report_inbound.see_opening(int(number), actor())
        if request.method == "GET":
            opening = draft.opening
            draft.text, draft.line, draft.language = opening.text, opening.line, opening.locale
    return draft


def _one_of(given: str | None, known: tuple[str, ...]) -> str:
    return given if given in known else known[0]


def _answers(service: ServiceType | None) -> dict[str, Any]:
    """Return the answers typed to the questions of the chosen type; another type's are dropped."""
    found: dict[str, Any] = {}
    for question in service.questions if service else ():
        given = [value for value in request.form.getlist(_ANSWER + question.code) if value.strip()]
        if given:
            found[question.code] = given if question.type == "multivaluelist" else given[0]
    return found


@desk.get("/desk/new")
def intake() -> ResponseReturnValue:
    """Show an empty screen, one with the type that the address names, or one begun by what somebody wrote."""
    _require()
    draft = _read_draft()
    if draft.opening and draft.opening.ticket_id:
        return redirect(url_for("clerk.ticket", ticket_id=draft.opening.ticket_id), 303)
    return _screen(draft)


@desk.post("/desk/new")
def intake_send() -> ResponseReturnValue:
    """Take the report, add the caller to a known one, or only show the questions and what is near. Typed words stay."""
    _require()
    draft, wish = _read_draft(), request.form.get("do", "send")
    if wish == "look":
        return _screen(draft)
    if wish.startswith("pick:"):
        draft.service_code = wish.removeprefix("pick:")
        return _screen(draft)
    try:
        ticket_id = _join(draft, wish) if wish.startswith("join:") else _receive(draft)
    except BadInput as error:
        return _screen(draft, error.problems, 422)
    except InvalidMove:
        return _screen(draft, {"similar": "no_longer_open"}, 409)
    counts_kept.forget()
    session["read_out"] = ticket_id
    return redirect(url_for("clerk.intake_done", ticket_id=ticket_id), 303)


def _require() -> None:
    if not may(actor(), "file_for_other"):
        raise NotAllowed


def _phone(draft: Draft) -> str | None:
    return phone_number(draft.phone) if draft.phone.strip() else None


def _receive(draft: Draft) -> int:
    service = draft.service
    problems: dict[str, str] = {} if service else {"service": "required"}
    phone = None
    try:
        phone = _phone(draft)
    except BadInput as error:
        problems |= error.problems
    is_placed = draft.line.strip() or draft.landmark.strip() or (draft.opening and draft.opening.pin)
    if service and service.needs_place and not is_placed:
        problems["line"] = "no_place"
    photos, bad_photo = read_photos(request.files.getlist("photos"))
    if problems:
        raise BadInput(problems)
    said = Said(
        service_code=draft.service_code,
        text=clean_text(draft.text),
        place=_place(draft),
        locale=draft.language,
        channel=draft.channel,
        submission_key=draft.key,
        answers=draft.answers,
        phone=phone,
        person_name=clean_text(draft.name, 100),
        contact=draft.contact if phone else "none",
        photos=tuple(photos),
    )
    if draft.opening:
        return report_inbound.open_report(draft.opening.inbound_id, said, actor())
    received = receive.receive_report(said, actor(), lost_photos=1 if bad_photo else 0)
    if received.lost_photos:
        flash(_("One photo could not be kept; the report is safe."))
    return received.ticket_id


def _join(draft: Draft, wish: str) -> int:
    number = wish.removeprefix("join:")
    if not number.isdigit() or len(number) > 18:
        raise NotFound
    phone = _phone(draft)
    join.join_ticket(
        int(number),
        phone=phone,
        contact=draft.contact if phone else "none",
        locale=draft.language,
        words=draft.text,
        person_name=clean_text(draft.name, 100),
    )
    return int(number)


def _place(draft: Draft) -> SaidPlace:
    line, landmark = clean_text(draft.line, 200), clean_text(draft.landmark, 200)
    if draft.opening and draft.opening.pin and not line:
        return report_inbound.place_of(draft.opening.pin, landmark)
    return SaidPlace("address" if line else "none", line=line, landmark=landmark)


def _screen(draft: Draft, problems: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    service, shelf = draft.service, catalogue()
    is_placed = draft.line.strip() or (draft.opening and draft.opening.pin)
    placed = routes.place(_place(draft)) if is_placed else None
    suggested = shelf.suggester.suggest(draft.what or draft.text, SUGGESTIONS) if not service else []
    return render_template(
        "clerk/intake.html",
        draft=draft,
        service=service,
        shelf=shelf,
        suggested=[shelf.types[each.code] for each in suggested],
        placed=placed,
        centre=city_map().centre_of_area(placed.area_code) if placed and placed.area_code else None,
        similar=_similar(service, placed),
        is_danger=mentions_danger(f"{draft.what} {draft.text}"),
        problems={name: words.problem(code) for name, code in (problems or {}).items()},
        words=words,
        spoken=str(get_locale()),
    ), status


def _similar(service: ServiceType | None, placed: Placed | None) -> list[tuple[Ticket, Any, int]]:
    """Return open reports of the same kind near the place: (ticket, names, metres)."""
    if service is None or placed is None or placed.lon is None or placed.lat is None:
        return []
    near = queries.nearby(service.code, placed.lon, placed.lat, max(service.known_radius_m, 60))
    return [(ticket, name_of(ticket), round(metres)) for ticket, metres in near]


@desk.get("/desk/new/<int:ticket_id>")
def intake_done(ticket_id: int) -> str:
    """Show what to read out to the caller: reference, centre, promise with its day and hour."""
    _require()
    dossier = read_ticket.read_ticket(ticket_id, actor())
    ticket = dossier.ticket
    promised = [each for each in dossier.clocks if each.kind == "resolve" and each.result is None]
    return render_template(
        "clerk/intake_done.html",
        ticket=ticket,
        name=name_of(ticket),
        centre=city_map().centres[ticket.centre_id],
        promised=promised[-1] if promised else None,
        triage=words.WHY_TRIAGE.get(ticket.triage_reason or "", ""),
        is_fresh=session.pop("read_out", None) == ticket_id,
        now=clock.now(),
    )
