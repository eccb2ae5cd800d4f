"""Rows behind the figures: a case with its names, without anything personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.mayor import words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service_desk.reports.lists import Case

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Row:
    """One case as shown. name, holder: names by language or words; hours: how late (or how long it took), held."""

    case: Case
    name: Any
    number: int
    address: str
    holder: Any
    held_hours: float
    late_hours: float | None
    took_hours: float | None
    status: Any
    result: Any


def late_rows(cases: Iterable[Case], now: datetime) -> list[Row]:
    """Return the rows of cases."""
    return [row_of(case, now) for case in cases]


def row_of(case: Case, now: datetime) -> Row:
    """Return the row of a case. The place of a sensitive one is left out."""
    city, service = city_map(), catalogue().types.get(case.service_code)
    unit = city.units.get(case.unit_id or 0)
    holder = words.HOLDER.get(case.holder_kind, "")
    if case.holder_kind == "centre":
        holder = city.centres[case.centre_id].name
    elif case.holder_kind in {"unit", "contractor", "outside"} and unit is not None:
        holder = unit.name
    is_running = case.started_at is not None and case.stopped_at is None and case.result is None
    ended = case.stopped_at or now
    return Row(
        case=case,
        name=service.name if service else case.service_code,
        number=city.centres[case.centre_id].number,
        address="" if case.is_sensitive else case.address,
        holder=holder,
        held_hours=_hours(now, case.holder_since),
        late_hours=_hours(ended, case.due_at)
        if case.due_at and case.started_at and ended > case.due_at
        else None,
        took_hours=None if is_running or case.started_at is None else _hours(ended, case.started_at),
        status=words.STATUS[case.status],
        result=words.RESULT.get(case.result or "", ""),
    )


def _hours(later: datetime, earlier: datetime) -> float:
    return (later - earlier).total_seconds() / _HOUR
