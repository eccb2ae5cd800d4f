"""One unit of work: the tenant of each transaction, ids known before the insert, and what rings after commit."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from psycopg.types.json import Jsonb
from sqlalchemy import event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service_desk.extensions import db
from service_desk.telemetry import log, rung

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnDefault, CursorResult, Table
    from sqlalchemy.engine import Connection

APP_ROLE = "keshet_app"
_tenant: ContextVar[int | None] = ContextVar("keshet_tenant", default=None)
_as_owner: ContextVar[bool] = ContextVar("keshet_owner", default=False)
_OPEN = "SELECT set_config('role', %(role)s, true), set_config('keshet.authority_id', %(authority)s, true)"


def tenant_id() -> int:
    """Return the authority this work is for. Raises RuntimeError when the door forgot to say."""
    authority_id = _tenant.get()
    if authority_id is None:
        raise RuntimeError("no authority is set for this work")
    return authority_id


def present_tenant() -> int | None:
    """Return the authority that is set, or None."""
    return _tenant.get()


def set_tenant(authority_id: int | None) -> None:
    """Say for which authority the coming transactions are; doors call this first."""
    if authority_id != _tenant.get():
        _tenant.set(authority_id)
        if db.session.registry.has() and db.session().in_transaction():
            _enter(db.session().connection())


@contextmanager
def tenant(authority_id: int) -> Iterator[None]:
    """Work for one authority, then for whichever it was before. Used by jobs and commands."""
    before = _tenant.get()
    db.session.rollback()
    set_tenant(authority_id)
    try:
        yield
    finally:
        db.session.rollback()
        set_tenant(before)


@contextmanager
def as_owner() -> Iterator[None]:
    """Work as the owner of the schema: only for creating authorities and verifying histories."""
    db.session.rollback()
    token = _as_owner.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        _as_owner.reset(token)


def _enter(connection: Connection) -> None:
    """Drop to the role that cannot bypass row-level security, and name the tenant, for one transaction."""
    role = "none" if _as_owner.get() else APP_ROLE
    connection.exec_driver_sql(_OPEN, {"role": role, "authority": str(_tenant.get() or "")})


@event.listens_for(Session, "after_begin")
def _after_begin(_session: Session, transaction: Any, connection: Connection) -> None:
    """Every transaction starts by naming its tenant (transaction-scoped, so PgBouncer-safe)."""
    if transaction.nested:
        return
    _enter(connection)


@dataclass
class After:
    """What to ring once the transaction is durable. Ringing may fail: the sweep finds the rows anyway."""

    jobs: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)

    def ring(self, job: str, *ids: int) -> None:
        """Ask for a job after commit. job: dotted name in jobs; ids: row ids only, never objects."""
        if (job, ids) not in self.jobs:
            self.jobs.append((job, ids))


def set_bell(ring: Callable[[str, tuple[int, ...]], None] | None) -> None:
    """Name the doorbell (the factory gives RQ's enqueue; tests give a list)."""
    global _bell  # noqa: PLW0603 — one process has one doorbell
    _bell = ring


_bell: Callable[[str, tuple[int, ...]], None] | None = None


@contextmanager
def transaction() -> Iterator[After]:
    """Run one use-case: commit once at the end, or roll all of it back; then ring."""
    after = After()
    try:
        yield after
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    for job, ids in after.jobs:
        _ring_once(job, ids)


def _ring_once(job: str, ids: tuple[int, ...]) -> None:
    """Ring the queue; a silent queue is counted and logged, never an error for the person waiting."""
    if _bell is None:
        return
    try:
        _bell(job, ids)
        rung.labels(outcome="rung").inc()
    except OSError as error:
        rung.labels(outcome="silent").inc()
        log.warning("queue_silent", job=job, error=type(error).__name__)


def let_go() -> None:
    """End what a request has read, and give its connection back.

    By a COMMIT when nothing is pending: at each ROLLBACK the driver forgets its prepared statements, and the server
    would read and plan every one of them anew.
    """
    if db.session.registry.has():
        session = db.session()
        is_pending = session.new or session.dirty or session.deleted
        if session.in_transaction() and session.is_active and not is_pending:
            with suppress(SQLAlchemyError):  # a connection that is lost is lost: there was nothing to keep
                session.commit()
    db.session.remove()


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


def one_at_a_time(key: str) -> None:
    """Let one transaction of the authority at a time go on with this key: the others wait until it has ended."""
    asked = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, :here))")
    db.session.execute(asked, {"key": key, "here": tenant_id()})


class _Blocks:
    """Hands out ids from blocks fetched off a sequence, so rows know their id before they are inserted."""

    def __init__(self, sequence: str, size: int) -> None:
        self.sequence, self.size = sequence, size
        self._next = self._end = 0
        self._lock = threading.Lock()

    def take(self) -> int:
        with self._lock:
            if self._next >= self._end:
                with db.engine.connect() as connection:
                    block = connection.execute(text(f"SELECT nextval('{self.sequence}')")).scalar_one()
                    connection.rollback()
                self._next = int(block) * self.size
                self._end = self._next + self.size
            value = self._next
            self._next += 1
            return value

    def many(self, count: int) -> list[int]:
        blocks = -(-count // self.size)
        with db.engine.connect() as connection:
            query = text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :blocks)")
            wanted = {"sequence": self.sequence, "blocks": blocks}
            firsts = connection.execute(query, wanted).scalars().all()
            connection.rollback()
        return [first * self.size + n for first in firsts for n in range(self.size)][:count]


_ids = _Blocks("keshet_ids", 100)
_numbers = _Blocks("ticket_numbers", 10)


def new_id() -> int:
    """Return a fresh row id (bigint, unique over all tables)."""
    return _ids.take()


def new_ticket_number() -> int:
    """Return a fresh ticket number; gaps are possible (a process that stops loses its block)."""
    return _numbers.take()


def many_ids(count: int) -> list[int]:
    """Return so many fresh row ids, rising, by one statement: for writing in bulk."""
    return _ids.many(count)


def many_ticket_numbers(count: int) -> list[int]:
    """Return so many fresh ticket numbers, rising, by one statement: for writing in bulk."""
    return _numbers.many(count)
