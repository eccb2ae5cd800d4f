"""Writes of borders: a change ends the versions in force and begins the next. Tickets keep the version they were routed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from service_desk.city.models import Area, Authority, StreetPoint
from service_desk.errors import BadInput
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray


def locked_version() -> int:
    """Return the version of the city's data as it is now; whoever else would change it waits until this work ends."""
    query = select(Authority.data_version).where(Authority.id == tenant_id()).with_for_update()
    return int(db.session.execute(query).scalar_one())


def address_points() -> NDArray[np.float64]:
    """Return lon, lat (n × 2, degrees) of every known point of a street: about where people live. One statement."""
    rows = db.session.execute(
        select(StreetPoint.lon, StreetPoint.lat).where(StreetPoint.authority_id == tenant_id())
    )
    return np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 2)


def keep_areas(
    shapes: Mapping[str, Mapping[str, Any]],
    base: Mapping[str, int],
    residents: Mapping[str, int | None],
    since: date,
) -> None:
    """Let areas have new borders from a day on. shapes: {code: GeoJSON geometry}; base: {code: version it replaces}.

    The shapes must cover what the old ones covered: whoever made them saw to it. Raises BadInput when an area has changed meanwhile.
    """
    query = (
        select(Area)
        .where(Area.authority_id == tenant_id(), Area.code.in_(list(shapes)), Area.valid_to.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    rows = {row.code: row for row in db.session.scalars(query)}
    if {code: row.id for code, row in rows.items()} != dict(base):
        raise BadInput({"base": "changed"})
    for code, geometry in shapes.items():
        old = rows[code]
        old.valid_to = since
        db.session.add(
            Area(
                authority_id=old.authority_id,
                kind=old.kind,
                code=code,
                centre_id=old.centre_id,
                name=old.name,
                geometry=dict(geometry),
                residents=residents.get(code),
                valid_from=since,
            )
        )
