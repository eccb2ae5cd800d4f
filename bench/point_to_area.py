"""Point to area on the founding city: one at a time as a report asks, and a million at once as a replay asks.

Points are spread evenly over the city's bounding box, so some are outside and some near borders, as pins are. No
floor to compare with: the limits are absolute (20 microseconds, 1 second).
"""

from __future__ import annotations

import statistics
from time import perf_counter

import numpy as np

from service_desk.city.rules import AreaIndex
from service_desk.city.seed.places import read_areas, read_boundary, shape

ROUNDS = 5
ONE_AT_A_TIME = 20_000
MANY = 1_000_000
LIMIT_US = 20.0
LIMIT_S = 1.0


def measure():
    """Return the measures: name, value, unit, floor, ratio, limit, holds. Floor and ratio are None: there is none."""
    boundary = shape(read_boundary("rehovot")["geometry"])
    index = AreaIndex([(area.code, area.polygon) for area in read_areas("rehovot")], boundary)
    west, south, east, north = boundary.bounds
    noise = np.random.default_rng(106)
    lons, lats = noise.uniform(west, east, MANY), noise.uniform(south, north, MANY)
    pins = list(zip(lons[:ONE_AT_A_TIME].tolist(), lats[:ONE_AT_A_TIME].tolist(), strict=True))
    one = statistics.median(_one_by_one(index, pins) for _ in range(ROUNDS))
    many = statistics.median(_all_at_once(index, lons, lats) for _ in range(ROUNDS))
    return [
        _line("point to area, one", one, "µs", LIMIT_US),
        _line("point to area, a million", many, "s", LIMIT_S),
    ]


def _one_by_one(index, pins):
    began = perf_counter()
    for lon, lat in pins:
        index.locate(lon, lat)
    return 1e6 * (perf_counter() - began) / len(pins)


def _all_at_once(index, lons, lats):
    began = perf_counter()
    index.locate_many(lons, lats)
    return perf_counter() - began


def _line(name, value, unit, limit):
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "floor": None,
        "ratio": None,
        "limit": limit,
        "holds": value <= limit,
    }


if __name__ == "__main__":
    for row in measure():
        print(row)
