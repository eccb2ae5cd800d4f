"""The rows of open data, written by the database: rounded, thinned and in an order that tells nothing. See docs/open-data.md.

Requests of sensitive and not public topics are counted and not described: each of their days is a row of its own, tied to
nothing else. Dangers have no place, since nobody knows here which of them are in a home.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import IO, TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.clock import CITY_ZONE
from service_desk.extensions import db
from service_desk.reports.cases import ZONE
from service_desk.reports.exporting import plain
from service_desk.reports.opendata.fields import GRIDS_M, REQUESTS, TOGETHER, names
from service_desk.reports.rules.cells import COLUMNS, ROWS
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from service_desk.reports.rules import Days

#: a file may take the database so long (ms)
MOST_MS = 120_000
#: squares of 25 m (reports.rules.cells) to a side of a fine one of ours
_FINE = GRIDS_M[0] // 25
#: fine squares to a side of a coarse one
_STEP = GRIDS_M[1] // GRIDS_M[0]
_HOUSE_NUMBER = " [0-9]{1,4}$"


def _cell(axis: str, per_degree: int, offset: int, width: int) -> str:
    return f"floor((c.{axis} + {offset}) * {per_degree / width})"


_BASE = f"""
WITH kind AS (
    SELECT * FROM unnest(%(codes)s::text[], %(groups)s::text[], %(names)s::text[]) AS kind (code, group_code, name)
), street AS (
    SELECT * FROM unnest(%(streets)s::text[], %(safe)s::text[]) AS street (name, safe)
), centre AS (
    SELECT * FROM unnest(%(centres)s::bigint[], %(numbers)s::integer[]) AS centre (id, number)
), whole AS MATERIALIZED (
    SELECT (c.opened_at AT TIME ZONE '{ZONE}')::date AS received_on, c.opened_day IS NULL AS is_again, c.is_sensitive,
        kind.group_code, kind.code AS service, kind.name AS service_name, centre.number AS centre, c.came_back,
        c.is_open OR c.done_day > %(last)s AS is_open,
        c.without_work, (c.due_at AT TIME ZONE '{ZONE}')::date AS due_on,
        CASE WHEN c.due_day <= %(last)s THEN c.is_met END AS in_time,
        CASE WHEN c.done_day <= %(last)s THEN c.done_day END AS done_on,
        c.lon IS NOT NULL OR street.safe IS NOT NULL AS has_place,
        CASE WHEN NOT c.is_hazard AND c.lon IS NOT NULL THEN {_cell("lon", COLUMNS, 180, _FINE)}::integer END AS x,
        CASE WHEN NOT c.is_hazard AND c.lat IS NOT NULL THEN {_cell("lat", ROWS, 90, _FINE)}::integer END AS y,
        CASE WHEN NOT c.is_hazard THEN street.safe END AS street
    FROM figures_cases c
    JOIN tickets t ON t.authority_id = c.authority_id AND t.id = c.ticket_id
    LEFT JOIN kind ON kind.code = c.service_code AND NOT c.is_sensitive
    LEFT JOIN centre ON centre.id = c.centre_id
    LEFT JOIN street ON street.name = regexp_replace(t.address, '{_HOUSE_NUMBER}', '')
    WHERE c.authority_id = %(here)s AND c.opened_at >= %(since)s AND c.opened_at < %(until)s
), often AS (SELECT service FROM whole WHERE service IS NOT NULL GROUP BY service HAVING count(*) >= {TOGETHER})
, group_often AS (
    SELECT group_code FROM whole WHERE group_code IS NOT NULL GROUP BY group_code HAVING count(*) >= {TOGETHER}
), told AS MATERIALIZED (
    SELECT w.*, o.service IS NOT NULL AS is_often, g.group_code IS NOT NULL AS is_group_often
    FROM whole w LEFT JOIN often o ON o.service = w.service LEFT JOIN group_often g ON g.group_code = w.group_code
    WHERE w.service IS NOT NULL
), fine AS (
    SELECT x, y FROM told WHERE is_often AND x IS NOT NULL GROUP BY x, y HAVING count(*) >= {TOGETHER}
), near AS (
    SELECT told.*, CASE WHEN fine.x IS NOT NULL THEN {GRIDS_M[0]} END AS fine_m, told.x / {_STEP} AS wide_x, told.y / {_STEP} AS wide_y
    FROM told LEFT JOIN fine ON is_often AND fine.x = told.x AND fine.y = told.y
), coarse AS (
    SELECT wide_x, wide_y FROM near WHERE is_often AND x IS NOT NULL AND fine_m IS NULL
    GROUP BY wide_x, wide_y HAVING count(*) >= {TOGETHER}
), squared AS (
    SELECT near.*, coalesce(fine_m, CASE WHEN coarse.wide_x IS NOT NULL THEN {GRIDS_M[1]} END) AS grid_m,
        CASE WHEN fine_m IS NOT NULL THEN x WHEN coarse.wide_x IS NOT NULL THEN near.wide_x ELSE -1 END AS own_x,
        CASE WHEN fine_m IS NOT NULL THEN y WHEN coarse.wide_x IS NOT NULL THEN near.wide_y ELSE -1 END AS own_y
    FROM near LEFT JOIN coarse
        ON is_often AND fine_m IS NULL AND coarse.wide_x = near.wide_x AND coarse.wide_y = near.wide_y
), named AS (
    SELECT street, own_x, own_y, coalesce(grid_m, 0) AS width FROM squared WHERE is_often AND street IS NOT NULL
    GROUP BY street, own_x, own_y, coalesce(grid_m, 0) HAVING count(*) >= {TOGETHER}
), placed AS (
    SELECT s.*, named.street AS shown_street FROM squared s LEFT JOIN named
        ON s.is_often AND named.street = s.street AND named.own_x = s.own_x AND named.own_y = s.own_y
        AND named.width = coalesce(s.grid_m, 0)
), shown AS (
    SELECT received_on, is_again, CASE WHEN is_group_often THEN group_code END AS "group",
        CASE WHEN is_often THEN service END AS service, CASE WHEN is_often THEN service_name END AS service_name, centre,
        CASE WHEN came_back THEN 'reopened' WHEN is_open AND done_on IS NULL THEN 'open' WHEN without_work THEN 'without_work'
            WHEN done_on IS NOT NULL THEN 'done' ELSE 'ended' END AS status,
        due_on, in_time, done_on,
        round(((own_x + 0.5) * {_FINE} * CASE grid_m WHEN {GRIDS_M[0]} THEN 1 ELSE {_STEP} END / {COLUMNS} - 180)::numeric, 5) AS lon,
        round(((own_y + 0.5) * {_FINE} * CASE grid_m WHEN {GRIDS_M[0]} THEN 1 ELSE {_STEP} END / {ROWS} - 90)::numeric, 5) AS lat,
        grid_m, shown_street AS street,
        CASE WHEN NOT is_often THEN 'few' WHEN has_place AND grid_m IS NULL AND shown_street IS NULL THEN 'place' END AS withheld
    FROM placed
), bare AS (SELECT * FROM whole WHERE service IS NULL)
"""  # noqa: S608


def _bare(where: str, **told: str) -> str:
    """Return the SELECT of days of requests that are counted and not described. told: the columns that such a row has."""
    row = dict.fromkeys(("received", "again", "due", "in_time", "done"), "NULL") | told
    return f"""
    SELECT {row["received"]}::date, {row["again"]}::boolean, NULL::text, NULL::text, NULL::text, NULL::integer, NULL::text, {row["due"]}::date,
        {row["in_time"]}::boolean, {row["done"]}::date, NULL::numeric, NULL::numeric, NULL::integer, NULL::text, 'sensitive' FROM bare WHERE {where}
