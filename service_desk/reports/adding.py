"""How cases are added up: the SQL of the sums, made from what each figure counts (rules.populations).

A source is a table or subquery of cases with a column «w»: how often a case counts, −1 for one that no longer does.
"""

from __future__ import annotations

from service_desk.reports.rules.populations import COUNTED, COUNTERS, HELD, POPULATIONS, SPREAD_OF, STANDING
from service_desk.reports.rules.steps import BEGINS

ORDER_COUNTERS = {
    "issued_day": {"issued": "", "refused": "is_refused", "repeats": "is_repeat", "failed": "failed"},
    "due_day": {"due": "", "met": "is_met"},
    "done_day": {"done": ""},
}
ORDER_COUNTED = ("issued", "refused", "repeats", "due", "met", "done", "failed")
#: first minutes of the steps, as the database has them
STEP_BEGINS = "'{" + ",".join(str(each) for each in BEGINS) + "}'::integer[]"


def days_sql(source: str, of_type: str = "") -> str:
    """Return a SELECT of (service_code, day, centre_id, *COUNTED) per type and day; rows may be all zero.

    of_type: a condition on the cases, '' = all.
    """
    parts = []
    for day, names in COUNTERS.items():
        own = {name: _sum_of(name) for name in names}
        shown = ", ".join(f"{own.get(name, '0::bigint')} AS {name}" for name in COUNTED)
        parts.append(
            f"SELECT service_code, {day} AS day, centre_id, {shown} FROM {source} "  # noqa: S608
            f"WHERE {day} IS NOT NULL{f' AND {of_type}' if of_type else ''} GROUP BY 1, 2, 3"
        )
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in COUNTED)
    union = " UNION ALL ".join(parts)
    return f"SELECT service_code, day, centre_id, {sums} FROM ({union}) part GROUP BY 1, 2, 3"  # noqa: S608


def _sum_of(name: str) -> str:
    if name in HELD:
        return f"sum(w * {name})::bigint"
    condition = POPULATIONS[name].condition
    return f"coalesce(sum(w) FILTER (WHERE {condition}), 0)::bigint" if condition else "sum(w)::bigint"


def with_all_types(days: str, key: str = "day, centre_id", counted: tuple[str, ...] = COUNTED) -> str:
    """Return the same sums with those of all types together, whose service_code is ''. Rows of nothing are left out."""
    names = ", ".join(counted)
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in counted)
    return (
        f"SELECT service_code, {key}, {names} FROM ({days}) each_type WHERE NOT ({empty(counted)}) UNION ALL "  # noqa: S608
        f"SELECT '', {key}, {sums} FROM ({days}) all_types GROUP BY {key} HAVING NOT ({empty(counted, 'sum')})"
    )


def empty(names: tuple[str, ...], how: str = "") -> str:
    """Return the condition of a row that counts nothing. how: an aggregate around each column."""
    return " AND ".join(f"{how}({name}) = 0" if how else f"{name} = 0" for name in names)


def now_sql(source: str) -> str:
    """Return a SELECT of (service_code, centre_id, *STANDING) per type; rows may be all zero."""
    shown = ", ".join(
        f"coalesce(sum(w) FILTER (WHERE {POPULATIONS[of].where}), 0)::bigint AS {name}"
        for name, of in STANDING.items()
    )
    return f"SELECT service_code, centre_id, {shown} FROM {source} GROUP BY 1, 2"  # noqa: S608


def spreads_sql(source: str) -> str:
    """Return a SELECT of (measure, day, centre_id, step, n): cases of each step of time; n may be zero."""
    parts = [
        f"SELECT '{measure}' AS measure, {day} AS day, centre_id, {minutes} AS minutes, w FROM {source} "  # noqa: S608
        f"WHERE {day} IS NOT NULL AND {minutes} IS NOT NULL"
        for measure, (day, minutes) in SPREAD_OF.items()
    ]
    step = f"(width_bucket(minutes, {STEP_BEGINS}) - 1)::integer"
    union = " UNION ALL ".join(parts)
    return f"SELECT measure, day, centre_id, {step} AS step, sum(w)::bigint AS n FROM ({union}) time GROUP BY 1, 2, 3, 4"  # noqa: S608


def contractors_sql(source: str) -> str:
    """Return a SELECT of (unit_id, day, *ORDER_COUNTED) of orders with a column «w»; rows may be all zero."""
    parts = []
    for day, own in ORDER_COUNTERS.items():
        shown = ", ".join(_order_sum(own, name) for name in ORDER_COUNTED)
        parts.append(
            f"SELECT unit_id, {day} AS day, {shown} FROM {source} WHERE {day} IS NOT NULL GROUP BY 1, 2"  # noqa: S608
        )
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in ORDER_COUNTED)
    return f"SELECT unit_id, day, {sums} FROM ({' UNION ALL '.join(parts)}) part GROUP BY 1, 2"  # noqa: S608


def _order_sum(own: dict[str, str], name: str) -> str:
    condition = own.get(name)
    if condition is None:
        return f"0::bigint AS {name}"
    if name == "failed":
        return f"sum(w * failed)::bigint AS {name}"
    return (
        f"coalesce(sum(w) FILTER (WHERE {condition}), 0)::bigint AS {name}"
        if condition
        else f"sum(w)::bigint AS {name}"
    )
