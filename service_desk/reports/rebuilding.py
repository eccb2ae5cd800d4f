"""All figures from scratch: cases by ranges of tickets, then which of them came again, then the sums.

Nobody counts meanwhile (the lock of `counting`); what happens meanwhile stays uncounted and is counted afterwards.
Pages show the sums of before until the new ones are there, all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports import adding, repeats
from service_desk.reports.cases import COLUMN_NAMES, ORDER_COLUMNS, cases_sql, in_range, orders_sql
from service_desk.reports.counting import LOCK
from service_desk.reports.rules import DEFINITIONS, Steps, month_of
from service_desk.reports.rules.populations import COUNTED, STANDING
from service_desk.reports.spreading import keep
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import date, datetime

    from service_desk.reports.spreading import Key

#: tickets of one range: a transaction of seconds, sorted in memory
RANGE = 25_000
#: ids that no ticket exceeds
_MOST = 2**63 - 1
_SUMS = ("figures_days", "figures_now", "figures_spreads", "figures_contractors")


@dataclass(frozen=True)
class State:
    """Where counting stands. is_current: counted by the definitions of this code."""

    counted_at: datetime
    rebuilt_at: datetime | None
    is_current: bool


def state() -> State | None:
    """Return where counting stands, None when nothing was ever counted. One statement."""
    query = "SELECT counted_at, rebuilt_at, definitions FROM figures_state WHERE authority_id = :here"
    row = db.session.execute(text(query), {"here": tenant_id()}).first()
    # one that was begun and never finished has no definitions
    return State(row.counted_at, row.rebuilt_at, row.definitions == DEFINITIONS) if row else None


def hold(*, is_waiting: bool) -> bool:
    """Keep everybody else from counting until this transaction ends.

    False when somebody else counts or rebuilds just now, unless the transaction is to wait until he is done.
    """
    asked = {"lock": LOCK, "here": tenant_id()}
    for setting in ("statement_timeout = 0", "lock_timeout = 0"):
        db.session.execute(text(f"SET LOCAL {setting}"))
    if is_waiting:
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock, :here)"), asked)
        return True
    return bool(db.session.scalar(text("SELECT pg_try_advisory_xact_lock(:lock, :here)"), asked))


def begin(now: datetime) -> None:
    """Say that the figures are not to be trusted until they have been made: whoever stops halfway leaves this behind."""
    query = """
        INSERT INTO figures_state (authority_id, counted_at, definitions) VALUES (:here, :now, 0)
        ON CONFLICT (authority_id) DO UPDATE SET definitions = 0
    """
    db.session.execute(text(query), {"here": tenant_id(), "now": now})


def ranges(size: int = RANGE) -> list[tuple[int, int]]:
    """Return ranges of ids (first, last) that hold about so many tickets each, and together every possible id. One statement."""
    query = """
        SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM tickets WHERE authority_id = :here) each_ticket
        WHERE n % :size = 0 ORDER BY id
    """
    lasts = list(db.session.scalars(text(query), {"here": tenant_id(), "size": size}))
    firsts = [0, *(each + 1 for each in lasts)]
    return list(zip(firsts, [*lasts, _MOST], strict=True))


def make(first: int, last: int) -> int:
    """Make the cases and orders of the tickets with these ids anew. Returns how many cases."""
    prepare("96MB")
    here, which = {"here": tenant_id()}, in_range(first, last)
    of_tickets = which.format(column="ticket_id")
    for table in ("figures_cases", "figures_orders"):
        db.session.execute(text(f"DELETE FROM {table} WHERE authority_id = :here AND {of_tickets}"), here)  # noqa: S608
    names = ", ".join(COLUMN_NAMES)
    cases = (
        f"INSERT INTO figures_cases ({names}, is_repeat) SELECT {names}, false FROM ({cases_sql(which)}) made"  # noqa: S608
    )
    made = db.session.connection().execute(text(cases), here).rowcount
    names = ", ".join(ORDER_COLUMNS)
    orders = f"INSERT INTO figures_orders ({names}) SELECT {names} FROM ({orders_sql(which)}) made"  # noqa: S608
    db.session.execute(text(orders), here)
    return made


def mark_repeats(part: int, parts: int) -> None:
    """Say of one part of all places which cases came again; those made by `make` say of none."""
    prepare("192MB")
    marked = f"""
        UPDATE figures_cases c SET is_repeat = true FROM ({repeats.walk_sql(part, parts)}) again
        WHERE c.authority_id = :here AND c.ticket_id = again.ticket_id AND c.round = again.round
    """  # noqa: S608
    db.session.execute(text(marked), {"here": tenant_id()})


def sum_up(now: datetime) -> None:
    """Put the sums of the cases in the place of all sums, and say that they are current. now: when the rebuild began."""
    prepare("192MB")
    here = {"here": tenant_id()}
    for table in _SUMS:
        db.session.execute(text(f"DELETE FROM {table} WHERE authority_id = :here"), here)  # noqa: S608
    _fill("figures_days", "service_code, day, centre_id", COUNTED, days_again())
    _fill("figures_now", "service_code, centre_id", tuple(STANDING), now_again())
    _fill("figures_contractors", "unit_id, day", adding.ORDER_COUNTED, contractors_again())
    keep(spreads_again())
    query = "UPDATE figures_state SET counted_at = :now, rebuilt_at = :now, definitions = :definitions WHERE authority_id = :here"
    db.session.execute(text(query), {**here, "now": now, "definitions": DEFINITIONS})


_ALL = "(SELECT 1 AS w, c.* FROM figures_cases c WHERE authority_id = :here) counted"
_ALL_ORDERS = "(SELECT 1 AS w, o.* FROM figures_orders o WHERE authority_id = :here) counted"


def days_again() -> str:
    """Return the SELECT of the rows of figures_days as the cases give them."""
    return f"WITH of_days AS MATERIALIZED ({adding.days_sql(_ALL)}) {adding.with_all_types('SELECT * FROM of_days')}"  # noqa: S608


def now_again() -> str:
    """Return the SELECT of the rows of figures_now as the cases give them."""
    standing = "(SELECT 1 AS w, c.* FROM figures_cases c WHERE authority_id = :here AND (is_open OR is_late)) counted"
    made = adding.with_all_types("SELECT * FROM of_now", "centre_id", tuple(STANDING))
    return f"WITH of_now AS MATERIALIZED ({adding.now_sql(standing)}) {made}"


def contractors_again() -> str:
    """Return the SELECT of the rows of figures_contractors as the orders give them."""
    return adding.contractors_sql(_ALL_ORDERS)


def _fill(table: str, key: str, counted: tuple[str, ...], made: str) -> None:
    names = f"{key}, {', '.join(counted)}"
    query = f"INSERT INTO {table} (authority_id, {names}) SELECT :here, {names} FROM ({made}) made"  # noqa: S608
    db.session.execute(text(query), {"here": tenant_id()})


def spreads_again() -> dict[Key, bytes]:
    """Return the distributions as the cases give them, by day and by month. One statement."""
    query = f"""
        SELECT measure, day, centre_id, array_agg(step), array_agg(n)
        FROM ({adding.spreads_sql(_ALL)}) counted GROUP BY 1, 2, 3
    """  # noqa: S608
    days: dict[tuple[str, date, int], Steps] = {}
    months: dict[tuple[str, date, int], Steps] = {}
    for measure, day, centre_id, steps, cases in db.session.execute(text(query), {"here": tenant_id()}):
        made = Steps()
        made.counts[steps] = cases
        days[measure, day, centre_id] = made
        month = months.setdefault((measure, month_of(day), centre_id), Steps())
        month.counts += made.counts
    found = {(measure, "day", day, centre): each.kept for (measure, day, centre), each in days.items()}
    return found | {
        (measure, "month", day, centre): each.kept for (measure, day, centre), each in months.items()
    }


def prepare(work_mem: str) -> None:
    """Set what this transaction may use. The text is planned for its own numbers, never compiled.

    A range of new ids looks empty to the planner, and a loop over a loop takes minutes where a hash takes seconds.
    """
    for setting in ("jit = off", "statement_timeout = 0", "enable_nestloop = off"):
        db.session.execute(text(f"SET LOCAL {setting}"))
    db.session.execute(text(f"SET LOCAL work_mem = '{work_mem}'"))