"""  # noqa: S608


#: by what stands in the rows: their order tells nothing. Codes are compared as bytes, which is several times as fast.
_BY_CONTENT = "ORDER BY " + ", ".join(
    f'"{each.name}" COLLATE "C"' if each.type == "string" else f'"{each.name}"'
    for each in REQUESTS
    if each.name != "service_name"
)
_ALL = "\n    UNION ALL\n".join(
    (
        """
    SELECT received_on, is_again, "group", service, service_name, centre, status, due_on, in_time, done_on,
        CASE WHEN grid_m IS NOT NULL THEN lon END AS lon, CASE WHEN grid_m IS NOT NULL THEN lat END AS lat, grid_m, street, withheld
    FROM shown
""",
        _bare("NOT is_again", received="received_on", again="false"),
        _bare("in_time IS NOT NULL", due="due_on", in_time="in_time"),
        _bare("done_on IS NOT NULL", done="done_on"),
    )
)
_COLUMNS = ", ".join(
    f"CASE WHEN {each.name} THEN 'true' WHEN NOT {each.name} THEN 'false' END"
    if each.type == "boolean"
    else f'"{each.name}"'
    for each in REQUESTS
)
_CSV = f"COPY ({_BASE}, every AS ({_ALL}) SELECT {_COLUMNS} FROM every {_BY_CONTENT}) TO STDOUT (FORMAT csv)"  # noqa: S608
_PROPERTIES = ", ".join(
    f"'{each.name}', \"{each.name}\"" for each in REQUESTS if each.name not in {"lon", "lat"}
)
#: lines as they are: neither mark can be in JSON
_RAW = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'"
_GEOJSON = f"""
COPY ({_BASE}
    SELECT CASE WHEN row_number() OVER ({_BY_CONTENT}) > 1 THEN ',' ELSE '' END || json_build_object('type', 'Feature',
        'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(lon, lat)),
        'properties', json_strip_nulls(json_build_object({_PROPERTIES})))::text
    FROM shown WHERE grid_m IS NOT NULL {_BY_CONTENT}
) TO STDOUT ({_RAW})
"""  # noqa: S608


def write_csv(days: Days, into: IO[bytes]) -> None:
    """Write the requests received in these days as CSV, with what came of them until yesterday: the header, then the rows. One statement."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(names(REQUESTS))
    into.write(header.getvalue().encode())
    _copy(_CSV, days, into)


