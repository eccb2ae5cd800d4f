"""The page of one ticket, in at most eight statements, and the few things asked from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.clerk import cards, order_acts, thread, words
from service_desk.desks.clerk.acts import ACTS, is_allowed, is_possible, offered
from service_desk.desks.clerk.at_work import working_on
from service_desk.desks.clerk.door import actor, desk, staff_names
from service_desk.desks.clerk.minimap import mini_map
from service_desk.desks.clerk.order_cards import order_card
from service_desk.desks.clerk.order_parts import damages_of
from service_desk.desks.clerk.people_card import people_of
from service_desk.desks.clerk.photos import photo_bytes
from service_desk.desks.clerk.rows import holder_of, icon_of, name_of, tag_of
from service_desk.desks.filters import by_language
from service_desk.errors import NotAllowed
from service_desk.flow import read_ticket as flow
from service_desk.flow.duplicates import duplicates_of
from service_desk.people.rules import may
from service_desk.tickets import queries

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.contractors.queries.files import OrderFile
    from service_desk.flow.dossier import Dossier
    from service_desk.intake.models import Report
    from service_desk.people.rules import Actor

#: who may open the page of a damage
AUDIENCE_OF_DAMAGES = ("mayor", "manager", "admin")


@desk.get("/desk/t/<int:ticket_id>", endpoint="ticket")
def ticket_page(ticket_id: int) -> str:
    """Show everything on a ticket. ?show=talk|internal|log chooses a tab of the thread."""
    return _page(ticket_id)


@desk.post("/desk/t/<int:ticket_id>/phone/<int:follower_id>")
def reveal(ticket_id: int, follower_id: int) -> str:
    """Show the page with one phone number in full. The look is in the access log."""
    phone = flow.reveal_phone(ticket_id, follower_id, actor())
    return _page(ticket_id, revealed={follower_id: phone})


@desk.get("/desk/t/<int:ticket_id>/photo/<int:photo_id>")
def photo(ticket_id: int, photo_id: int) -> Response:
    """Give a photo of the ticket. ?size=small for the strip."""
    ticket = queries.ticket_or_404(ticket_id)
    if not may(actor(), "see_ticket", unit_id=ticket.unit_id):
        raise NotAllowed
    size = "small" if request.args.get("size") == "small" else "full"
    return Response(photo_bytes(ticket_id, photo_id, size), mimetype="image/jpeg")


def _page(ticket_id: int, revealed: dict[int, str] | None = None) -> str:
    who, now, city = actor(), clock.now(), city_map()
    dossier = flow.read_ticket(ticket_id, who)
    ticket = dossier.ticket
    duplicates = duplicates_of(dossier)
    every = thread.entries(dossier, duplicates)
    show = request.args.get("show", "all")
    show = show if show in thread.TABS else "all"
    main, rest = offered(ticket, who)
    orders = dossier.orders
    proofs = {each["photo_id"] for order in orders for each in order.proofs}
    return render_template(
        "clerk/ticket.html",
        ticket=ticket,
        dossier=dossier,
        name=name_of(ticket),
        icon_name=icon_of(ticket),
        tag=tag_of(ticket),
        centre=city.centres[ticket.centre_id],
        holder=holder_of(ticket, city, staff_names()),
        stories=[(report, answers_of(report)) for report in dossier.reports],
        tabs=[(name, len(thread.tab(every, name))) for name in thread.TABS],
        show=show,
        entries=thread.tab(every, show),
        orders=[_order(each, dossier, who, now) for each in orders],
        photos=[each for each in dossier.photos if each.id not in proofs],
        may_link=may(who, "issue_order"),
        may_see_damages=who.has(*AUDIENCE_OF_DAMAGES),
        clocks=cards.clock_cards(dossier.clocks, dossier.pauses, now),
        ball=cards.ball_card(dossier, now),
        route=route_words(dossier),
        map=mini_map(ticket.lon, ticket.lat) if ticket.lon is not None and ticket.lat is not None else None,
        people=people_of(dossier, revealed or {}),
        similar=[(each, name_of(each), round(metres)) for each, metres in dossier.similar],
        main_acts=main,
        more_acts=rest,
        may_reply=is_allowed(ACTS["reply"], ticket, who),
        may_note=is_allowed(ACTS["note"], ticket, who),
        is_outside=who.kind == "staff" and bool(who.centre_ids) and ticket.centre_id not in who.centre_ids,
        merged=ticket.merged_into_id,
        duplicates=duplicates,
        parts=[
            event.data["into"] for event in dossier.events if event.kind == "split" and "into" in event.data
        ],
        may_merge=is_allowed(ACTS["merge"], ticket, who) and is_possible(ACTS["merge"], ticket, who),
        **working_on(dossier, who, now),
        words=words,
    )


def _order(found: OrderFile, dossier: Dossier, who: Actor, now: datetime) -> dict[str, Any]:
    """Return one order's card with what may be done to it and what it cost."""
    ticket = dossier.ticket
    return {
        "card": order_card(found, ticket.reference, now, (dossier.clocks, dossier.pauses)),
        "acts": order_acts.offered(found, ticket, who),
        "damages": damages_of(dossier.events, found.self["id"]),
    }


def answers_of(report: Report) -> list[tuple[Any, str]]:
    """Return (question by language, answer in words) of what was answered."""
    service = catalogue().types.get(report.service_code)
    found = []
    for question in service.questions if service else ():
        given = report.answers.get(question.code)
        if given in (None, "", []):
            continue
        options = {option.key: option.text for option in question.options}
        values = given if isinstance(given, list) else [given]
        shown = ", ".join(_answer(value, options) for value in values)
        found.append((question.text, shown))
    return found


def _answer(value: Any, options: dict[str, Any]) -> str:
    if isinstance(value, bool):
        return str(words.YES if value else words.NO)
    return str(by_language(options[value])) if value in options else str(value)


def route_words(dossier: Dossier) -> dict[str, Any]:
    """Return why this centre and handler: method, reason in triage, neighbour (number, metres) and handler's rule."""
    ticket, route, city = dossier.ticket, dossier.route, city_map()
    why = (route.why if route else None) or {}
    neighbours = [
        (city.centre_of_area(code).number, round(metres))
        for code, metres in why.get("neighbours", ())
        if code in city.areas
    ]
    return {
        "method": words.METHOD.get(ticket.routing_method, ""),
        "triage": words.why_triage(ticket.triage_reason),
        "neighbours": neighbours,
        "neighbour": city.centres.get(ticket.neighbour_centre_id or 0),
        # whom the decision named: since then the centre may have handed it to another
        "unit": city.units.get((route.unit_id if route else None) or 0),
        "handler": words.HANDLER.get(str(why.get("handler", {}).get("rule", "")), ""),
        "round": route.round if route else 0,
    }
