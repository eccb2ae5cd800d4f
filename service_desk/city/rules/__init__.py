"""Pure rules of place: which area a point lies in, which street a person means, where an address lies and why.

No database, no clock, no framework: values in, values out. `AreaIndex`, `AddressBook` and `PlaceBook` are built once
for a version of a city's data and then only read, so threads may share them.
"""

from service_desk.city.rules.addresses import CLEAR_LEAD, SURE, StreetNames
from service_desk.city.rules.evidence import Evidence, PlacedPoint, StreetPoint, Verdict, place_points
from service_desk.city.rules.landmarks import SURE_PLACE, Landmark, LandmarkMatch, PlaceBook
from service_desk.city.rules.lines import AddressLine, parse_line
from service_desk.city.rules.places import NEIGHBOUR_M, NO_AREA, AreaIndex, Located, Plane
from service_desk.city.rules.resolving import AddressBook, Resolved
from service_desk.city.rules.vocabulary import Street, StreetMatch

__all__ = [
    "CLEAR_LEAD",
    "NEIGHBOUR_M",
    "NO_AREA",
    "SURE",
    "SURE_PLACE",
    "AddressBook",
    "AddressLine",
    "AreaIndex",
    "Evidence",
    "Landmark",
    "LandmarkMatch",
    "Located",
    "PlaceBook",
    "PlacedPoint",
    "Plane",
    "Resolved",
    "Street",
    "StreetMatch",
    "StreetNames",
    "StreetPoint",
    "Verdict",
    "parse_line",
    "place_points",
]