def write_geojson(days: Days, into: IO[bytes]) -> None:
    """Write those that have a place as a GeoJSON collection of points. One statement."""
    into.write(b'{"type": "FeatureCollection", "features": [\n')
    _copy(_GEOJSON, days, into)
    into.write(b"]}\n")


def _copy(query: str, days: Days, into: IO[bytes]) -> None:
    db.session.execute(
        text(
            f"SELECT set_config('statement_timeout', '{MOST_MS}', true), set_config('work_mem', '64MB', true)"
        )
    )
    connection = db.session.connection().connection.driver_connection
    assert connection is not None, "the session holds a connection"
    with connection.cursor() as cursor, cursor.copy(query, _given(days)) as copy:
        for data in copy:
            into.write(data)


def _given(days: Days) -> dict[str, Any]:
    types = [each for each in catalogue().types.values() if each.is_public and not each.is_sensitive]
    streets = sorted({each.name for each in city_map().streets.values()})
    centres = city_map().centres
    return {
        "here": tenant_id(),
        "since": days.since(CITY_ZONE),
        "until": days.until(CITY_ZONE),
        # what came of a request of December is told in January, too: whole days, the last of them yesterday
        "last": clock.local(clock.now()).date() - timedelta(days=1),
        "codes": [each.code for each in types],
        "groups": [each.group_code for each in types],
        "names": [plain(str(each.name.get("he", each.code))) for each in types],
        "streets": streets,
        "safe": [plain(each) for each in streets],
        "centres": list(centres),
        "numbers": [each.number for each in centres.values()],
    }
