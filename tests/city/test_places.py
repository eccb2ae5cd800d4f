"""Where points fall: borders, neighbours, the hole, and one answer for one and for a million."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, box, shape

from service_desk.city.rules import NO_AREA, AreaIndex
from service_desk.city.seed.places import read_areas, read_boundary, read_centres

GIBTON = (34.800083, 31.887366)
METRE_EAST = 1 / 94_450  # degrees at 31.9 north
WEST, EAST = box(34.80, 31.88, 34.81, 31.90), box(34.81, 31.88, 34.82, 31.90)
BOTH = box(34.80, 31.88, 34.82, 31.90)


@pytest.fixture
def two_halves():
    return AreaIndex([("K2", EAST), ("K1", WEST)], BOTH)


def test_gibton_is_outside_the_city(rehovot_areas):
    found = rehovot_areas.locate(*GIBTON)
    assert (found.area_code, found.is_inside_boundary, found.neighbours) == (None, False, ())


def test_each_centre_stands_in_its_own_area(rehovot_areas):
    stands = {
        centre["code"]: rehovot_areas.locate(centre["lon"], centre["lat"]).area_code
        for centre in read_centres("rehovot")
    }
    assert stands == {f"K{number}": f"K{number}" for number in range(1, 8)}


def test_seven_areas_fill_the_boundary_without_overlap():
    areas = [area.polygon for area in read_areas("rehovot")]
    boundary = shape(read_boundary("rehovot")["geometry"])
    assert shapely.union_all(areas).symmetric_difference(boundary).area < 1e-12
    assert sum(area.area for area in areas) == pytest.approx(boundary.area)
    assert len(boundary.interiors) == 1


def test_second_city_does_not_overlap_the_first():
    other = shape(read_boundary("ness_ziona")["geometry"])
    assert other.is_valid
    assert other.intersection(shape(read_boundary("rehovot")["geometry"])).area < 1e-12
    (centre,) = read_centres("ness_ziona")
    assert other.contains(shapely.Point(centre["lon"], centre["lat"]))


def test_every_name_of_a_centre_speaks_five_languages():
    for centre in read_centres("rehovot") + read_centres("ness_ziona"):
        assert all(
            centre[field][language]
            for field in ("name", "address")
            for language in ("he", "ar", "ru", "en", "am")
        )
        assert centre["illustrative"] is True


def test_border_point_goes_to_the_lowest_code(two_halves):
    found = two_halves.locate(34.81, 31.89)
    assert (found.area_code, found.on_border) == ("K1", True)
    assert found.neighbours[0][0] == "K2"


def test_border_answer_ignores_the_order_of_areas():
    turned = AreaIndex([("K1", WEST), ("K2", EAST)], BOTH)
    straight = AreaIndex([("K2", EAST), ("K1", WEST)], BOTH)
    for step in range(200):
        lat = 31.88 + step * 0.0001
        assert turned.locate(34.81, lat) == straight.locate(34.81, lat)
        assert turned.locate(34.81, lat).area_code == "K1"


def test_overlapping_areas_give_the_lowest_code():
    index = AreaIndex([("K9", BOTH), ("K1", WEST)], BOTH)
    assert index.locate(34.805, 31.89).area_code == "K1"
    assert index.locate(34.815, 31.89).area_code == "K9"


@pytest.mark.parametrize(("metres", "is_noted"), [(29.5, True), (30.6, False), (5.0, True)])
def test_neighbour_is_noted_within_thirty_metres(two_halves, metres, is_noted):
    found = two_halves.locate(34.81 - metres * METRE_EAST, 31.89)
    assert found.area_code == "K1"
    assert [code for code, _ in found.neighbours] == ["K2"] * is_noted
    if is_noted:
        assert found.neighbours[0][1] == pytest.approx(metres, rel=0.01)


def test_lengths_agree_with_the_sphere_within_one_percent(rehovot_areas):
    one, other = (34.78, 31.87), (34.84, 31.92)
    north = math.radians(other[1] - one[1])
    east = math.radians(other[0] - one[0]) * math.cos(math.radians(31.895))
    assert rehovot_areas.distance_m(one, other) == pytest.approx(
        6_371_009 * math.hypot(north, east), rel=0.01
    )


def test_area_in_two_pieces_is_found_in_both():
    pieces = MultiPolygon([box(34.80, 31.88, 34.803, 31.90), box(34.817, 31.88, 34.82, 31.90)])
    index = AreaIndex([("K1", pieces)], BOTH)
    assert index.locate(34.801, 31.89).area_code == index.locate(34.819, 31.89).area_code == "K1"


def test_ground_of_no_area_is_inside_but_undecided():
    index = AreaIndex([("K1", WEST)], BOTH)
    found = index.locate(34.815, 31.89)
    assert (found.area_code, found.is_inside_boundary) == (None, True)
    assert index.locate_many([34.815], [31.89]).tolist() == [NO_AREA]


def test_city_without_a_division_knows_its_boundary():
    index = AreaIndex([], BOTH)
    assert index.locate(34.815, 31.89).is_inside_boundary
    assert not index.locate(34.9, 31.89).is_inside_boundary
    assert index.distances_m(34.815, 31.89, "K1") == ()


@given(lon=st.floats(), lat=st.floats())
def test_any_number_gets_an_answer(lon, lat):
    index = AreaIndex([("K1", WEST)], BOTH)
    assert index.locate(lon, lat).area_code in ("K1", None)


def test_a_million_and_one_agree_with_plain_polygons(rehovot_areas):
    west, south, east, north = shape(read_boundary("rehovot")["geometry"]).bounds
    noise = np.random.default_rng(7)
    lons, lats = noise.uniform(west, east, 4000), noise.uniform(south, north, 4000)
    many = [
        rehovot_areas.codes[at] if at != NO_AREA else None for at in rehovot_areas.locate_many(lons, lats)
    ]
    assert many == [rehovot_areas.locate(lon, lat).area_code for lon, lat in zip(lons, lats, strict=True)]
    polygons = read_areas("rehovot")
    plain = np.full(4000, None, dtype=object)
    for area in reversed(polygons):
        plain[shapely.contains_xy(area.polygon, lons, lats)] = area.code
    assert many == plain.tolist()


def test_neighbours_are_those_of_plain_distance(rehovot_areas):
    areas = {area.code: rehovot_areas.plane.flatten(area.polygon) for area in read_areas("rehovot")}
    border = areas["K1"].boundary
    east_m, north_m = rehovot_areas.plane.scale
    for along in range(0, int(border.length), 97):
        at = border.interpolate(along)
        lon, lat = (
            rehovot_areas.plane.lon + (at.x + 11) / east_m,
            rehovot_areas.plane.lat + (at.y + 7) / north_m,
        )
        found = rehovot_areas.locate(lon, lat)
        if found.area_code:
            near = {
                code
                for code, area in areas.items()
                if code != found.area_code and area.distance(shapely.Point(at.x + 11, at.y + 7)) <= 30
            }
            assert {code for code, _ in found.neighbours} == near


def test_not_a_number_among_many_is_nowhere(rehovot_areas):
    assert rehovot_areas.locate_many([float("nan"), math.inf], [31.89, 31.89]).tolist() == [NO_AREA, NO_AREA]
