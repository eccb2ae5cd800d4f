"""For which authority this work is: each transaction names it, and drops to the role that row-level security binds."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from service_desk.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator

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
