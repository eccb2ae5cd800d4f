"""Reads of routing: place to area, type to handler, and past decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.city.kept import Kept
from service_desk.city.queries import CityMap, city_map
from service_desk.city.rules import SURE_PLACE
from service_desk.extensions import db
from service_desk.routing.models import HandlerRule, Route
from service_desk.routing.rules import Decision, Placed, stands_apart, why_undecided
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from service_desk.catalog.rules import ServiceType
    from service_desk.city.rules import Landmark
    from service_desk.city.rules.resolving import Resolved
    from service_desk.intake.rules import SaidPlace


def _load_rules() -> tuple[HandlerRule, ...]:
    rules = db.session.scalars(
        select(HandlerRule).where(HandlerRule.authority_id == tenant_id(), HandlerRule.valid_to.is_(None))
    )
    found = tuple(rules)
    db.session.expunge_all()
    return found


_rules = Kept(_load_rules)


def place(said: SaidPlace) -> Placed:
    """Find the area of a said place, or say why it cannot be decided. Asks no server."""
    city = city_map()
    if said.kind == "pin" and said.lon is not None and said.lat is not None:
        return _at_point(city, said.lon, said.lat, "pin", _address_words(city, said))
    if said.kind == "place" and said.place_id is not None and said.place_id in city.places:
        spot = city.places[said.place_id]
        return _at_point(city, spot.lon, spot.lat, "place", spot.name.get("he", ""))
    if said.kind == "area" and said.centre_id in city.centres:
        chosen = next((code for code, area in city.areas.items() if area.centre_id == said.centre_id), None)
        return Placed("chosen", area_code=chosen, address=said.line)
    if said.kind == "address":
        return _at_address(city, said)
    return Placed("triage", address=said.line, reason="no_place")


def _at_point(city: CityMap, lon: float, lat: float, method: str, address: str) -> Placed:
    found = city.index.locate(lon, lat)
    if not found.is_inside_boundary:
        return Placed("outside", lon=lon, lat=lat, address=address, reason="outside_boundary")
    if found.area_code is None:
        return Placed("triage", lon=lon, lat=lat, address=address, reason="point_without_area")
    return Placed(method, found.area_code, lon, lat, address, found.neighbours)


def _address_words(city: CityMap, said: SaidPlace) -> str:
    if said.street_code is not None and said.street_code in city.streets:
        name = city.streets[said.street_code].name
        return f"{name} {said.house_no}" if said.house_no else name
    return said.line


def _at_address(city: CityMap, said: SaidPlace) -> Placed:
    resolved = city.addresses.resolve((said.street_code, said.house_no) if said.street_code else said.line)
    if not said.street_code and (spot := _known_place(city, said.line, resolved)) is not None:
        return _at_point(city, spot.lon, spot.lat, "place", spot.name.get("he", ""))
    words = said.line
    if resolved.street_code is not None and resolved.street_code in city.streets:
        name = city.streets[resolved.street_code].name
        words = f"{name} {resolved.house_no}" if resolved.house_no else name
    if resolved.area_code is None:
        # Whoever decides reads what was typed, not the street that came nearest to it.
        words = words if said.street_code else said.line
        return Placed(
            "triage",
            lon=None,
            lat=None,
            address=words,
            reason=why_undecided(resolved),
            candidates=resolved.areas,
        )
    neighbours = (
        city.index.locate(resolved.lon, resolved.lat).neighbours
        if resolved.lon is not None and resolved.lat is not None
        else ()
    )
    method = "address" if resolved.kind == "address" else "street"
    return Placed(method, resolved.area_code, resolved.lon, resolved.lat, words, neighbours)


def _known_place(city: CityMap, line: str, resolved: Resolved) -> Landmark | None:
    """Return the known place that a typed line names better than it names any street, if it is the only one.

    A neighbourhood is no point: whoever names one is asked. A street that is named too is where it is, and the place
    only stands near it.
    """
    if resolved.house_no is not None:
        return None
    best = city.landmarks.match(line, 2)
    street = max((each.score for each in resolved.matched), default=0.0)
    if not best or best[0].score < SURE_PLACE or best[0].score <= street:
        return None
    spot = best[0].landmark
    is_alone = len(best) == 1 or best[1].score < best[0].score
    if not is_alone or spot.kind == "neighbourhood":
        return None
    is_near = resolved.street_code is not None and stands_apart(line, resolved.matched[0], spot)
    return None if is_near else spot


def decide(said: SaidPlace, service: ServiceType) -> Decision:
    """Decide centre and handler of a report. What cannot be decided is a value with its reason, never an error."""
    city = city_map()
    placed = place(said)
    centre, area_id, reason = city.default_centre, None, placed.reason
    if placed.area_code is not None:
        centre, area_id = city.centre_of_area(placed.area_code), city.areas[placed.area_code].id
    elif not service.needs_place:
        # A question about the property tax has no place: the default centre answers it, and nothing is undecided.
        placed, reason = Placed("chosen", address=placed.address), None
    neighbour = next(
        (city.centre_of_area(code).id for code, _metres in placed.neighbours if code in city.areas), None
    )
    kind, unit_id, why = _handler(city, service, placed.area_code)
    if kind is None:
        kind, reason = "centre", reason or "no_handler"
    return Decision(
        placed, centre.id, area_id, neighbour if neighbour != centre.id else None, kind, unit_id, reason, why
    )


def _handler(
    city: CityMap, service: ServiceType, area_code: str | None
) -> tuple[str | None, int | None, dict[str, object]]:
    """Return (kind, unit id, why); kind None when the rules name nobody."""
    if service.handler_kind == "centre":
        return "centre", None, {"rule": "type", "kind": "centre"}
    if service.handler_kind == "contractor":
        fitting = [
            rule
            for rule in _rules.get()
            if rule.domain == service.contractor_domain and rule.area_code in (None, area_code)
        ]
        # A rule for the area goes before one for the whole city.
        best = max(fitting, key=lambda rule: rule.area_code is not None, default=None)
        if best is not None:
            return (
                "contractor",
                best.unit_id,
                {"rule": "contractor", "domain": best.domain, "area": best.area_code},
            )
        # Nobody is under contract: the unit in charge holds it.
    unit = city.unit_by_code(service.unit_code or "")
    if unit is None:
        return None, None, {"rule": "none", "domain": service.contractor_domain}
    return unit.kind, unit.id, {"rule": "unit", "unit": unit.code}


def routes_of(ticket_id: int) -> list[Route]:
    """Return the decisions of a ticket, first first."""
    return list(
        db.session.scalars(
            select(Route)
            .where(Route.authority_id == tenant_id(), Route.ticket_id == ticket_id)
            .order_by(Route.round)
        )
    )
