"""Intake on one screen: a report written down for a caller or a walk-in, by the same use-case as the resident's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.clerk import words
from service_desk.desks.clerk.door import actor, counts_kept, desk
from service_desk.desks.clerk.intake_draft import read_draft
from service_desk.desks.clerk.photos import read_photos
from service_desk.desks.clerk.rows import name_of
from service_desk.desks.filters import where
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound
from service_desk.flow import join, read_ticket, receive, report_inbound
from service_desk.intake.rules import Said, clean_text
from service_desk.people.actions import phone_number
from service_desk.people.rules import may
from service_desk.routing import queries as routes
from service_desk.tickets import queries

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.catalog.rules import ServiceType
    from service_desk.desks.clerk.intake_draft import Draft
    from service_desk.routing.rules import Placed
    from service_desk.tickets.models import Ticket

SUGGESTIONS = 6


@desk.get("/desk/new")
def intake() -> ResponseReturnValue:
    """Show an empty screen, one with the type that the address names, or one begun by what somebody wrote."""
    _require()
    draft = read_draft()
    if draft.opening and draft.opening.ticket_id:
        return redirect(url_for("clerk.ticket", ticket_id=draft.opening.ticket_id), 303)
    return _screen(draft)


@desk.post("/desk/new")
def intake_send() -> ResponseReturnValue:
    """Take the report, add the caller to a known one, or only show the questions and what is near. Typed words stay."""
    _require()
    draft, wish = read_draft(), request.form.get("do", "send")
    if wish == "look":
        return _screen(draft)
    if wish.startswith("pick:"):
        draft.service_code = wish.removeprefix("pick:")
        draft.tell()
        return _screen(draft)
    try:
        ticket_id = _join(draft, wish) if wish.startswith("join:") else _receive(draft, wish)
    except BadInput as error:
        return _screen(draft, error.problems, 422)
    except InvalidMove:
        return _screen(draft, {"similar": "no_longer_open"}, 409)
    counts_kept.forget()
    session["just_opened"] = [ticket_id, draft.numbers]
    return redirect(url_for("clerk.intake_done", ticket_id=ticket_id), 303)


def _require() -> None:
    if not may(actor(), "file_for_other"):
        raise NotAllowed


def _phone(draft: Draft) -> str | None:
    return phone_number(draft.phone) if draft.phone.strip() else None


def _receive(draft: Draft, wish: str) -> int:
    """Open the request. wish: «outside» leaves a pin outside the city to be passed on; otherwise it is asked about first."""
    service, place = draft.service, draft.place
    problems: dict[str, str] = {} if service else {"service": "required"}
    phone = None
    try:
        phone = _phone(draft)
    except BadInput as error:
        problems |= error.problems
    if service and service.needs_place and place.kind == "none" and not place.landmark:
        problems["line"] = "no_place"
    if draft.is_pinned and wish != "outside" and routes.place(place).method == "outside":
        problems["pin"] = "outside_boundary"
    photos, bad_photo = read_photos(request.files.getlist("photos"))
    if problems:
        raise BadInput(problems)
    said = Said(
        service_code=draft.service_code,
        text=clean_text(draft.text),
        place=place,
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
    number = numbers.whole(wish.removeprefix("join:"))
    if number is None:
        raise NotFound
    phone = _phone(draft)
    join.join_ticket(
        number,
        phone=phone,
        contact=draft.contact if phone else "none",
        locale=draft.language,
        words=draft.text,
        person_name=clean_text(draft.name, 100),
    )
    return number


def _screen(draft: Draft, problems: dict[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    service, shelf = draft.service, catalogue()
    place = draft.place
    placed = routes.place(place) if place.kind != "none" else None
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
        numbers=draft.numbers,
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
    opened, numbers_first = session.pop("just_opened", None) or (None, [])
    is_fresh = opened == ticket_id
    return render_template(
        "clerk/intake_done.html",
        ticket=ticket,
        name=name_of(ticket),
        place=where(ticket),
        centre=city_map().centres[ticket.centre_id],
        promised=promised[-1] if promised else None,
        triage=words.why_triage(ticket.triage_reason),
        is_fresh=is_fresh,
        numbers=numbers_first if is_fresh else [],
        now=clock.now(),
    )
