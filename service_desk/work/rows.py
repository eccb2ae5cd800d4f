"""Rows written past the ORM: one statement for many rows, and for several tables."""

from __future__ import annotations

import json
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB

from service_desk.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import ColumnDefault, CursorResult, Table


@lru_cache(maxsize=512)
def _insert(
    table: Table, columns: tuple[str, ...], count: int, rest: str
) -> tuple[str, dict[str, ColumnDefault], frozenset[str]]:
    """Return the statement, what fills columns that were not given, and which hold JSON. Written once a shape."""
    missing = {
        column.name: cast("ColumnDefault", column.default)
        for column in table.columns
        if column.default is not None and column.name not in columns
    }
    names = (*columns, *missing)
    marks = ", ".join("(" + ", ".join(f"%({name}_{n})s" for name in names) + ")" for n in range(count))
    json_names = frozenset(name for name in names if isinstance(table.columns[name].type, JSONB))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {marks} {rest}", missing, json_names  # noqa: S608


def put_and_get(table: Table, rows: Sequence[Mapping[str, Any]], rest: str) -> CursorResult[Any]:
    """Insert rows in one statement, past the ORM, and return what the statement gives back.

    rows: at least one, all with the same columns; columns left out get their default. rest: SQL behind the values,
    such as ON CONFLICT or RETURNING; never of a caller's making. (SQLAlchemy compiles PostgreSQL's ON CONFLICT anew
    at each use, which cost more than the insert.) Rows held back by `gather` go with it, in the same statement.
    """
    held = _held.get()
    if held:
        sent = [*held, (table, rows, rest)]
        held.clear()
        return _send(sent)
    statement, missing, json_names = _insert(table, tuple(rows[0]), len(rows), rest)
    given: dict[str, Any] = {}
    for n, row in enumerate(rows):
        for name, value in row.items():
            given[f"{name}_{n}"] = Jsonb(value) if name in json_names and value is not None else value
        for name, default in missing.items():
            value = _default(default)
            given[f"{name}_{n}"] = Jsonb(value) if name in json_names else value
    return db.session.connection().exec_driver_sql(statement, given)


def put(table: Table, rows: Sequence[Mapping[str, Any]], rest: str = "") -> None:
    """Insert rows past the ORM: the hot way of a report writes each row once and never reads it back.

    rows, rest: as for `put_and_get`. Within `gather` they are sent with the next statement that gives something back.
    """
    held = _held.get()
    if held is None:
        put_and_get(table, rows, rest)
    else:
        held.append((table, rows, rest))


def put_many(table: Table, rows: Sequence[Mapping[str, Any]], rest: str = "") -> None:
    """Insert any number of rows in one statement; they travel as JSON, so that no limit of parameters is met.

    rows: at least one, all with the same columns. rest: as for `put_and_get`.
    """
    _send([(table, rows, rest)])


@contextmanager
def gather() -> Iterator[None]:
    """Hold back what is put, and send it with the next `put_and_get`, or at the end: one statement for several tables.

    Foreign keys among them hold, since PostgreSQL checks them when the whole statement has run.
    """
    held: list[tuple[Table, Sequence[Mapping[str, Any]], str]] = []
    token = _held.set(held)
    try:
        yield
        if held:
            _send(held)
    finally:
        _held.reset(token)


_held: ContextVar[list[tuple[Table, Sequence[Mapping[str, Any]], str]] | None] = ContextVar(
    "keshet_held", default=None
)


def _send(items: Sequence[tuple[Table, Sequence[Mapping[str, Any]], str]]) -> CursorResult[Any]:
    """Insert the rows of several tables in one statement; the result is the last one's. Rows travel as JSON."""
    shapes = tuple((table, tuple(rows[0]), rest) for table, rows, rest in items)
    statement, missing = _inserts(shapes)
    given = {
        f"p{n}": json.dumps(
            [{**row, **{name: _default(each) for name, each in missing[n].items()}} for row in rows],
            ensure_ascii=False,
            default=_as_json,
        )
        for n, (_table, rows, _rest) in enumerate(items)
    }
    return db.session.connection().exec_driver_sql(statement, given)


@lru_cache(maxsize=64)
def _inserts(
    shapes: tuple[tuple[Table, tuple[str, ...], str], ...],
) -> tuple[str, list[dict[str, ColumnDefault]]]:
    """Return the statement of several inserts, and what fills the columns of each that were not given."""
    parts, missing = [], []
    for n, (table, columns, rest) in enumerate(shapes):
        _statement, absent, _json = _insert(table, columns, 1, rest)
        names = ", ".join((*columns, *absent))
        source = f"json_populate_recordset(NULL::{table.name}, %(p{n})s::json)"
        parts.append(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source} {rest}")  # noqa: S608
        missing.append(absent)
    before = ", ".join(f"w{n} AS ({part})" for n, part in enumerate(parts[:-1]))
    return f"WITH {before} {parts[-1]}" if before else parts[-1], missing


def _default(default: ColumnDefault) -> Any:
    return default.arg(None) if default.is_callable else default.arg


def _as_json(value: object) -> str:
    """Return what JSON has no type for, as PostgreSQL reads it."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
