"""Open tickets of one type close to a place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from service_desk.extensions import db
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable

METRES_PER_DEGREE = 111_195.0


def is_similar(table: Any, *, authority_id: Any, service_code: Any, box: dict[str, Any]) -> tuple[Any, ...]:
    """Return the conditions of an open ticket of one type in a box; never a sensitive one, nor one that is resolved.

    table: Ticket or an alias of it. box: west, east, south, north (degrees). Values: SQL expressions.
    """
    return (
        table.authority_id == authority_id,
        table.is_open,
        table.service_code == service_code,
        table.lat.between(box["south"], box["north"]),
        table.lon.between(box["west"], box["east"]),
        table.is_sensitive.is_(False),
        table.status != "resolved",
    )


#: put together once: each report asks for its neighbours
_NEARBY = (
    select(Ticket)
    .where(
        *is_similar(
            Ticket,
            authority_id=bindparam("authority"),
            service_code=bindparam("service_code"),
            box={side: bindparam(side) for side in ("west", "east", "south", "north")},
        )
    )
    .limit(200)
)


def nearby(
    service_code: str,
    lon: float,
    lat: float,
    radius_m: float,
    *,
    limit: int = 5,
    except_id: int | None = None,
) -> list[tuple[Ticket, float]]:
    """Return open tickets of the same type around a point with their distances (m), nearest first; never sensitive ones."""
    dlat = radius_m / METRES_PER_DEGREE
    dlon = dlat / max(math.cos(math.radians(lat)), 0.1)
    box = {"west": lon - dlon, "east": lon + dlon, "south": lat - dlat, "north": lat + dlat}
    around = db.session.scalars(_NEARBY, {"authority": tenant_id(), "service_code": service_code, **box})
    return measured((each for each in around if each.id != except_id), lon, lat, radius_m)[:limit]


def measured(
    tickets: Iterable[Ticket], lon: float, lat: float, radius_m: float
) -> list[tuple[Ticket, float]]:
    """Return those of the tickets within the radius (m) of a point, with their distances (m), nearest first."""
    shrink = math.cos(math.radians(lat))
    found = []
    for ticket in tickets:
        if ticket.lon is not None and ticket.lat is not None:
            metres = math.hypot(
                (ticket.lat - lat) * METRES_PER_DEGREE, (ticket.lon - lon) * METRES_PER_DEGREE * shrink
            )
            if metres <= radius_m:
                found.append((ticket, metres))
    return sorted(found, key=lambda pair: pair[1])
