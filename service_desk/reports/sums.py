"""Reads of the sums: counts by day, centre and type; spreads of times; how things stand. They cost the same however many tickets there are."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from service_desk.extensions import db
from service_desk.reports.rules import Steps, whole_months
from service_desk.reports.rules.populations import COUNTED, STANDING
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from service_desk.reports.rules import Days

#: key of the whole city beside the centres' ids
CITY = 0
#: what sums may be grouped by; joined by «_» for several, as in centre_day
_KEYS = {
    "city": "0",
    "centre": "d.centre_id",
    "service": "d.service_code",
    "day": "d.day",
    # a week begins on Sunday
    "week": "d.day - CAST(extract(dow FROM d.day) AS integer)",
    "month": "CAST(date_trunc('month', CAST(d.day AS timestamp)) AS date)",
}


@dataclass(slots=True)
class Sums:
    """All counters of some days, as in figures_days."""

    received: int = 0
    hazards: int = 0
    repeats: int = 0
    due: int = 0
    met: int = 0
    breached: int = 0
    done: int = 0
    came_back: int = 0
    said_yes: int = 0
    said_no: int = 0
    held_centre: int = 0
    held_unit: int = 0
    held_contractor: int = 0
    held_outside: int = 0
    held_resident: int = 0
    answered: int = 0
    ended: int = 0
    without_work: int = 0

    @property
    def missed(self) -> int:
        """Return the promises that fell due and were not kept."""
        return self.due - self.met

    @property
    def said(self) -> int:
        """Return the residents who said whether it is done."""
        return self.said_yes + self.said_no

    def __add__(self, other: Sums) -> Sums:
        """Return both together."""
        return Sums(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Sums)))


@dataclass(slots=True)
class Now:
    """What stands open. hazards: of the open ones."""

    open: int = 0
    late: int = 0
    hazards: int = 0


def sums(
    days: Days, *, by: str, centre_id: int | None = None, service_code: str | None = None
) -> dict[Any, Sums]:
    """Return the sums of the days by key. One statement.

    by: city (the key is CITY), centre, service, day, week (its Sunday), month (its first day), or several joined, as
    centre_day, whose keys are tuples. Keys of which nothing is counted are absent. Raises KeyError.
    """
    return sums_of([days], by=by, centre_id=centre_id, service_code=service_code)[0]


def sums_of(
    spans: Sequence[Days], *, by: str, centre_id: int | None = None, service_code: str | None = None
) -> list[dict[Any, Sums]]:
    """Return the sums of several runs of days, in their order: now, before, a year ago by one statement."""
    keys = by.split("_")
    shown = ", ".join(f"{_KEYS[key]} AS k{n}" for n, key in enumerate(keys))
    names = ", ".join(f"CAST(sum(d.{name}) AS bigint)" for name in COUNTED)
    query = f"""
        SELECT w.place, {shown}, {names}
        FROM unnest(CAST(:firsts AS date[]), CAST(:lasts AS date[])) WITH ORDINALITY AS w (first, last, place)
        JOIN figures_days d ON d.authority_id = :here AND d.day BETWEEN w.first AND w.last
        WHERE {"d.service_code <> ''" if "service" in keys and not service_code else "d.service_code = :service"}
          AND (CAST(:centre AS bigint) IS NULL OR d.centre_id = :centre)
        GROUP BY {", ".join(str(n + 1) for n in range(len(keys) + 1))}
    """  # noqa: S608
    given = {
        "here": tenant_id(),
        "firsts": [each.first for each in spans],
        "lasts": [each.last for each in spans],
        "service": service_code or "",
        "centre": centre_id,
    }
    found: list[dict[Any, Sums]] = [{} for _each in spans]
    for place, *row in db.session.execute(text(query), given):
        key = row[0] if len(keys) == 1 else tuple(row[: len(keys)])
        found[place - 1][key] = Sums(*row[len(keys) :])
    return found


def spreads(days: Days, measure: str, by: str = "centre") -> dict[int, Steps]:
    """Return {centre id: distribution} of the days, with CITY for all of them. measure: resolve, answer or over.

    by: centre, or city for CITY alone. CITY is there always, centres without cases are absent. One statement.
    """
    return spreads_of([days], [measure], by=by)[0][measure]


def spreads_of(
    spans: Sequence[Days], measures: Iterable[str], *, by: str = "centre"
) -> list[dict[str, dict[int, Steps]]]:
    """Return {measure: {centre id: distribution}} of several runs of days, in their order. One statement.

    Whole months are read as months, so that a year costs little more than a month.
    """
    wanted = list(measures)
    kept: dict[tuple[int, str, int], list[bytes]] = {}
    for place, measure, centre_id, steps in db.session.execute(_SPREADS, _asked(spans, wanted)):
        kept.setdefault((place, measure, centre_id if by == "centre" else CITY), []).append(steps)
    found = [{measure: {CITY: Steps()} for measure in wanted} for _each in spans]
    for (place, measure, key), pieces in kept.items():
        own = Steps.of_all(pieces)
        of_measure = found[place][measure]
        of_measure[CITY] += own
        if key != CITY:
            of_measure[key] = own
    return found


_SPREADS = text(
    """
    SELECT w.place, s.measure, s.centre_id, s.steps
    FROM unnest(CAST(:places AS integer[]), CAST(:spans AS text[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]))
        AS w (place, span, first, last)
    CROSS JOIN unnest(CAST(:measures AS text[])) AS m (measure)
    JOIN figures_spreads s
        ON s.authority_id = :here AND s.measure = m.measure AND s.span = w.span AND s.day BETWEEN w.first AND w.last
