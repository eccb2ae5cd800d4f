"""The past is written: day by day, each ticket lives until its end or the present, and its rows are copied in bulk."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select, text

from service_desk import clock, config
from service_desk.extensions import db
from service_desk.flow.count_figures import rebuild
from service_desk.flow.demo.copying import Sheets
from service_desk.flow.demo.days import counts, days_of
from service_desk.flow.demo.digests import write_past_digests
from service_desk.flow.demo.months import sign_past_months
from service_desk.flow.demo.writing import KEY, Writer
from service_desk.intake.models import Report
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable


class DemoExists(Exception):
    """The authority has demo tickets already (any ticket, for a lean past)."""


class NotADemo(Exception):
    """Invented residents belong only where nothing is really sent."""


@dataclass(frozen=True)
class Seeded:
    """What was written."""

    tickets: int
    photos: int


def seed_past(
    *,
    tickets: int = 5000,
    months: float = 12,
    seed: int = 1,
    more: bool = False,
    lean: bool = False,
    progress: Callable[[int], object] | None = None,
) -> Seeded:
    """Write so many tickets over the last months for the present authority, in one transaction.

    seed: the same seed at the same moment gives the same past (ids, photo names and links aside). lean: only tickets,
    events, clocks, pauses, routes and words, for load. progress: called with the number of tickets just written.
    Raises DemoExists unless more, NotADemo when messages are really sent.
    """
    if not config.current().is_sandbox:
        raise NotADemo
    if not more and _exists(lean=lean):
        raise DemoExists
    now = clock.now().replace(microsecond=0)
    raw = db.engine.raw_connection()
    try:
        # As the owner: COPY is refused under row-level security.
        connection = cast("Any", raw.driver_connection)
        connection.execute("SET LOCAL statement_timeout = 0")
        writer = Writer(random.Random(seed), Sheets(connection), tickets, now, lean=lean)  # noqa: S311 — no secret
        days = days_of(now, months)
        for day, count in zip(days, counts(days, tickets), strict=True):
            writer.write_day(day, count)
            if progress is not None:
                progress(count)
        writer.sheets.write()
        writer.sheets.wait()
        raw.commit()
        connection.execute("ANALYZE tickets, ticket_events, clocks, routes")
        raw.commit()
    finally:
        raw.close()
    if not (lean or more):
        write_past_digests(now)
        sign_past_months(now)
    # Copied in bulk, it left nothing to count.
    rebuild()
    return Seeded(tickets, writer.pictures.stored)


def _exists(*, lean: bool) -> bool:
    if lean:
        any_ticket = text("SELECT EXISTS (SELECT FROM tickets WHERE authority_id = :a)")
        return bool(db.session.execute(any_ticket, {"a": tenant_id()}).scalar_one())
    first = (
        select(Report.id)
        .where(Report.authority_id == tenant_id(), Report.submission_key.startswith(KEY))
        .limit(1)
    )
    return db.session.scalar(first) is not None
