"""Counts what has happened since it was last counted: the cases of those tickets are made anew, the sums follow by the difference.

Whoever calls holds the lock and commits. Counting the same ticket again, late or twice, changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports import adding, spreading
from service_desk.reports.cases import BY_IDS, COLUMN_NAMES, KEY, ORDER_COLUMNS, cases_sql, orders_sql
from service_desk.reports.rules import REPEAT_DAYS
from service_desk.reports.rules.populations import COUNTED, STANDING
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

#: first half of the advisory lock's key; the second is the authority
LOCK = 731_004
_CASE = (*COLUMN_NAMES, "is_repeat")
_TAKEN = text(
    "DELETE FROM uncounted WHERE (authority_id, id) IN "
    "(SELECT authority_id, id FROM uncounted WHERE authority_id = :here ORDER BY id LIMIT :limit) RETURNING ticket_id"
)


def lock() -> bool:
    """Take the right to count for this transaction; False when somebody else counts just now."""
    # A statement of this size would be compiled for seconds to run for milliseconds. On a slow machine a batch may take
    # longer than a page may: cut off it would be begun again for ever.
    for setting in ("jit = off", "statement_timeout = '300s'"):
        db.session.execute(text(f"SET LOCAL {setting}"))
    asked = text("SELECT pg_try_advisory_xact_lock(:lock, :here)")
    return bool(db.session.scalar(asked, {"lock": LOCK, "here": tenant_id()}))


def take(limit: int) -> tuple[list[int], int]:
    """Take away at most so many rows of what is uncounted. Returns (ids of their tickets, rows taken)."""
    found = [row[0] for row in db.session.execute(_TAKEN, {"here": tenant_id(), "limit": limit})]
    return sorted(set(found)), len(found)


def count_tickets(ticket_ids: Sequence[int]) -> None:
    """Make the cases and orders of these tickets anew, and let the sums follow. Six statements, or a few more."""
    if not ticket_ids:
        return
    given = {"here": tenant_id(), "ids": list(ticket_ids)}
    were_done = db.session.execute(_WERE_DONE, given).all()
    found = db.session.execute(_MOVE, given).one()
    spreading.change(found.spreads or [])
    _drop("figures_days", ("service_code", "day", "centre_id"), found.empty_days or [])
    _drop("figures_now", ("service_code", "centre_id"), found.empty_now or [])
    _repeats(given, were_done)
    emptied = db.session.execute(_MOVE_ORDERS, given).scalar()
    _drop("figures_contractors", ("unit_id", "day"), emptied or [])


def note_counted(now: datetime) -> None:
    """Say that everything committed before ``now`` is counted."""
    query = "UPDATE figures_state SET counted_at = greatest(counted_at, :now) WHERE authority_id = :here"
    db.session.execute(text(query), {"here": tenant_id(), "now": now})


_TYPES = {"day": "date", "service_code": "text", "centre_id": "bigint", "unit_id": "bigint"}


def _drop(table: str, key: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Remove sums that have become nothing, so that a rebuild has the same rows."""
    if not rows:
        return
    arrays = ", ".join(f"CAST(:k{n} AS {_TYPES[name]}[])" for n, name in enumerate(key))
    query = (
        f"DELETE FROM {table} USING unnest({arrays}) AS gone ({', '.join(key)}) WHERE authority_id = :here AND "  # noqa: S608
        + " AND ".join(f"{table}.{name} = gone.{name}" for name in key)
    )
    given = {f"k{n}": [row[n] for row in rows] for n in range(len(key))}
    db.session.execute(text(query), {"here": tenant_id(), **given})


# --- the statements, put together once ------------------------------------------------------------------------------

_WERE_DONE = text(
    "SELECT place_cell, service_code, done_at FROM figures_cases WHERE authority_id = :here AND "  # noqa: S608
    f"{BY_IDS.format(column='ticket_id')} AND place_cell IS NOT NULL AND done_at IS NOT NULL"
)


