"""The founding city's map, built once for the pure tests."""

import pytest
from shapely.geometry import shape

from service_desk.city.rules import AddressBook, AreaIndex, PlaceBook
from service_desk.city.seed.places import (
    read_areas,
    read_boundary,
    read_landmarks,
    read_street_points,
    read_streets,
)


@pytest.fixture(scope="session")
def rehovot_areas():
    areas = [(area.code, area.polygon) for area in read_areas("rehovot")]
    return AreaIndex(areas, shape(read_boundary("rehovot")["geometry"]))


@pytest.fixture(scope="session")
def rehovot_book(rehovot_areas):
    return AddressBook(read_streets(), read_street_points(), rehovot_areas)


@pytest.fixture(scope="session")
def rehovot_places():
    return PlaceBook(read_landmarks())
