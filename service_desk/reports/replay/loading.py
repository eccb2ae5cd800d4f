"""Last year's counted cases as columns of numbers, in one statement: records of fixed width, joined by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text

from service_desk.clock import CITY_ZONE
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from service_desk.reports.rules import Days

#: seconds from the epoch to the database's own zero, 1 January 2000
_ZERO = 946_684_800
_SECOND = 1_000_000
#: the instants that stand for «still running» and «held, or without a promise»
RUNNING, HELD = np.iinfo(np.int64).max, np.iinfo(np.int64).min
#: promises that fell due so long before the period may be moved into it by another standard
MARGIN = timedelta(days=180)

#: name, numpy's kind, and the SQL that sends it
Columns = tuple[tuple[str, str, str], ...]

_FLAGS = (
    "int2send((coalesce(opened_day BETWEEN :first AND :last, false)::int "
    "+ 2 * coalesce(due_day BETWEEN :first AND :last, false)::int + 4 * is_met::int)::int2)"
)
_PLACED = (
    ("centre", ">i8", "int8send(centre_id)"),
    ("flags", ">i2", _FLAGS),
    ("lon", ">f8", "float8send(coalesce(lon, 'NaN'))"),
    ("lat", ">f8", "float8send(coalesce(lat, 'NaN'))"),
)
# Cases whose work was not said to be done ask for their clock; the others, most of a year's, are read side by side.
_ASKED = (
    "coalesce((SELECT CASE WHEN c.stopped_at IS NOT NULL THEN c.stopped_at WHEN c.paused_at IS NOT NULL "
    "THEN '-infinity' ELSE 'infinity' END FROM clocks c WHERE c.authority_id = f.authority_id "
    "AND c.ticket_id = f.ticket_id AND c.kind = 'resolve' AND c.round = f.round), '-infinity')"
)
_STOPPED = {"done_at IS NOT NULL": "done_at", "done_at IS NULL": _ASKED}
#: one number for several small ones: promised minutes, round, three flags
_PACKED = (
    "(promised_minutes::bigint << 24) + (round::bigint << 8) "
    "+ (due_day IS NOT NULL)::int + 2 * is_met::int + 4 * (done_at IS NOT NULL OR is_met)::int"
)


def _timed(stopped: str) -> Columns:
    return (
        ("centre", ">i8", "int8send(centre_id)"),
        ("packed", ">i8", f"int8send({_PACKED})"),
        ("calendar", ">i8", "int8send(calendar_id)"),
        ("started", ">i8", "timestamptz_send(started_at)"),
        ("due", ">i8", "timestamptz_send(due_at)"),
        ("stopped", ">i8", f"timestamptz_send({stopped})"),
    )


@dataclass(frozen=True)
class PlacedCases:
    """Cases that arrived or were judged in the period: n each. lon, lat: degrees, not-a-number where no place is known."""

    centre_id: NDArray[np.int64]
    is_received: NDArray[np.bool_]
    is_due: NDArray[np.bool_]
    is_met: NDArray[np.bool_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


@dataclass(frozen=True)
class TimedCases:
    """Promises that may fall due in the period, under this standard or another: n each; instants are epoch seconds.

    stopped: when work was said to be done or the promise was taken back; RUNNING, or HELD (paused).
    is_judged: counted as kept or missed, whenever it fell due; is_done: stopped by work.
    """

    centre_id: NDArray[np.int64]
    round: NDArray[np.int16]
    promised_minutes: NDArray[np.int32]
    calendar_id: NDArray[np.int64]
    started: NDArray[np.int64]
    due: NDArray[np.int64]
    stopped: NDArray[np.int64]
    is_judged: NDArray[np.bool_]
    is_met: NDArray[np.bool_]
    is_done: NDArray[np.bool_]


def placed_cases(days: Days) -> PlacedCases:
    """Return the cases that arrived or were judged in the days. One statement."""
    where = "opened_day BETWEEN :first AND :last OR due_day BETWEEN :first AND :last"
    rows = _records(_PLACED, where, {"first": days.first, "last": days.last})
    flags = rows["flags"]
    return PlacedCases(
        centre_id=rows["centre"].astype(np.int64),
        is_received=(flags & 1) > 0,
        is_due=(flags & 2) > 0,
        is_met=(flags & 4) > 0,
        lon=rows["lon"].astype(np.float64),
        lat=rows["lat"].astype(np.float64),
    )


def timed_cases(
    days: Days, *, service_code: str | None = None, calendar_ids: Collection[int] | None = None
) -> TimedCases:
    """Return the promises of one service type, or on these versions of a calendar, that may fall due in the days. Two statements."""
    where = "due_at >= :since AND started_at < :until AND promised_minutes IS NOT NULL AND calendar_id IS NOT NULL"
    given: dict[str, Any] = {
        "since": days.since(CITY_ZONE) - MARGIN,
        "until": days.until(CITY_ZONE),
    }
    if service_code is not None:
        where += " AND service_code = :service"
        given["service"] = service_code
    if calendar_ids is not None:
        where += " AND calendar_id = ANY(:calendars)"
        given["calendars"] = list(calendar_ids)
    parts = [_records(_timed(stopped), f"{where} AND {which}", given) for which, stopped in _STOPPED.items()]
    rows = np.concatenate(parts)
    packed = rows["packed"].astype(np.int64)
    return TimedCases(
        centre_id=rows["centre"].astype(np.int64),
        round=((packed >> 8) & 0xFFFF).astype(np.int16),
        promised_minutes=(packed >> 24).astype(np.int32),
        calendar_id=rows["calendar"].astype(np.int64),
        started=_seconds(rows["started"]),
        due=_seconds(rows["due"]),
        stopped=_seconds(rows["stopped"]),
        is_judged=(packed & 1) > 0,
        is_met=(packed & 2) > 0,
        is_done=(packed & 4) > 0,
    )


def arrived_at(centre_id: int, days: Days) -> NDArray[np.int64]:
    """Return the epoch seconds at which a centre's reports of these days came. One statement."""
    columns = (("opened", ">i8", "timestamptz_send(opened_at)"),)
    where = "centre_id = :centre AND opened_day BETWEEN :first AND :last"
    given = {"centre": centre_id, "first": days.first, "last": days.last}
    return _seconds(_records(columns, where, given)["opened"])


def _records(columns: Columns, where: str, given: dict[str, Any]) -> NDArray[Any]:
    """Return the matching cases as records, big-endian as the database sends them; nothing in their order means anything.

    One long value instead of a row each: a million rows would cost a million Python objects.
    """
    record = " || ".join(sent for _name, _kind, sent in columns)
    query = text(
        f"SELECT string_agg({record}, '') FROM figures_cases f WHERE authority_id = :here AND ({where})"  # noqa: S608 — of this module's own words
    )
    joined = db.session.execute(query, {"here": tenant_id(), **given}).scalar() or b""
    return np.frombuffer(joined, dtype=[(name, kind) for name, kind, _sent in columns])


def _seconds(sent: NDArray[Any]) -> NDArray[np.int64]:
    """Return instants as whole epoch seconds, cut as clocks cut them; the infinities stay what they are."""
    micros = sent.astype(np.int64)
    is_endless = (micros == RUNNING) | (micros == HELD)
    return np.where(is_endless, micros, micros // _SECOND + _ZERO)
