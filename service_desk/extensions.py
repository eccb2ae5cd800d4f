"""Unbound extensions; the factory binds them."""

from __future__ import annotations

import select
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, MetaData, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import Pool

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """Base of every table; constraints get predictable names."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False, "autoflush": False})
if TYPE_CHECKING:
    Table = Model
else:
    #: what every table extends; the checker sees the plain declarative base
    Table = db.Model
babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
limiter = Limiter(
    key_func=get_remote_address, default_limits=[], swallow_errors=True, in_memory_fallback_enabled=True
)


def load_tables() -> None:
    """Make every table known: import each slice's `models`, a module or a package. Pages and use-cases stay unloaded."""
    for path in sorted(Path(__file__).parent.glob("*/models*")):
        if path.name in {"models", "models.py"}:
            import_module(f"service_desk.{path.parent.name}.models")


#: how long a connection may have rested and still be taken at its word (s)
RESTED_SECONDS = 30.0


@event.listens_for(Engine, "do_execute")
def _ask_for_bytes(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Let a statement with the execution option `in_binary` be answered in bytes: as text each byte comes as two, to be put back."""
    if not context.execution_options.get("in_binary"):
        return False
    cursor.execute(statement, parameters, binary=True)
    return True


@event.listens_for(Pool, "checkin")
def _note_rest(_connection: Any, record: Any) -> None:
    record.info["rested_at"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _try_out(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection whether it lives when it rested for long, or when its server has said something unasked.

    A server that stops says so at once; only a cut line is silent. Asking before every use (the pool's own way) costs
    each page one way to the server and back.
    """
    rested_at = record.info.pop("rested_at", None)
    if rested_at is None:
        return  # fresh
    try:
        if time.monotonic() - rested_at < RESTED_SECONDS and not _has_said(connection):
            return
        connection.autocommit = True
        connection.execute("SELECT 1")
        connection.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error  # the pool drops what is older than this, and connects anew


def _has_said(connection: psycopg.Connection) -> bool:
    """Say whether bytes wait on a connection that nobody asked anything: a farewell, as a rule. Raises OperationalError when it is closed."""
    ears = select.poll()
    ears.register(connection.fileno(), select.POLLIN)
    return bool(ears.poll(0))
