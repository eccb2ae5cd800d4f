"""Whether work has failed again: an earlier order of the same kind at the same place that had passed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from service_desk.contractors.models import WorkOrder
from service_desk.contractors.rules.field import metres
from service_desk.extensions import db
from service_desk.tickets.queries import METRES_PER_DEGREE
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime


def earlier_order(
    *,
    unit_id: int,
    service_code: str,
    place: tuple[float, float],
    radius_m: float,
    since: datetime,
    ticket: tuple[int, datetime | None],
) -> tuple[int, datetime] | None:
    """Return (id, when it was done) of the contractor's newest order of this type that passed since then within the radius, or None.

    place: (lon, lat) in degrees. ticket: (id, when it last reopened): an order of the same ticket is another part of
    the same work, unless the ticket was reopened after it passed. One statement, by the index on type and place.
    """
    lon, lat = place
    dlat = radius_m / METRES_PER_DEGREE
    dlon = dlat / max(math.cos(math.radians(lat)), 0.1)
    row = WorkOrder
    is_other = row.ticket_id != ticket[0]
    query = (
        select(row.id, row.lon, row.lat, row.done_at)
        .where(
            row.authority_id == tenant_id(),
            row.service_code == service_code,
            row.lat.between(lat - dlat, lat + dlat),
            row.lon.between(lon - dlon, lon + dlon),
            row.unit_id == unit_id,
            row.state == "passed",
            row.done_at >= since,
            is_other if ticket[1] is None else or_(is_other, row.ended_at < ticket[1]),
        )
        .order_by(row.done_at.desc(), row.id.desc())
        .limit(50)
    )
    for found in db.session.execute(query):
        away = metres(found.lon, found.lat, lon, lat)
        if away is not None and away <= radius_m:
            return int(found.id), found.done_at
    return None
