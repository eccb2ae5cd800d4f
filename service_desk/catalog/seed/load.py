"""Writes the catalogue from its data file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from service_desk.catalog.models import ServiceGroup, ServiceType
from service_desk.extensions import db
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from datetime import date


def read_seed() -> dict[str, Any]:
    """Return the data file: groups, units, services."""
    found: dict[str, Any] = json.loads(
        (files("service_desk.catalog.seed") / "services.json").read_text(encoding="utf-8")
    )
    return found


def load_catalogue(seed: dict[str, Any], valid_from: date) -> None:
    """Write groups and types of the present tenant, which has none yet."""
    here = tenant_id()
    groups = [
        {
            "authority_id": here,
            "code": each["code"],
            "name": each["name"],
            "examples": each["examples"],
            "icon": each["icon"],
            "sort": each["position"],
        }
        for each in seed["groups"]
    ]
    db.session.execute(insert(ServiceGroup), groups)
    db.session.execute(
        insert(ServiceType),
        [_type(each, here, sort, valid_from) for sort, each in enumerate(seed["services"])],
    )


def _type(each: dict[str, Any], authority_id: int, sort: int, valid_from: date) -> dict[str, Any]:
    return {
        "authority_id": authority_id,
        "id": new_id(),
        "code": each["code"],
        "group_code": each["group"],
        "name": each["name"],
        "description": each["description"],
        "keywords": each["keywords"],
        "questions": each["questions"],
        "icon": each["icon"],
        "is_hazard": each["is_hazard"],
        "is_sensitive": each["sensitive"],
        "is_public": each["is_public"],
        "needs_place": each["needs_place"],
        "known_radius_m": each["known_radius_m"],
        "handler_kind": each["handler"]["kind"],
        "unit_code": each["handler"]["unit"],
        "contractor_domain": each["handler"]["domain"],
        "sort": sort,
        "valid_from": valid_from,
        "valid_to": None,
    }
