"""A city of millions from one of a hundred thousand: every ticket again and again with its whole history, by the database.

A copy differs by its ids, its reference and its place; its times are moved back by up to a day, so that days are not each other's
doubles. Copies lie beside each other as cities do, ten by ten, each ticket moved by up to 60 m more: on one city's streets ten million
would lie so densely that nearly each came again at its place. Hashes of histories are copied as they are: figures do not read them.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from tqdm import tqdm

#: ids of a copy lie so far from the last copy's
STEP = 100_000_000
#: what figures are counted from; with messages, what a ticket takes on disk
HISTORY = ("tickets", "ticket_events", "clocks", "pauses", "work_orders", "order_clocks")
MESSAGES = ("followers", "messages", "attempts")
#: columns that name rows which are copied along
MOVED = {
    "id",
    "ticket_id",
    "order_id",
    "follower_id",
    "message_id",
    "merged_into_id",
    "split_from_id",
    "repeat_of_id",
    "previous_id",
}
#: columns of which no two rows may have the same: how a copy's is made
UNIQUE = {
    "reference": "{} || lpad(%(copy)s::text, 3, '0')",
    "token_hash": "sha256({} || int4send(%(copy)s))",
    "provider_id": "{} || 'x' || %(copy)s::text",
}
#: degrees a ticket is moved by at the most; and to the next copy beside it
PLACE = {"lon": 0.0006, "lat": 0.0005}
BESIDE = {"lon": "(%(copy)s %% 10) * 0.11", "lat": "(%(copy)s / 10) * 0.09"}
_INDEXES = (
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
    " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)"
)
_COLUMNS = "SELECT column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position"


def multiply(url, times, *, tables=HISTORY, skip_indexes=("ix_tickets_search",), say=print):
    """Let there be `times` as many tickets. url: of a superuser, no one else at work. skip_indexes: not made again (for search by words).

    Secondary indexes are taken off meanwhile and made again at the end.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '1GB'")
        indexes = connection.execute(_INDEXES, (list(tables),)).fetchall()
        for name, _definition in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        first = {table: _set_aside(connection, table) for table in tables}
        statements = {table: _copying(connection, table) for table in tables}
        with tqdm(
            total=(times - 1) * sum(first.values()), unit=" rows", unit_scale=True, mininterval=5
        ) as bar:
            for table, statement in statements.items():
                for copy in range(1, times):
                    connection.execute(statement, {"copy": copy, "step": STEP * copy})
                    bar.update(first[table])
                connection.execute(f"DROP TABLE aside_{table}")
        for name, definition in indexes:
            if name not in skip_indexes:
                say(f"  … index {name}")
                connection.execute(definition)
        connection.execute("VACUUM (ANALYZE) " + ", ".join(tables))


def _set_aside(connection, table):
    """Keep the rows that there are apart, so that a copy does not read what was copied; return how many."""
    order = "ticket_id, seq" if table == "ticket_events" else "2, 3"
    connection.execute(f"DROP TABLE IF EXISTS aside_{table}")
    done = connection.execute(
        f"CREATE UNLOGGED TABLE aside_{table} AS SELECT * FROM {table} ORDER BY {order}"
    )
    return done.rowcount


def _copying(connection, table):
    columns = connection.execute(_COLUMNS, (table,)).fetchall()
    values = ", ".join(_value(table, name, kind) for name, kind in columns)
    names = ", ".join(name for name, _kind in columns)
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM aside_{table}"


def _value(table, name, kind):
    if name in MOVED:
        return f"{name} + %(step)s"
    if name in UNIQUE:
        return UNIQUE[name].format(name)
    if kind == "timestamptz":
        return f"{name} - make_interval(mins => %(copy)s * 14 %% 1440)"
    if name in PLACE and table == "tickets":
        return f"{name} + {BESIDE[name]} + {PLACE[name]} * (((id * 7919 + %(copy)s * 104729) %% 2000) / 1000.0 - 1)"
    return name
