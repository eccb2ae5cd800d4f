"""The cases behind a figure as CSV, written by the database and passed on as it comes: memory stays flat for any number."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports.cases import ZONE
from service_desk.reports.lists import conditions
from service_desk.reports.rules.populations import POPULATIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from service_desk.reports.rules import Days

#: rows of a file at most: what a spreadsheet opens
MOST_ROWS = 1_000_000
#: bytes that are gathered before they are passed on
CHUNK = 1 << 16
#: marks the file as UTF-8 for spreadsheets
MARK = "\ufeff".encode()
#: first characters by which a spreadsheet takes a cell for a formula
FORMULAIC = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Words:
    """What codes are called in the reader's language. centres, units: by id; the others by code. holders: by kind."""

    services: Mapping[str, str]
    centres: Mapping[int, str]
    units: Mapping[int, str]
    statuses: Mapping[str, str]
    holders: Mapping[str, str]
    results: Mapping[str, str]


def plain(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULAIC) else cell


def csv_of(
    name: str,
    days: Days,
    header: Sequence[str],
    words: Words,
    *,
    centre_id: int | None = None,
    service_code: str | None = None,
    limit: int = MOST_ROWS,
) -> Iterator[bytes]:
    """Yield the file in pieces: the mark, the header, a row a case in the list's order. name: of POPULATIONS; raises KeyError.

    header: ten words: number, centre, type, place, state, held by, opened, promised by, done at, promise. Nothing about a
    person is in it, and no place of a sensitive ticket. It reads from the present session until it is at its end: a
    door keeps its context open as long (stream_with_context).
    """
    population = POPULATIONS[name]
    where, given = conditions(population, days, centre_id, service_code)
    for n, held in enumerate(_held(words)):
        given |= {f"codes{n}": list(held), f"names{n}": [plain(str(each)) for each in held.values()]}
    result = (
        "NULL" if population.is_of_tickets else "CASE WHEN k.result IN ('met', 'missed') THEN k.result END"
    )
    done = "NULL" if population.is_of_tickets else "k.stopped_at"
    due = "t.due_at" if population.is_of_tickets else "c.due_at"
    order = f"c.{population.at}, c.ticket_id, c.round"
    query = _ROWS.format(
        where=where,
        order=order,
        due=_local(due),
        done=_local(done),
        opened=_local("t.opened_at"),
        result=result,
    )
    yield MARK + _line(header)
    yield from _copied(_named(query), {**given, "limit": limit})


def _held(words: Words) -> Iterable[Mapping[Any, str]]:
    return (words.services, words.centres, words.units, words.statuses, words.holders, words.results)


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([plain(str(each)) for each in cells])
    return out.getvalue().encode()


def _local(instant: str) -> str:
    return f"to_char(({instant})::timestamptz AT TIME ZONE '{ZONE}', 'YYYY-MM-DD HH24:MI')"


def _named(query: str) -> str:
    """Return the query with its parameters as the driver names them."""
    for name in ("here", "first", "last", "since", "until", "centre", "service", "limit"):
        query = query.replace(f":{name}", f"%({name})s")
    return query


_SAFE = "CASE WHEN t.address ~ '^ *[=+@\\t\\r\\n-]' THEN '''' || t.address ELSE t.address END"
_ROWS = f"""
COPY (
    WITH service AS (SELECT * FROM unnest(%(codes0)s::text[], %(names0)s::text[]) AS word (code, name)),
    centre AS (SELECT * FROM unnest(%(codes1)s::bigint[], %(names1)s::text[]) AS word (code, name)),
    unit AS (SELECT * FROM unnest(%(codes2)s::bigint[], %(names2)s::text[]) AS word (code, name)),
    state AS (SELECT * FROM unnest(%(codes3)s::text[], %(names3)s::text[]) AS word (code, name)),
    holder AS (SELECT * FROM unnest(%(codes4)s::text[], %(names4)s::text[]) AS word (code, name)),
    said AS (SELECT * FROM unnest(%(codes5)s::text[], %(names5)s::text[]) AS word (code, name))
    SELECT left(t.reference, -4) || '-' || right(t.reference, 4), centre.name, coalesce(service.name, t.service_code),
        CASE WHEN t.is_sensitive THEN '' ELSE {_SAFE} END, state.name,
        coalesce(CASE t.holder_kind WHEN 'centre' THEN centre.name WHEN 'resident' THEN NULL ELSE unit.name END, holder.name),
        {{opened}}, {{due}}, {{done}}, said.name
    FROM (
        SELECT c.authority_id, c.ticket_id, c.round, c.due_at, c.opened_at, c.done_at, c.breached_day, c.answered_day, c.ended_day
        FROM figures_cases c WHERE {{where}} ORDER BY {{order}} LIMIT :limit
    ) c
    JOIN tickets t ON t.authority_id = c.authority_id AND t.id = c.ticket_id
    LEFT JOIN clocks k ON k.authority_id = c.authority_id AND k.ticket_id = c.ticket_id AND k.kind = 'resolve' AND k.round = c.round
    LEFT JOIN centre ON centre.code = t.centre_id
    LEFT JOIN service ON service.code = t.service_code
    LEFT JOIN unit ON unit.code = t.unit_id
    LEFT JOIN state ON state.code = t.status
    LEFT JOIN holder ON holder.code = t.holder_kind
    LEFT JOIN said ON said.code = ({{result}})
    ORDER BY {{order}}
) TO STDOUT (FORMAT csv)
"""  # noqa: S608


def _copied(query: str, given: Mapping[str, Any]) -> Iterator[bytes]:
    """Pass on what the database copies out, in pieces of about CHUNK bytes."""
    # It lasts as long as the reader takes it.
    db.session.execute(text("SET LOCAL statement_timeout = '1h'"))
    connection = db.session.connection().connection.driver_connection
    assert connection is not None, "the session holds a connection"
    kept = bytearray()
    with connection.cursor() as cursor, cursor.copy(query, given) as copy:
        for data in copy:
            kept += data
            if len(kept) >= CHUNK:
                yield bytes(kept)
                kept.clear()
    if kept:
        yield bytes(kept)
