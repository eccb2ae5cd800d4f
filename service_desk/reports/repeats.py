"""Which cases came again: the same kind, at the same place, not long after work there was said to be done.

Counted case by case as things happen, and by one walk through all that happened at each place in a rebuild.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports.cases import BY_IDS
from service_desk.reports.rules import REPEAT_DAYS
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAYS = f"interval '{24 * REPEAT_DAYS} hours'"
#: whether a case came again: the same kind, at the same place, not long after work there was said to be done
CAME_AGAIN = f"""EXISTS (
    SELECT FROM figures_cases p
    WHERE p.authority_id = c.authority_id AND p.place_cell = c.place_cell AND p.service_code = c.service_code
      AND p.opened_at < c.opened_at AND p.done_at < c.opened_at AND p.done_at >= c.opened_at - {_DAYS}
)"""
_REPEATS = text(
    f"""
    WITH work AS (
        SELECT place_cell AS cell, service_code AS service, done_at AS at FROM figures_cases
        WHERE authority_id = :here AND {BY_IDS.format(column="ticket_id")} AND place_cell IS NOT NULL AND done_at IS NOT NULL
        UNION
        SELECT * FROM unnest(CAST(:cells AS bigint[]), CAST(:services AS text[]), CAST(:ats AS timestamptz[]))
    ), concerned AS (
        SELECT ticket_id, round FROM figures_cases
        WHERE authority_id = :here AND {BY_IDS.format(column="ticket_id")} AND opened_day IS NOT NULL
        UNION
        SELECT c.ticket_id, c.round FROM work JOIN figures_cases c
            ON c.authority_id = :here AND c.place_cell = work.cell AND c.service_code = work.service
            AND c.opened_at > work.at AND c.opened_at <= work.at + {_DAYS} AND c.opened_day IS NOT NULL
    ), judged AS MATERIALIZED (
        SELECT c.ticket_id, c.round, {CAME_AGAIN} AS is_repeat
        FROM concerned JOIN figures_cases c
            ON c.authority_id = :here AND c.ticket_id = concerned.ticket_id AND c.round = concerned.round
    ), changed AS (
        UPDATE figures_cases c SET is_repeat = j.is_repeat FROM judged j
        WHERE c.authority_id = :here AND c.ticket_id = j.ticket_id AND c.round = j.round AND c.is_repeat <> j.is_repeat
        RETURNING c.service_code, c.opened_day, c.centre_id, CASE WHEN c.is_repeat THEN 1 ELSE -1 END AS w
    )
    UPDATE figures_days d SET repeats = d.repeats + more.repeats
    FROM (
        SELECT code, opened_day, centre_id, sum(w) AS repeats
        FROM changed CROSS JOIN LATERAL (VALUES (service_code), ('')) AS of_type (code) GROUP BY 1, 2, 3
    ) more
    WHERE d.authority_id = :here AND d.service_code = more.code AND d.day = more.opened_day AND d.centre_id = more.centre_id
    """  # noqa: S608
)
_WORK = text(
    "SELECT place_cell, service_code, done_at FROM figures_cases WHERE authority_id = :here AND "  # noqa: S608
    f"{BY_IDS.format(column='ticket_id')} AND place_cell IS NOT NULL AND done_at IS NOT NULL"
)


def work_of(ticket_ids: Sequence[int]) -> Sequence[Any]:
    """Return (place_cell, service_code, done_at) of the work of these tickets as it is counted now. One statement."""
    return db.session.execute(_WORK, {"here": tenant_id(), "ids": list(ticket_ids)}).all()


def judge_again(ticket_ids: Sequence[int], were_done: Sequence[Any]) -> None:
    """Say anew which cases came again: those just counted, and those that came after work which is, or was, theirs.

    were_done: of `work_of`, before they were counted. The sums follow. One statement.
    """
    given = {
        "here": tenant_id(),
        "ids": list(ticket_ids),
        "cells": [row.place_cell for row in were_done],
        "services": [row.service_code for row in were_done],
        "ats": [row.done_at for row in were_done],
    }
    db.session.execute(_REPEATS, given)


def walk_sql(part: int, parts: int) -> str:
    """Return a SELECT of (ticket_id, round) of the cases that came again, of one part of all places.

    It walks through what happened at each place, once: the last work said to be done there is at hand at each arrival.
    """
    where = f"authority_id = :here AND place_cell IS NOT NULL AND place_cell % {int(parts)} = {int(part)}"
    return f"""
        SELECT ticket_id, round FROM (
            SELECT ticket_id, round, at, is_work, max(CASE WHEN is_work THEN at END)
                OVER (PARTITION BY place_cell, service_code ORDER BY at, is_work ROWS UNBOUNDED PRECEDING) AS done_at
            FROM (
                SELECT place_cell, service_code, opened_at AS at, false AS is_work, ticket_id, round
                FROM figures_cases WHERE {where} AND opened_day IS NOT NULL
                UNION ALL
                SELECT place_cell, service_code, done_at, true, ticket_id, round
                FROM figures_cases WHERE {where} AND done_at IS NOT NULL
            ) happened
        ) walked
        WHERE NOT is_work AND done_at >= at - interval '{24 * REPEAT_DAYS} hours'
    """  # noqa: S608