"""
).execution_options(in_binary=True)


def _asked(spans: Sequence[Days], measures: list[str]) -> dict[str, Any]:
    """Return the parameters: whole months as months, the days at their ends as days."""
    rows = []
    for place, days in enumerate(spans):
        months, rest = whole_months(days)
        if months:
            rows.append((place, "month", months[0], months[-1]))
        rows += [(place, "day", each.first, each.last) for each in rest]
    places, kinds, firsts, lasts = (list(each) for each in zip(*rows, strict=True)) if rows else ([],) * 4
    return {
        "here": tenant_id(),
        "places": places,
        "spans": kinds,
        "firsts": firsts,
        "lasts": lasts,
        "measures": measures,
    }


def standing(*, service_code: str | None = None) -> dict[int, Now]:
    """Return {centre id: what stands open now}, with CITY for all. One statement."""
    names = ", ".join(STANDING)
    query = (
        f"SELECT centre_id, {names} FROM figures_now WHERE authority_id = :here AND service_code = :service"  # noqa: S608
    )
    found = {CITY: Now()}
    for centre_id, *numbers in db.session.execute(
        text(query), {"here": tenant_id(), "service": service_code or ""}
    ):
        found[centre_id] = Now(*numbers)
        whole = found[CITY]
        whole.open += numbers[0]
        whole.late += numbers[1]
        whole.hazards += numbers[2]
    return found


def standing_by_service(centre_id: int | None = None) -> dict[str, Now]:
    """Return {service code: what stands open now}, of one centre when given. One statement."""
    query = """
        SELECT service_code, CAST(sum(open) AS integer), CAST(sum(late) AS integer), CAST(sum(hazards) AS integer)
        FROM figures_now WHERE authority_id = :here AND service_code <> ''
          AND (CAST(:centre AS bigint) IS NULL OR centre_id = :centre)
        GROUP BY service_code
    """
    rows = db.session.execute(text(query), {"here": tenant_id(), "centre": centre_id})
    return {code: Now(*numbers) for code, *numbers in rows}


def with_city(found: Mapping[int, Sums]) -> dict[int, Sums]:
    """Return the sums of centres with those of the whole city among them, under CITY."""
    return {**found, CITY: sum(found.values(), Sums())}