def _row(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _moved(made: str, table: str, names: Sequence[str], key: Sequence[str]) -> str:
    """Return the CTEs «new», «old», «moved» (w = ±1, only what differs), «put» and «cut» for a table of cases or orders."""
    same = " AND ".join(f"n.{name} = o.{name}" for name in key)
    differs = f"({_row('n', names)}) IS DISTINCT FROM ({_row('o', names)})"
    values = ", ".join(f"{name} = excluded.{name}" for name in names if name not in key)
    return f"""
    old AS MATERIALIZED (SELECT * FROM {table} WHERE authority_id = :here AND {BY_IDS.format(column="ticket_id")}),
    new AS MATERIALIZED ({made}),
    moved AS MATERIALIZED (
        SELECT 1 AS w, {_row("n", names)} FROM new n LEFT JOIN old o ON {same} WHERE {differs}
        UNION ALL
        SELECT -1, {_row("o", names)} FROM old o LEFT JOIN new n ON {same} WHERE {differs}
    ),
    put AS (
        INSERT INTO {table} ({", ".join(names)}) SELECT {", ".join(names)} FROM moved WHERE w = 1
        ON CONFLICT ({", ".join(key)}) DO UPDATE SET {values}
    ),
    cut AS (
        DELETE FROM {table} c USING old o
        WHERE {" AND ".join(f"c.{name} = o.{name}" for name in key)} AND NOT EXISTS (SELECT FROM new n WHERE {same})
    )"""  # noqa: S608


def _added(table: str, sums: str, key: Sequence[str], counted: Sequence[str]) -> str:
    """Return an INSERT that adds sums to a table, giving back the keys of rows that have become nothing."""
    names = (*key, *counted)
    more = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in counted)
    is_empty = " AND ".join(f"{table}.{name} = 0" for name in counted)
    return f"""
        INSERT INTO {table} (authority_id, {", ".join(names)}) SELECT :here, {", ".join(names)} FROM ({sums}) sums
        ON CONFLICT (authority_id, {", ".join(key)}) DO UPDATE SET {more}
        RETURNING {", ".join(key)}, {is_empty} AS is_empty"""  # noqa: S608


def _emptied(name: str, key: Sequence[str]) -> str:
    return f"(SELECT json_agg(json_build_array({', '.join(key)})) FROM {name} WHERE is_empty)"  # noqa: S608


_REPEATED_SO_FAR = (
    f"SELECT {_row('f', COLUMN_NAMES)}, coalesce(o.is_repeat, false) AND f.opened_day IS NOT NULL AS is_repeat "  # noqa: S608
    f"FROM ({cases_sql(BY_IDS)}) f LEFT JOIN old o ON o.ticket_id = f.ticket_id AND o.round = f.round"
)
_DAY_KEY, _NOW_KEY = ("service_code", "day", "centre_id"), ("service_code", "centre_id")
_MOVE = text(
    f"""
    WITH {_moved(_REPEATED_SO_FAR, "figures_cases", _CASE, KEY)},
    of_days AS MATERIALIZED ({adding.days_sql("moved")}),
    of_now AS MATERIALIZED ({adding.now_sql("moved")}),
    of_times AS MATERIALIZED ({adding.spreads_sql("moved")}),
    days AS ({_added("figures_days", adding.with_all_types("SELECT * FROM of_days"), _DAY_KEY, COUNTED)}),
    now AS ({_added("figures_now", adding.with_all_types("SELECT * FROM of_now", "centre_id", tuple(STANDING)), _NOW_KEY, tuple(STANDING))})
    SELECT {_emptied("days", _DAY_KEY)} AS empty_days, {_emptied("now", _NOW_KEY)} AS empty_now,
        (SELECT json_agg(json_build_array(measure, day, centre_id, step, n)) FROM of_times WHERE n <> 0) AS spreads
    """  # noqa: S608
)
_ORDER_KEY = ("authority_id", "order_id")
_MOVE_ORDERS = text(
    f"""
    WITH {_moved(orders_sql(BY_IDS), "figures_orders", ORDER_COLUMNS, _ORDER_KEY)},
    of_orders AS MATERIALIZED ({adding.contractors_sql("moved")}),
    sums AS ({_added("figures_contractors", f"SELECT * FROM of_orders WHERE NOT ({adding.empty(adding.ORDER_COUNTED)})", ("unit_id", "day"), adding.ORDER_COUNTED)})
    SELECT {_emptied("sums", ("unit_id", "day"))}
    """  # noqa: S608
)

# --- repeats --------------------------------------------------------------------------------------------------------

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


def _repeats(given: dict[str, Any], were_done: Sequence[Any]) -> None:
    """Say anew which cases came again: those just counted, and those that came after work which is, or was, theirs."""
    before = {
        "cells": [row.place_cell for row in were_done],
        "services": [row.service_code for row in were_done],
        "ats": [row.done_at for row in were_done],
    }
    db.session.execute(_REPEATS, {**given, **before})
