"""Hot spots: counted by square, judged against chance, described by their cases, and replaced each night."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select, text

from service_desk.extensions import db
from service_desk.reports.models import HotSpot
from service_desk.reports.rules.cells import STRIDE
from service_desk.reports.rules.spots import (
    DRAWN_WEEKS,
    SPAN_WEEKS,
    SQUARES,
    YEAR_DAYS,
    Count,
    street_of,
)
from service_desk.tickets.models import Ticket
from service_desk.tickets.noting import among
from service_desk.work import many_ids, put_many, tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.reports.rules.spots import Found

#: metres to a degree of latitude
_DEGREE_M = 111_320
_LEAST_RADIUS_M = 60.0
_ROW = f"c.place_cell / {STRIDE} / {SQUARES}"
_COLUMN = f"c.place_cell % {STRIDE} / {SQUARES}"
#: arrivals with a place, which what was joined to another request has not; sensitive ones never
_COUNTED = """
  c.authority_id = :here AND c.round = 0 AND c.place_cell IS NOT NULL AND NOT c.is_sensitive
  AND c.opened_day BETWEEN :first AND :last AND c.service_code = ANY(:services)
"""
_COUNTS = f"""
SELECT c.service_code, {_ROW}, {_COLUMN}, count(*), count(*) FILTER (WHERE c.opened_day >= :recent),
       count(DISTINCT c.opened_day) FILTER (WHERE c.opened_day >= :recent)
FROM figures_cases c WHERE {_COUNTED} GROUP BY 1, 2, 3
"""  # noqa: S608 — pieces of our own
_CASES = f"""
SELECT w.place, c.ticket_id, c.centre_id, c.opened_day, c.lon, c.lat, COALESCE(t.address, '')
FROM json_to_recordset(:wanted) AS w(place integer, service text, r bigint, k bigint)
JOIN figures_cases c ON c.service_code = w.service AND {_ROW} = w.r AND {_COLUMN} = w.k AND {_COUNTED}
LEFT JOIN tickets t ON t.authority_id = c.authority_id AND t.id = c.ticket_id
ORDER BY c.opened_day DESC, c.ticket_id DESC
"""  # noqa: S608 — as above


@dataclass(frozen=True, slots=True)
class Case:
    """A request at a hot spot."""

    ticket_id: int
    centre_id: int
    day: date
    lon: float
    lat: float
    address: str


def counts(services: Collection[str], today: date) -> list[Count]:
    """Return the requests by type and square of 100 m, of the year that ended yesterday. services: types. One statement."""
    rows = db.session.execute(text(_COUNTS), _asked(services, today))
    return [Count(service, (row, column), *numbers) for service, row, column, *numbers in rows]


def _asked(services: Collection[str], today: date) -> dict[str, Any]:
    return {
        "here": tenant_id(),
        "first": today - timedelta(days=YEAR_DAYS),
        "last": today - timedelta(days=1),
        "recent": today - timedelta(weeks=SPAN_WEEKS),
        "services": list(services),
    }


def cases_of(places: Sequence[Sequence[Found]], services: Collection[str], today: date) -> list[list[Case]]:
    """Return the year's requests of each place, newest first, in the order of the places. One statement, or none."""
    found: list[list[Case]] = [[] for _each in places]
    wanted = [
        {"place": n, "service": each.count.service_code, "r": each.count.cell[0], "k": each.count.cell[1]}
        for n, place in enumerate(places)
        for each in place
    ]
    if wanted:
        given = _asked(services, today) | {"wanted": json.dumps(wanted)}
        for place, *values in db.session.execute(text(_CASES), given):
            found[place].append(Case(*values))
    return found


def replace(places: Sequence[tuple[Sequence[Found], Sequence[Case]]], today: date, now: datetime) -> None:
    """Put these places in the place of all others. places: (squares, the year's cases newest first) of each."""
    db.session.execute(delete(HotSpot).where(HotSpot.authority_id == tenant_id()))
    rows = [
        {"authority_id": tenant_id(), "id": id_, **_described(found, cases, today), "made_at": now}
        for id_, (found, cases) in zip(many_ids(len(places)) if places else (), places, strict=True)
    ]
    if rows:
        put_many(cast("Table", HotSpot.__table__), rows)


def _described(found: Sequence[Found], cases: Sequence[Case], today: date) -> dict[str, Any]:
    recent = [each for each in cases if each.day >= today - timedelta(weeks=SPAN_WEEKS)]
    lon, lat = (sum(getattr(each, name) for each in recent) / len(recent) for name in ("lon", "lat"))
    centres = [each.centre_id for each in recent]
    weeks = [0] * DRAWN_WEEKS
    for each in cases:
        ago = (today - timedelta(days=1) - each.day).days // 7
        if ago < DRAWN_WEEKS:
            weeks[DRAWN_WEEKS - 1 - ago] += 1
    return {
        "service_code": found[0].count.service_code,
        "centre_id": max(sorted(set(centres)), key=centres.count),
        "street": street_of([each.address for each in recent]),
        "lon": lon,
        "lat": lat,
        "radius_m": max(_LEAST_RADIUS_M, *(_metres(each, lon, lat) for each in recent)),
        "cases": len(recent),
        "expected": sum(each.expected for each in found),
        "false_share": min(each.false_share for each in found),
        "first_day": min(each.day for each in recent).isoformat(),
        "last_day": max(each.day for each in recent).isoformat(),
        "weeks": weeks,
        "ticket_ids": [each.ticket_id for each in recent],
    }


def _metres(case: Case, lon: float, lat: float) -> float:
    across = (case.lon - lon) * math.cos(math.radians(lat))
    return _DEGREE_M * math.hypot(across, case.lat - lat)


def spots() -> list[HotSpot]:
    """Return the hot spots, those furthest beyond what was to be expected first. One statement."""
    query = (
        select(HotSpot)
        .where(HotSpot.authority_id == tenant_id())
        .order_by((HotSpot.cases - HotSpot.expected).desc(), HotSpot.id)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True, slots=True)
class Behind:
    """A request behind a hot spot, with nothing personal."""

    id: int
    reference: str
    status: str
    opened_at: datetime
    address: str


def behind(found: Sequence[HotSpot]) -> dict[int, Behind]:
    """Return {ticket id: request} of all that stand behind these hot spots. One statement, or none."""
    ids = sorted({each for spot in found for each in spot.ticket_ids})
    if not ids:
        return {}
    query = select(Ticket.id, Ticket.reference, Ticket.status, Ticket.opened_at, Ticket.address).where(
        Ticket.authority_id == tenant_id(), Ticket.id == among(ids), ~Ticket.is_sensitive
    )
    return {row[0]: Behind(*row) for row in db.session.execute(query)}
