"""A person sets type and place; one change of either or both is one re-route, one event, one row of history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.errors import BadInput
from service_desk.flow import step
from service_desk.intake.rules import SaidPlace
from service_desk.routing import actions as routing
from service_desk.routing import queries as routes
from service_desk.slas import actions as slas
from service_desk.slas.queries import clocks_of, pauses_of, standards
from service_desk.tickets import actions as tickets
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.routing.rules import Decision
    from service_desk.tickets.models import Ticket


def triage_ticket(
    ticket_id: int,
    seen: int | None,
    actor: Actor,
    *,
    service_code: str | None = None,
    place: SaidPlace | None = None,
    is_hazard: bool | None = None,
) -> None:
    """Accept the ticket as it is, or correct its type, place or urgency. What is None stays as it was.

    Raises BadInput when nothing of the place could be found, InvalidMove, StaleVersion.
    """
    now = clock.now()
    with transaction():
        ticket = step.take_ticket(ticket_id, seen, actor, "triage", now)
        is_changed = (service_code not in (None, ticket.service_code)) or place is not None
        data: dict[str, object] = {}
        if is_changed:
            data = _reroute(ticket, service_code, place, now)
        if is_hazard is not None and is_hazard != ticket.is_hazard:
            ticket.is_hazard = is_hazard
            data["hazard"] = is_hazard
            _promise_safety(ticket, now)
        step.move(ticket, "triaged", "rerouted" if is_changed else "triaged", actor, now, data)


def _reroute(
    ticket: Ticket, service_code: str | None, place: SaidPlace | None, now: datetime
) -> dict[str, object]:
    service = catalogue().type(service_code or ticket.service_code)
    said = place or place_of(ticket)
    decision = routes.decide(said, service)
    if decision.is_triage and place is not None:
        raise BadInput({"place": decision.triage_reason or "no_place"})
    before = {"service": ticket.service_code, "centre": ticket.centre_id, "unit": ticket.unit_id}
    _take_over(ticket, decision, place)
    if service.code != ticket.service_code:
        ticket.service_code, ticket.group_code = service.code, service.group_code
        ticket.service_type_id, ticket.is_sensitive = catalogue().ids[service.code], service.is_sensitive
        _promise_anew(ticket)
    routing.record(ticket.id, decision, len(routes.routes_of(ticket.id)) + 1, now)
    return {"before": before, "service": ticket.service_code, "routing": decision.why()}


def _take_over(ticket: Ticket, decision: Decision, place: SaidPlace | None) -> None:
    ticket.centre_id, ticket.area_code = decision.centre_id, decision.placed.area_code
    ticket.neighbour_centre_id, ticket.triage_reason = decision.neighbour_centre_id, decision.triage_reason
    ticket.routing_method, ticket.handler_kind, ticket.unit_id = (
        decision.placed.method,
        decision.handler_kind,
        decision.unit_id,
    )
    ticket.assignee_id = None
    if place is not None:
        ticket.lon, ticket.lat = decision.placed.lon, decision.placed.lat
        ticket.address = decision.placed.address or ticket.address
        ticket.landmark = place.landmark or ticket.landmark
        ticket.search = tickets.search_words(
            ticket.reference, ticket.address, ticket.landmark, ticket.summary
        )


def place_of(ticket: Ticket) -> SaidPlace:
    """Return a ticket's place as if it were said anew."""
    if ticket.lon is not None and ticket.lat is not None:
        return SaidPlace("pin", line=ticket.address, lon=ticket.lon, lat=ticket.lat)
    if ticket.area_code is not None:
        return SaidPlace("area", line=ticket.address, centre_id=ticket.centre_id)
    return SaidPlace("address", line=ticket.address)


def _promise_anew(ticket: Ticket) -> None:
    """Another type, another standard: each running promise gives way to the new one, counted from its own start.

    The resident keeps the earlier of the two dates: a promise once given does not get longer.
    """
    sla = standards().sla(ticket.service_code)
    held, pauses = clocks_of(ticket.id), pauses_of(ticket.id)
    for running in held:
        if running.stopped_at is None:
            slas.shorten(running, sla, pauses, is_hazard=ticket.is_hazard)
    ticket.due_at = slas.next_due(held)


def _promise_safety(ticket: Ticket, now: datetime) -> None:
    """A clerk saw danger: the make-safe clock starts now, when the type has one. She saw that there is none: it is taken back."""
    held = clocks_of(ticket.id)
    safety = [each for each in held if each.kind == "make_safe"]
    if ticket.is_hazard and not safety:
        rows = slas.clock_rows(ticket.id, standards().sla(ticket.service_code), now, is_hazard=True)
        slas.start_clocks([row for row in rows if row["kind"] == "make_safe"])
        return
    if ticket.is_hazard:
        slas.revive_clocks(safety[-1:])
    else:
        slas.void_clocks(safety, now)
    ticket.due_at = slas.next_due(held)
