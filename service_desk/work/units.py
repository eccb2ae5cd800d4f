"""One unit of work: one transaction, and what rings once it is durable."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service_desk.extensions import db
from service_desk.telemetry import log, rung
from service_desk.work.tenancy import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def one_at_a_time(key: str) -> None:
    """Let one transaction of the authority at a time go on with this key: the others wait until it has ended."""
    asked = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, :here))")
    db.session.execute(asked, {"key": key, "here": tenant_id()})
