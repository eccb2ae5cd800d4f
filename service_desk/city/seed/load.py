"""Writes a city's map from its data files."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from service_desk.city.models import Area, Authority, Centre, Place, Street, StreetPoint, Unit
from service_desk.extensions import db
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

DATA = files("service_desk.city.seed") / "data"


@dataclass(frozen=True)
class CityFiles:
    """An authority and the files that describe it. streets, points, places: file names, or None."""

    authority: dict[str, Any]
    boundary: str
    centres: str
    areas: str | None = None
    streets: str | None = None
    points: str | None = None
    places: str | None = None


REHOVOT = CityFiles(
    {
        "id": 1,
        "slug": "rehovot",
        "name": {"he": "רחובות", "ar": "رحوفوت", "ru": "Реховот", "en": "Rehovot", "am": "ረሆቮት"},
        "hosts": ["rehovot.localhost"],
        "jurisdiction": "rehovot.muni.il",
        "hotline": "106",
        "lon": 34.8077,
        "lat": 31.8948,
    },
    "rehovot_boundary.geojson",
    "rehovot_centres.json",
    "rehovot_areas.geojson",
    "rehovot_streets.csv",
    "rehovot_street_points.csv",
    "rehovot_places.json",
)
NESS_ZIONA = CityFiles(
    {
        "id": 2,
        "slug": "ness-ziona",
        "name": {"he": "נס ציונה", "ar": "نيس تسيونا", "ru": "Нес-Циона", "en": "Ness Ziona", "am": "ኔስ ጽዮና"},
        "hosts": ["ness-ziona.localhost"],
        "jurisdiction": "nzc.org.il",
        "hotline": "106",
        "lon": 34.7987,
        "lat": 31.9293,
    },
    "ness_ziona_boundary.geojson",
    "ness_ziona_centres.json",
)
CITIES = {"rehovot": REHOVOT, "ness-ziona": NESS_ZIONA}


def add_authority(city: CityFiles) -> None:
    """Insert the authority when it is not there yet. Needs the owner's role: the application may not make tenants."""
    row = {**city.authority, "data_version": 1}
    db.session.execute(upsert(Authority).values(**row).on_conflict_do_nothing())


def load_map(city: CityFiles, valid_from: date) -> None:
    """Write centres, areas, streets, points and places of the present tenant, which has none yet."""
    centre_ids = _centres(city, has_own_hours=city.areas is not None)
    _areas(city, centre_ids, valid_from)
    if city.streets:
        _insert(
            Street,
            (
                {
                    "code": int(r["code"]),
                    "name": r["name"],
                    "kind": r["kind"],
                    "spellings": _split(r["spellings"]),
                }
                for r in _rows(city.streets)
            ),
        )
    if city.points:
        _insert(StreetPoint, (_point(row) for row in _rows(city.points)))
    if city.places:
        _insert(
            Place,
            (
                {
                    "id": new_id(),
                    **_only(row, "name", "kind", "lon", "lat"),
                    "precision_m": row.get("precision_m"),
                }
                for row in _json(city.places)
            ),
        )
    first = next(iter(centre_ids.values()))
    authority = db.session.get(Authority, tenant_id())
    if authority is not None:
        authority.default_centre_id = centre_ids.get("K2", first)


def load_units(units: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Write who can hold a ticket besides a centre; returns {code: id}. units: code, kind, name, phone."""
    rows = [{"id": new_id(), "phone": None, **unit} for unit in units]
    _insert(Unit, rows)
    return {row["code"]: row["id"] for row in rows}


def _centres(city: CityFiles, *, has_own_hours: bool) -> dict[str, int]:
    rows = [
        {
            "id": new_id(),
            **_only(row, "code", "number", "name", "address", "phone", "lon", "lat"),
            "calendar_code": row["code"] if has_own_hours else "office",
        }
        for row in _json(city.centres)
    ]
    _insert(Centre, rows)
    return {row["code"]: row["id"] for row in rows}


def _areas(city: CityFiles, centre_ids: dict[str, int], valid_from: date) -> None:
    boundary = _json(city.boundary)["features"][0]
    common = {"residents": None, "valid_from": valid_from, "valid_to": None}
    name = city.authority["name"]
    rows = [
        {
            "id": new_id(),
            "kind": "boundary",
            "code": "BOUNDARY",
            "centre_id": None,
            "name": name,
            "geometry": boundary["geometry"],
            **common,
        }
    ]
    if city.areas is None:  # one centre answers for the whole city
        code, centre_id = next(iter(centre_ids.items()))
        rows.append(
            {
                "id": new_id(),
                "kind": "centre",
                "code": code,
                "centre_id": centre_id,
                "name": name,
                "geometry": boundary["geometry"],
                **common,
            }
        )
    for feature in _json(city.areas)["features"] if city.areas else ():
        said = feature["properties"]
        rows.append(
            {
                "id": new_id(),
                "kind": "centre",
                "code": said["code"],
                "centre_id": centre_ids[said["code"]],
                "name": said["name"],
                "geometry": feature["geometry"],
                **common,
                "residents": said.get("residents"),
            }
        )
    _insert(Area, rows)


def _point(row: dict[str, str]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "street_code": int(row["street_code"]),
        "house_no": int(row["house_no"]) if row["house_no"] else None,
        "lon": float(row["lon"]),
        "lat": float(row["lat"]),
        "kind": row["kind"],
        "source": row["source"],
    }


def _insert(model: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    values = [{"authority_id": tenant_id(), **row} for row in rows]
    if values:
        db.session.execute(insert(model), values)


def _json(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


def _split(spellings: str) -> list[str]:
    return [each.strip() for each in spellings.split("|") if each.strip()]


def _only(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}
