"""Counts what has happened since it was last counted: the cases of those tickets are made anew, the sums follow by the difference.

Whoever calls holds the lock and commits. Counting the same ticket again, late or twice, changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports import adding, repeats, spreading
from service_desk.reports.cases import BY_IDS, COLUMN_NAMES, KEY, ORDER_COLUMNS, cases_sql, orders_sql
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
    were_done = repeats.work_of(ticket_ids)
    found = db.session.execute(_MOVE, given).one()
    spreading.change(found.spreads or [])
    _drop("figures_days", ("service_code", "day", "centre_id"), found.empty_days or [])
    _drop("figures_now", ("service_code", "centre_id"), found.empty_now or [])
    repeats.judge_again(ticket_ids, were_done)
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
