"""Rows to PostgreSQL by COPY, in the order foreign keys ask for: a hundred times what inserts would take."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from service_desk.contractors.models import (
    Damage,
    OrderClock,
    OrderEntry,
    OrderPause,
    Proof,
    Verification,
    WorkOrder,
)
from service_desk.intake.models import Photo, Report
from service_desk.messages.models import Attempt, Message
from service_desk.people.models import Resident
from service_desk.routing.models import Route
from service_desk.slas.models import Clock, Escalation, Pause
from service_desk.tickets.models import Follower, Remark, Ticket, TicketEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from psycopg import Connection

#: in the order of writing
MODELS = (
    Resident,
    Ticket,
    TicketEvent,
    Clock,
    Pause,
    Escalation,
    Route,
    Remark,
    Follower,
    Report,
    Photo,
    WorkOrder,
    OrderClock,
    OrderPause,
    OrderEntry,
    Proof,
    Verification,
    Damage,
    Message,
    Attempt,
)
COLUMNS: dict[str, tuple[str, ...]] = {
    model.__tablename__: tuple(model.__table__.columns.keys()) for model in MODELS
}
_JSON = json.JSONEncoder(ensure_ascii=False)
_TROUBLE = re.compile(r"[\\\t\n\r]").search
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _TROUBLE(value) else value


def _json(value: Any) -> str:
    return _text(_JSON.encode(value))


_AS_TEXT: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    float: repr,
    bool: lambda value: "t" if value else "f",
    bytes: lambda value: "\\\\x" + value.hex(),
    dict: _json,
    datetime: datetime.isoformat,
    type(None): lambda _value: "\\N",
    date: date.isoformat,
    list: lambda value: "{" + ",".join(map(str, value)) + "}",  # ids alone, or nothing
}


def line(row: Iterable[Any]) -> str:
    """Return a row in COPY's text format. Raises KeyError for a type that no column here has."""
    as_text = _AS_TEXT
    return "\t".join([as_text[type(value)](value) for value in row]) + "\n"


class Sheets:
    """Lines waiting for each table."""

    def __init__(self, connection: Connection[Any]) -> None:
        """connection: of the tables' owner (COPY is refused under row-level security); the caller commits."""
        self._connection = connection
        self._lines: dict[str, list[str]] = {name: [] for name in COLUMNS}
        self._beside = ThreadPoolExecutor(1)
        self._copying: Future[None] | None = None

    def add(self, table: str, row: Iterable[Any]) -> None:
        """Keep one row, its values in the order of COLUMNS."""
        self._lines[table].append(line(row))

    def add_mapping(self, table: str, row: dict[str, Any]) -> None:
        """Keep one row given by column; a missing column is null."""
        self.add(table, [row.get(column) for column in COLUMNS[table]])

    def write(self) -> None:
        """Copy everything kept so far, beside the drawing of what comes next. Raises what the copy before raised."""
        self.wait()
        sheets = [(table, "".join(lines)) for table, lines in self._lines.items() if lines]
        for lines in self._lines.values():
            lines.clear()
        self._copying = self._beside.submit(self._copy, sheets)

    def wait(self) -> None:
        """Wait until what was given to `write` is copied."""
        if self._copying is not None:
            self._copying.result()
            self._copying = None

    def _copy(self, sheets: list[tuple[str, str]]) -> None:
        for table, text in sheets:
            statement = f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN"
            with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(text)
