"""What a new ticket is made of: where it goes, its clocks, its columns. A rule that fails sends it to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk import telemetry
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.routing import queries as routes
from service_desk.routing.rules import Decision, Placed
from service_desk.slas import actions as slas
from service_desk.slas.queries import standards
from service_desk.tickets import actions as tickets
from service_desk.tickets.rules import reference_of
from service_desk.work import new_ticket_number

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.catalog.rules import ServiceType
    from service_desk.intake.rules import Said

SUMMARY_CHARS = 300


def decide(said: Said, service: ServiceType) -> Decision:
    """Route; a rule that fails is recorded and sends the ticket to a person instead of failing the report."""
    try:
        return routes.decide(said.place, service)
    except Exception as error:  # noqa: BLE001 — DESIGN §4.1: nothing said is lost; it is logged whole and waits in triage
        telemetry.log.error("routing_failed", exc_info=error)
        placed = Placed(
            "triage", lon=said.place.lon, lat=said.place.lat, address=said.place.line, reason="routing_failed"
        )
        return Decision(
            placed,
            city_map().default_centre.id,
            None,
            None,
            "centre",
            None,
            "routing_failed",
            {"error": type(error).__name__},
        )


def clock_rows(
    ticket_id: int, service_code: str, now: datetime, *, hazard: bool
) -> list[dict[str, Any]] | None:
    """Return the clocks' rows; None when a standard or calendar fails, which a person then sees in triage."""
    try:
        return slas.clock_rows(ticket_id, standards().sla(service_code), now, is_hazard=hazard)
    except Exception as error:  # noqa: BLE001 — as above
        telemetry.log.error("clock_failed", exc_info=error)
        return None


def ticket_values(
    ticket_id: int,
    said: Said,
    service: ServiceType,
    decision: Decision,
    triage: str | None,
    photo_count: int,
    due_at: datetime | None,
    *,
    is_hazard: bool,
) -> dict[str, Any]:
    """Return the columns of a new ticket, but those of state and history."""
    reference = reference_of(new_ticket_number())
    summary = said.text[:SUMMARY_CHARS]
    return {
        "id": ticket_id,
        "reference": reference,
        "service_code": service.code,
        "service_type_id": catalogue().ids[service.code],
        "group_code": service.group_code,
        "is_hazard": is_hazard,
        "is_sensitive": service.is_sensitive,
        "centre_id": decision.centre_id,
        "area_code": decision.placed.area_code,
        "neighbour_centre_id": decision.neighbour_centre_id,
        "triage_reason": triage,
        "routing_method": decision.placed.method,
        "handler_kind": str(decision.handler_kind),
        "unit_id": decision.unit_id,
        "lon": decision.placed.lon,
        "lat": decision.placed.lat,
        "address": decision.placed.address,
        "landmark": said.place.landmark,
        "summary": summary,
        "search": tickets.search_words(reference, decision.placed.address, said.place.landmark, summary),
        "channel": said.channel,
        "locale": said.locale,
        "due_at": due_at,
        "photo_count": photo_count,
    }
