"""The drawing of the areas: every centre once, labels inside their areas, one drawing per version."""

import dataclasses
import re

from shapely.geometry import Point, Polygon

from service_desk.desks.area_svg import area_shapes


def _polygons(path: str) -> list[Polygon]:
    rings = [[float(n) for n in re.findall(r"[\d.]+", ring)] for ring in path.split("Z") if ring]
    return [Polygon(list(zip(flat[::2], flat[1::2], strict=True))) for flat in rings]


def test_every_centre_is_drawn_once_in_order_inside_the_view(city):
    drawing = area_shapes(city)
    assert [shape.number for shape in drawing.shapes] == [1, 2, 3, 4, 5, 6, 7]
    _x, _y, wide, tall = (float(n) for n in drawing.view_box.split())
    assert (wide, tall <= 320) == (344, True)
    for shape in drawing.shapes:
        for x, y in _polygons(shape.path)[0].exterior.coords:
            assert 0 <= x <= wide
            assert 0 <= y <= tall
    assert sum(len(shape.path) for shape in drawing.shapes) < 12_000, "small enough for the home page"


def test_labels_lie_inside_their_areas(city):
    for shape in area_shapes(city).shapes:
        assert _polygons(shape.path)[0].contains(Point(shape.label_x, shape.label_y))


def test_a_centres_own_address_is_drawn_inside_its_area(city):
    drawing = area_shapes(city)
    inside = 0
    for shape in drawing.shapes:
        centre = city.centre_of_area(shape.code)
        inside += _polygons(shape.path)[0].buffer(1).contains(Point(drawing.project(centre.lon, centre.lat)))
    assert inside == 7


def test_the_city_is_drawn_once_per_version_of_its_data(city):
    first = area_shapes(city)
    assert area_shapes(dataclasses.replace(city)) is first
