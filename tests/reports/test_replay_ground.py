"""Ground that changes hands: no gap, no overlap, the same answer as the point by point rule, and refusals that say why."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.city.rules import NO_AREA, AreaIndex
from service_desk.city.seed.places import read_areas, read_boundary
from service_desk.reports.replay import ground

BOUNDARY = shapely.from_geojson(json.dumps(read_boundary("rehovot")["geometry"]))
AREAS = {area.code: area.polygon for area in read_areas("rehovot")}
INDEX = AreaIndex(list(AREAS.items()), BOUNDARY)
WEST, SOUTH, EAST, NORTH = BOUNDARY.bounds

lons = st.floats(WEST - 0.005, EAST + 0.005)
lats = st.floats(SOUTH - 0.005, NORTH + 0.005)


@st.composite
def drawn_shapes(draw):
    """A quadrilateral or hexagon somewhere about the city, as a hand draws it."""
    lon, lat = draw(lons), draw(lats)
    reach = draw(st.floats(0.0005, 0.02))
    corners = draw(st.integers(3, 7))
    pulls = draw(st.lists(st.floats(0.3, 1.0), min_size=corners, max_size=corners))
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    points = [
        (lon + reach * p * np.cos(a), lat + reach * p * np.sin(a)) for a, p in zip(angles, pulls, strict=True)
    ]
    return shapely.Polygon(points)


def taken(drawn, target):
    """Return the new ground, or the code of the refusal."""
    try:
        return ground.take(AREAS, drawn, target, INDEX.plane)
    except ground.BadGround as refused:
        return refused.code


def metres(shape):
    return INDEX.plane.flatten(shape).area


@settings(max_examples=60, deadline=None)
@given(drawn_shapes(), st.sampled_from(sorted(AREAS)))
def test_after_a_cut_the_areas_cover_the_same_city_without_gap_or_overlap(drawn, target):
    found = taken(drawn, target)
    if isinstance(found, str):
        assert found in {"outside", "nothing_new", "tiny", "area_gone"}
        return
    after = {**AREAS, **found.changed}
    assert all(each.is_valid for each in after.values())
    together = shapely.union_all(list(after.values()))
    assert metres(together.symmetric_difference(shapely.union_all(list(AREAS.values())))) < 1.0
    assert abs(sum(metres(each) for each in after.values()) - metres(BOUNDARY)) < 1.0
    assert target in found.changed
    assert metres(AREAS[target].difference(after[target])) < 1.0
    gained = metres(after[target]) - metres(AREAS[target])
    assert abs(gained - found.moved_m2) < 1.0


@settings(max_examples=25, deadline=None)
@given(drawn_shapes(), st.sampled_from(sorted(AREAS)), st.integers(0, 2**32 - 1))
def test_a_year_of_points_is_placed_as_one_point_is(drawn, target, seed):
    found = taken(drawn, target)
    if isinstance(found, str):
        return
    index = AreaIndex(list({**AREAS, **found.changed}.items()), BOUNDARY)
    noise = np.random.default_rng(seed)
    corners = shapely.get_coordinates(list(found.changed.values()))
    near = corners[noise.integers(0, len(corners), 150)] + noise.normal(0, 0.0002, (150, 2))
    points = np.concatenate([near, noise.uniform([WEST, SOUTH], [EAST, NORTH], (50, 2))])
    many, is_near = index.locate_many(*points.T), index.near_many(*points.T)
    for point, position, close in zip(points.tolist(), many.tolist(), is_near.tolist(), strict=True):
        one = index.locate(*point)
        assert one.area_code == (None if position == NO_AREA else index.codes[position])
        assert bool(one.neighbours) == close


def test_every_point_of_the_city_keeps_an_area_when_a_border_moves():
    drawn = shapely.box(34.80, 31.89, 34.812, 31.90)
    found = ground.take(AREAS, drawn, "K5", INDEX.plane)
    index = AreaIndex(list({**AREAS, **found.changed}.items()), BOUNDARY)
    noise = np.random.default_rng(5)
    points = noise.uniform([WEST, SOUTH], [EAST, NORTH], (20_000, 2))
    before, after = INDEX.locate_many(*points.T), index.locate_many(*points.T)
    assert ((before == NO_AREA) == (after == NO_AREA)).all()
    drawn_here = shapely.contains_xy(drawn, *points.T) & (before != NO_AREA)
    assert set(np.array(index.codes)[after[drawn_here]]) == {"K5"}
    assert (before[~drawn_here] == after[~drawn_here]).mean() > 0.999


def test_the_hole_of_the_city_stays_a_hole():
    hole = shapely.Polygon(BOUNDARY.interiors[0])
    found = ground.take(AREAS, hole.buffer(0.002), "K3", INDEX.plane)
    after = shapely.union_all(list({**AREAS, **found.changed}.values()))
    assert metres(after.intersection(hole)) < 1.0


@pytest.mark.parametrize(
    ("drawn", "code"),
    [
        (shapely.box(34.70, 31.80, 34.71, 31.81), "outside"),
        (AREAS["K5"].buffer(-0.001), "nothing_new"),
        (AREAS["K5"].buffer(0.00001), "tiny"),
        (shapely.box(WEST, SOUTH, EAST, NORTH), "area_gone"),
    ],
)
def test_ground_that_cannot_change_hands_is_refused(drawn, code):
    with pytest.raises(ground.BadGround) as refused:
        ground.take(AREAS, drawn, "K5", INDEX.plane)
    assert refused.value.code == code


def collection(shapes):
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": {"code": code}, "geometry": ground.as_json(each)}
                for code, each in shapes.items()
            ],
        }
    )


def test_uploaded_areas_that_fit_each_other_are_taken_and_a_gap_or_overlap_is_refused():
    drawn = shapely.box(34.80, 31.89, 34.812, 31.90)
    wanted = ground.take(AREAS, drawn, "K5", INDEX.plane).changed
    assert len(wanted) > 1
    read = ground.read_shapes(collection({**AREAS, **wanted}), list(AREAS))
    found = ground.redraw(AREAS, read, INDEX.plane)
    assert set(found.changed) == set(wanted)
    for code, each in found.changed.items():
        assert metres(each.symmetric_difference(wanted[code])) < 1.0
    for_one = {"K5": wanted["K5"]}
    with pytest.raises(ground.BadGround, match="overlap"):
        ground.redraw(AREAS, for_one, INDEX.plane)
    smaller = {"K5": AREAS["K5"].buffer(-0.001)}
    with pytest.raises(ground.BadGround, match="gap"):
        ground.redraw(AREAS, smaller, INDEX.plane)


WORDS = ("type", "coordinates", "geometry", "features", "properties", "code")
STRANGER = json.dumps(
    {
        "type": "Feature",
        "properties": {"code": "K99"},
        "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
    }
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unreadable"),
        ("[]", "unreadable"),
        ("{" * 5000, "unreadable"),
        ('{"type":"FeatureCollection","features":[]}', "no_polygon"),
        ('{"type":"Point","coordinates":[34.8,31.9]}', "no_polygon"),
        ('{"type":"Polygon","coordinates":[[[34.8,31.9],[34.9,"x"],[34.8,31.8],[34.8,31.9]]]}', "unreadable"),
        ('{"type":"Polygon","coordinates":[[[34.8,31.9],[34.9,NaN],[34.8,31.8],[34.8,31.9]]]}', "unreadable"),
        ('{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}', "invalid"),
        ('{"type":"Polygon","coordinates":[]}', "unreadable"),
        (STRANGER, "unknown_area"),
        (" " * (ground.MOST_CHARS + 1), "too_large"),
    ],
)
def test_what_is_no_shape_is_refused_by_name(text, code):
    with pytest.raises(ground.BadGround) as refused:
        ground.read_shapes(text, list(AREAS))
    assert refused.value.code == code


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(anything, st.sampled_from(["Polygon", "MultiPolygon", "Feature", "FeatureCollection"]))
def test_no_json_breaks_the_reading_of_a_shape(inner, kind):
    for data in (inner, {"type": kind, "coordinates": inner, "features": inner, "geometry": inner}):
        try:
            read = ground.read_shapes(json.dumps(data), list(AREAS))
        except ground.BadGround as refused:
            said = refused.code
        else:
            said = "" if shapely.get_num_coordinates(read) else "nothing"
        assert said in {"", "unreadable", "no_polygon", "invalid", "too_large", "unknown_area"}
