"""The place as a form says it: a choice from the list of addresses, a pin, a line, a centre's area, or a landmark alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.intake.rules import SaidPlace

if TYPE_CHECKING:
    from collections.abc import Mapping

#: a pin dragged further than this from the chosen address says something else (m)
MOVED_M = 5.0


def place_of(values: Mapping[str, str]) -> SaidPlace:
    """Return the place as said. A choice from the list counts while its words still stand; a moved pin goes before it.

    values: cleaned fields; one that is not there is empty.
    """

    def given(name: str) -> str:
        return values.get(name, "")

    landmark, line = given("landmark"), given("line")
    pin = (_degrees(given("lon")), _degrees(given("lat")))
    is_choice = bool(line) and given("picked") == line
    street, house, spot = (
        _whole(given("street_code")),
        _whole(given("house_no")),
        _whole(given("place_id")),
    )
    if given("mode") == "area" and _whole(given("centre_id")):
        return SaidPlace("area", line=line, centre_id=_whole(given("centre_id")), landmark=landmark)
    chosen_at = _of_place(spot) if spot else _of_street(street, house) if street else None
    if not is_choice and chosen_at and _stands(pin, chosen_at):
        pin = (None, None)  # the point of an earlier choice, whose words were changed or taken away since
    if is_choice and spot and _stands(pin, _of_place(spot)):
        return SaidPlace("place", line=line, place_id=spot, landmark=landmark)
    if is_choice and street and _stands(pin, _of_street(street, house)):
        return SaidPlace("address", line=line, street_code=street, house_no=house, landmark=landmark)
    if pin[0] is not None and pin[1] is not None:
        return SaidPlace("pin", line=line, lon=pin[0], lat=pin[1], landmark=landmark)
    if line:
        return SaidPlace("address", line=line, landmark=landmark)
    return SaidPlace(landmark=landmark)


def _of_place(place_id: int) -> tuple[float, float] | None:
    spot = city_map().places.get(place_id)
    return (spot.lon, spot.lat) if spot else None


def _of_street(street_code: int, house_no: int | None) -> tuple[float, float] | None:
    found = city_map().addresses.resolve((street_code, house_no))
    return (found.lon, found.lat) if found.lon is not None and found.lat is not None else None


def _stands(pin: tuple[float | None, float | None], chosen: tuple[float, float] | None) -> bool:
    """Say whether the pin is still where the choice put it, or was never set."""
    if pin[0] is None or pin[1] is None or chosen is None:
        return pin[0] is None or chosen is not None
    return city_map().index.distance_m((pin[0], pin[1]), chosen) < MOVED_M


def _degrees(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= 180 else None


def _whole(text: str) -> int | None:
    return numbers.whole(text, digits=15)
