"""Reading the seed's map of the founding city (and its neighbour) from the files beside this module.

Only reads files that ship with the program: no database, no network. Sources and trust: data/SOURCES.md.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry import shape

from service_desk.city.rules import Landmark, Street, StreetPoint

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class SeedArea:
    """An area of the seed: code, number, names by language, GeoJSON geometry."""

    code: str
    number: int
    name: dict[str, str]
    geometry: dict[str, Any]

    @property
    def polygon(self) -> Any:
        """Return the geometry as a shapely polygon in degrees."""
        return shape(self.geometry)


def read_boundary(city: str) -> dict[str, Any]:
    """Return the GeoJSON feature of a city's jurisdiction; properties.name holds its names. city: rehovot, ness_ziona."""
    collection: dict[str, Any] = json.loads((DATA / f"{city}_boundary.geojson").read_text(encoding="utf-8"))
    feature: dict[str, Any] = collection["features"][0]
    return feature


def read_areas(city: str) -> list[SeedArea]:
    """Return a city's areas in code order; a city without a division has one: its boundary, under its centre's code."""
    path = DATA / f"{city}_areas.geojson"
    if not path.exists():
        only = read_centres(city)[0]
        return [
            SeedArea(
                only["code"],
                only["number"],
                read_boundary(city)["properties"]["name"],
                read_boundary(city)["geometry"],
            )
        ]
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return [
        SeedArea(found["code"], found["number"], found["name"], feature["geometry"])
        for feature in features
        for found in [feature["properties"]]
    ]


def read_centres(city: str) -> list[dict[str, Any]]:
    """Return a city's centres: code, number, name and address by language, phone, lon, lat, illustrative."""
    centres: list[dict[str, Any]] = json.loads((DATA / f"{city}_centres.json").read_text(encoding="utf-8"))
    return centres


def read_streets() -> list[Street]:
    """Return Rehovot's official streets with their spellings, by census code."""
    rows = _rows("rehovot_streets.csv")
    return [
        Street(int(row["code"]), row["name"], tuple(filter(None, row["spellings"].split("|"))), row["kind"])
        for row in rows
    ]


def read_street_points() -> list[StreetPoint]:
    """Return Rehovot's known street points, cadastral blocks included (the rules keep those apart)."""
    return [
        StreetPoint(
            int(row["street_code"]),
            int(row["house_no"]) if row["house_no"] else None,
            float(row["lon"]),
            float(row["lat"]),
            row["kind"],
        )
        for row in _rows("rehovot_street_points.csv")
    ]


def read_landmarks() -> list[Landmark]:
    """Return Rehovot's named places that have a point."""
    rows = json.loads((DATA / "rehovot_places.json").read_text(encoding="utf-8"))
    return [Landmark(row["name"], row["kind"], row["lon"], row["lat"], row["precision_m"]) for row in rows]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
