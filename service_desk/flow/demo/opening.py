"""A ticket is opened, or routed by a clerk, in memory: the columns and events that the use-cases would write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import is_hazard
from service_desk.flow.demo.life import Life
from service_desk.flow.new_ticket import SUMMARY_CHARS
from service_desk.tickets.actions import search_words
from service_desk.tickets.rules import reference_of
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.catalog.rules import ServiceType
    from service_desk.flow.demo.scene import Scene
    from service_desk.intake.rules import Said
    from service_desk.routing.rules import Decision


def opened(
    ticket_id: int,
    number: int,
    said: Said,
    decision: Decision,
    filer: tuple[str, int | None],
    times: tuple[datetime, datetime],
) -> Life:
    """Return a ticket just opened, with its first event and its clocks. times: opening and present, aware."""
    service = catalogue().types[said.service_code]
    hazard, why = is_hazard(service, said.answers)
    reference, summary, placed = reference_of(number), said.text[:SUMMARY_CHARS], decision.placed
    values = {
        "authority_id": tenant_id(),
        "id": ticket_id,
        "reference": reference,
        "service_code": service.code,
        "service_type_id": catalogue().ids[service.code],
        "group_code": service.group_code,
        "is_hazard": hazard,
        "is_sensitive": service.is_sensitive,
        "landmark": said.place.landmark,
        "summary": summary,
        "search": search_words(reference, placed.address, said.place.landmark, summary),
        "channel": said.channel,
        "locale": said.locale,
        "photo_count": 0,
        "address": placed.address,
        "lon": placed.lon,
        "lat": placed.lat,
        **_routed(decision),
    }
    life = Life(values, *times)
    life.needs_place = service.needs_place
    data = {
        "channel": said.channel,
        "service": service.code,
        "routing": decision.why(),
        "hazard": list(why),
        "answers": sorted(said.answers),
    }
    life.note("received", filer, data)
    life.promise()
    life.due_at = life.next_due()
    return life


def _routed(decision: Decision) -> dict[str, Any]:
    return {
        "centre_id": decision.centre_id,
        "area_code": decision.placed.area_code,
        "neighbour_centre_id": decision.neighbour_centre_id,
        "triage_reason": decision.triage_reason,
        "routing_method": decision.placed.method,
        "handler_kind": str(decision.handler_kind),
        "unit_id": decision.unit_id,
    }


def reroute(life: Life, service: ServiceType, scene: Scene) -> dict[str, Any]:
    """Let a clerk find the place: one more decision. Returns the data of the event."""
    spot = scene.clear_spot()
    decision = scene.decide(spot, service)
    before = {"service": life.service_code, "centre": life.centre_id, "unit": life.unit_id}
    life.__dict__.update(_routed(decision))
    life.assignee_id = None
    life.lon, life.lat = decision.placed.lon, decision.placed.lat
    life.address = decision.placed.address or life.address
    life.search = search_words(life.reference, life.address, life.landmark, life.summary)
    life.routes.append((len(life.routes) + 1, life.now, decision))
    return {"before": before, "service": life.service_code, "routing": decision.why()}
