"""What a chat asks of the city: types, addresses, places, what is known already, promises and numbers of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import is_hazard
from service_desk.city.queries import city_map
from service_desk.intake.rules import SaidPlace
from service_desk.messages.wording import moment
from service_desk.routing.queries import place as find_place
from service_desk.slas import actions as slas
from service_desk.slas.queries import standards
from service_desk.tickets import queries as tickets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.catalog.rules import ServiceType
    from service_desk.city.rules.resolving import Resolved

#: what fits no type goes here, and a clerk gives it its type
OTHER = "ADM-INFO"
SURE_PLACE = 60
_OF_PLACE = ("kind", "line", "street_code", "house_no", "place_id", "lon", "lat")


class CityWorld:
    """The present city as a chat sees it. now: the moment of the message, aware."""

    def __init__(self, now: datetime) -> None:
        """Keep the moment from which promises are counted."""
        self.now = now
        self._suggested: dict[str, list[str]] = {}

    def suggest(self, text: str) -> list[str]:
        """Return codes of types, the likeliest first. The same words are asked about twice: where they land, and what they mean."""
        if text not in self._suggested:
            self._suggested[text] = [each.code for each in catalogue().suggester.suggest(text)]
        return self._suggested[text]

    def type(self, code: str) -> ServiceType:
        """Return a type. Raises NotFound."""
        return catalogue().type(code)

    def other(self) -> str:
        """Return the code for what fits no type."""
        return OTHER

    def resolve(self, said: str | tuple[int, int | None]) -> Resolved:
        """Return what an address means."""
        return city_map().addresses.resolve(said)

    def spots(self, line: str) -> list[tuple[int, Mapping[str, str]]]:
        """Return the places that a line may name."""
        city = city_map()
        by_point = {(each.lon, each.lat): each for each in city.places.values()}
        found = (each.landmark for each in city.landmarks.match(line, 3) if each.score >= SURE_PLACE)
        rows = [by_point[spot.lon, spot.lat] for spot in found if (spot.lon, spot.lat) in by_point]
        return [(row.id, row.name) for row in rows]

    def centre_at(self, place: Mapping[str, Any]) -> tuple[int | None, str]:
        """Return the number of the centre that answers for a place, or why nobody can say."""
        if not place or place.get("kind") == "none":
            return city_map().default_centre.number, ""
        found = find_place(said_place(place))
        if found.area_code is None:
            return None, found.reason or "unknown"
        return city_map().centre_of_area(found.area_code).number, ""

    def known(self, code: str, place: Mapping[str, Any]) -> list[tuple[int, str]]:
        """Return open requests of the same type close by."""
        service, found = catalogue().type(code), find_place(said_place(place))
        may_be_told = service.known_radius_m and service.is_public and not service.is_sensitive
        if not may_be_told or found.lon is None or found.lat is None:
            return []
        near = tickets.nearby(code, found.lon, found.lat, service.known_radius_m)
        return [(ticket.id, ticket.reference) for ticket, _metres in near]

    def due(self, code: str, answers: Mapping[str, Any], locale: str) -> str:
        """Return when a report made now would be done, as a moment of the language."""
        hazard, _why = is_hazard(catalogue().type(code), answers)
        rows = slas.clock_rows(0, standards().sla(code), self.now, is_hazard=hazard)
        return moment(next((row["due_at"] for row in rows if row["kind"] == "resolve"), None), locale)

    def numbers(self, place: Mapping[str, Any]) -> str:
        """Return the hotline, and the centre's own number when the place is known."""
        city = city_map()
        found = find_place(said_place(place)).area_code if place else None
        centre = city.centre_of_area(found).phone if found else ""
        return ", ".join(each for each in (city.authority.hotline, centre) if each)


def said_place(place: Mapping[str, Any]) -> SaidPlace:
    """Return the place of a draft as the house knows it."""
    return SaidPlace(**{name: place[name] for name in _OF_PLACE if place.get(name) is not None})
