"""Compares what is counted with what the history gives when it is counted again: cases, repeats, sums, spreads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports import adding, rebuilding, repeats
from service_desk.reports.cases import COLUMN_NAMES, ORDER_COLUMNS, cases_sql, in_range, orders_sql
from service_desk.reports.rules.populations import COUNTED, STANDING
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Sequence

#: differences of one comparison that are told one by one
MOST_TOLD = 5


def cases_differ(first: int, last: int) -> list[str]:
    """Return differences of the cases and orders of the tickets with these ids. A ticket that waits to be counted is left out."""
    rebuilding.prepare("96MB")
    which = in_range(first, last)
    cases = _compared("figures_cases", cases_sql(which), COLUMN_NAMES, ("ticket_id", "round"), which)
    orders = _compared("figures_orders", orders_sql(which), ORDER_COLUMNS, ("order_id",), which)
    return [*cases, *orders]


def _compared(table: str, made: str, names: Sequence[str], key: Sequence[str], which: str) -> list[str]:
    stored = f"SELECT {', '.join(names)} FROM {table} WHERE authority_id = :here AND {which.format(column='ticket_id')}"  # noqa: S608
    waiting = "SELECT FROM uncounted u WHERE u.authority_id = :here AND u.ticket_id = coalesce(m.ticket_id, s.ticket_id)"
    return _told(table, made, stored, names, key, f"AND NOT EXISTS ({waiting})")


def _told(
    table: str, made: str, stored: str, names: Sequence[str], key: Sequence[str], more: str = ""
) -> list[str]:
    """Return a sentence for each of the first rows that are not the same in what is made and what is stored."""
    same = " AND ".join(f"m.{name} = s.{name}" for name in key)
    columns = [", ".join(f"{alias}.{name}" for name in names) for alias in "ms"]
    shown = ", ".join(f"coalesce(m.{name}, s.{name})::text" for name in key)
    query = f"""
        SELECT concat_ws(' ', {shown}), m.{key[0]} IS NULL, s.{key[0]} IS NULL
        FROM ({made}) m FULL JOIN ({stored}) s ON {same}
        WHERE ({columns[0]}) IS DISTINCT FROM ({columns[1]}) {more} LIMIT {MOST_TOLD}
    """  # noqa: S608
    found = []
    for where, is_left, is_missing in db.session.execute(text(query), {"here": tenant_id()}):
        what = "is left over" if is_left else "is missing" if is_missing else "is not what the history gives"
        found.append(f"{table} {where} {what}")
    return found


def repeats_differ() -> list[str]:
    """Return cases that are said to have come again and did not, or the other way round."""
    rebuilding.prepare("192MB")
    stored = "SELECT ticket_id, round FROM figures_cases WHERE authority_id = :here AND is_repeat"
    key = ("ticket_id", "round")
    return _told("repeats", repeats.walk_sql(0, 1), stored, key, key)


def sums_differ() -> list[str]:
    """Return sums that are not those of the stored cases and orders."""
    rebuilding.prepare("192MB")
    told = []
    for table, key, counted, made in (
        ("figures_days", ("service_code", "day", "centre_id"), COUNTED, rebuilding.days_again()),
        ("figures_now", ("service_code", "centre_id"), tuple(STANDING), rebuilding.now_again()),
        ("figures_contractors", ("unit_id", "day"), adding.ORDER_COUNTED, rebuilding.contractors_again()),
    ):
        names = (*key, *counted)
        stored = f"SELECT {', '.join(names)} FROM {table} WHERE authority_id = :here"  # noqa: S608
        told += _told(table, made, stored, names, key)
    return told


def spreads_differ() -> list[str]:
    """Return distributions of times that are not those of the stored cases."""
    rebuilding.prepare("192MB")
    query = "SELECT measure, span, day, centre_id, steps FROM figures_spreads WHERE authority_id = :here"
    stored = {tuple(row[:4]): bytes(row[4]) for row in db.session.execute(text(query), {"here": tenant_id()})}
    made = rebuilding.spreads_again()
    wrong = [key for key in stored.keys() | made.keys() if stored.get(key) != made.get(key)]
    return [f"figures_spreads {key} is not what its cases give" for key in sorted(wrong)[:MOST_TOLD]]


def how_many() -> tuple[int, int]:
    """Return how many cases there are, and how many sums of a day."""
    query = """
        SELECT (SELECT count(*) FROM figures_cases WHERE authority_id = :here),
               (SELECT count(*) FROM figures_days WHERE authority_id = :here)
    """
    cases, days = db.session.execute(text(query), {"here": tenant_id()}).one()
    return cases, days
