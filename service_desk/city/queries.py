"""Reads of the city: one immutable picture per authority, kept in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapely.geometry import shape
from sqlalchemy import select

from service_desk.city import rules
from service_desk.city.kept import Kept, authority
from service_desk.city.models import Area, Authority, Centre, Place, Street, StreetPoint, Unit
from service_desk.city.rules import AddressBook, AreaIndex, Landmark, PlaceBook
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class CityMap:
    """Everything of a city that routing and pages look up: read once, shared by threads, never changed."""

    authority: Authority
    centres: Mapping[int, Centre]
    areas: Mapping[str, Area]
    boundary: Area
    index: AreaIndex
    addresses: AddressBook
    streets: Mapping[int, Street]
    places: Mapping[int, Place]
    landmarks: PlaceBook
    units: Mapping[int, Unit]

    @property
    def default_centre(self) -> Centre:
        """Return the centre that keeps what nobody could route."""
        chosen = self.authority.default_centre_id
        return (
            self.centres[chosen]
            if chosen is not None and chosen in self.centres
            else next(iter(self.centres.values()))
        )

    def centre_of_area(self, code: str) -> Centre:
        """Return the centre that answers for an area's code."""
        return self.centres[self.areas[code].centre_id or 0]

    def centre(self, centre_id: int) -> Centre:
        """Return a centre. Raises NotFound."""
        if centre_id not in self.centres:
            raise NotFound
        return self.centres[centre_id]

    def numbered(self, number: object) -> Centre | None:
        """Return the centre with this number, as it is written or typed; None when there is none."""
        return next((each for each in self.centres.values() if str(each.number) == str(number)), None)

    def unit_by_code(self, code: str) -> Unit | None:
        """Return the unit with this code, or None."""
        return next((unit for unit in self.units.values() if unit.code == code), None)

    def geojson(self) -> dict[str, Any]:
        """Return the areas as a GeoJSON collection with centre numbers and names, for maps."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {
                        "code": area.code,
                        "number": self.centre_of_area(area.code).number,
                        "name": area.name,
                    },
                    "geometry": area.geometry,
                }
                for area in self.areas.values()
            ],
        }


def _load() -> CityMap:
    here = tenant_id()

    def rows(model: type[Any], *order: Any) -> list[Any]:
        return list(db.session.scalars(select(model).where(model.authority_id == here).order_by(*order)))

    in_force = [area for area in rows(Area, Area.code) if area.valid_to is None]
    areas = {area.code: area for area in in_force if area.kind == "centre"}
    boundary = next(area for area in in_force if area.kind == "boundary")
    index = AreaIndex(
        [(code, shape(area.geometry)) for code, area in areas.items()], shape(boundary.geometry)
    )
    streets = {street.code: street for street in rows(Street, Street.code)}
    points = rows(StreetPoint, StreetPoint.id)
    book = AddressBook(
        [
            rules.Street(street.code, street.name, tuple(street.spellings), street.kind)
            for street in streets.values()
        ],
        [
            rules.StreetPoint(point.street_code, point.house_no, point.lon, point.lat, point.kind)
            for point in points
        ],
        index,
    )
    places = {place.id: place for place in rows(Place, Place.id)}
    picture = CityMap(
        authority=authority(),
        centres={centre.id: centre for centre in rows(Centre, Centre.number)},
        areas=areas,
        boundary=boundary,
        index=index,
        addresses=book,
        streets=streets,
        places=places,
        landmarks=PlaceBook(
            Landmark(place.name, place.kind, place.lon, place.lat, place.precision_m)
            for place in places.values()
        ),
        units={unit.id: unit for unit in rows(Unit, Unit.id)},
    )
    db.session.expunge_all()
    return picture


_kept = Kept(_load)


def city_map() -> CityMap:
    """Return the present authority's picture; no statement when it is in memory."""
    return _kept.get()
