"""Digests as lines by day: one line a promise, with the highest rung it reached that day, and one line an alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from service_desk.desks.mayor.alert_words import Said
    from service_desk.people.models import Notice
    from service_desk.reports.climbed import Key, Standing

#: lines of a day that are drawn; a day with more says so
MOST_LINES = 100
SOON = 80


@dataclass(frozen=True)
class Line:
    """One promise. state: late, soon or ok while it runs; paused; met, missed or void when it stopped."""

    standing: Standing
    name: Any
    number: int
    percent: int
    told_at: datetime
    is_new: bool
    state: str


@dataclass(frozen=True)
class Day:
    """A local day's lines, what is still open first, hazards before all. left_out: how many more there were.

    alerts: (alert, whether it is new to the reader), of the same day.
    """

    day: date
    at: datetime
    lines: Sequence[Line]
    left_out: int
    alerts: Sequence[tuple[Said, bool]]


def keys_of(notices: Iterable[Notice]) -> set[Key]:
    """Return the clocks that these digests speak of."""
    return {_key(item) for notice in notices for item in notice.items if "ticket" in item}


def alert_ids_of(notices: Iterable[Notice]) -> set[int]:
    """Return the alerts that these digests speak of."""
    return {item["alert"] for notice in notices for item in notice.items if "alert" in item}


def _key(item: Mapping[str, Any]) -> Key:
    return item["ticket"], item["kind"], item["round"]


def days_of(
    notices: Sequence[Notice],
    standings: Mapping[Key, Standing],
    now: datetime,
    alerts: Mapping[int, Said] | None = None,
) -> list[Day]:
    """Return the digests by local day, newest first. notices: newest first; alerts: by id, in words."""
    by_day: dict[date, dict[Key, Line]] = {}
    at: dict[date, datetime] = {}
    said: dict[date, dict[int, tuple[Said, bool]]] = {}
    for notice in notices:
        day = clock.local(notice.at).date()
        lines = by_day.setdefault(day, {})
        at.setdefault(day, notice.at)
        for item in notice.items:
            if "alert" in item:
                alert = (alerts or {}).get(item["alert"])
                if alert is not None:
                    said.setdefault(day, {})[alert.id] = (alert, notice.seen_at is None)
                continue
            key = _key(item)
            known = lines.get(key)
            if key in standings and (known is None or known.percent < item["percent"]):
                is_new = notice.seen_at is None or (known is not None and known.is_new)
                lines[key] = _line(standings[key], item["percent"], notice.at, now, is_new=is_new)
    return [
        _day(day, at[day], list(lines.values()), list(said.get(day, {}).values()))
        for day, lines in by_day.items()
    ]


def _day(day: date, at: datetime, lines: list[Line], alerts: list[tuple[Said, bool]]) -> Day:
    lines.sort(key=_urgency)
    return Day(day, at, lines[:MOST_LINES], max(len(lines) - MOST_LINES, 0), alerts[:MOST_LINES])


def _urgency(line: Line) -> tuple[bool, bool, int, datetime]:
    standing = line.standing
    return standing.stopped_at is not None, not standing.is_hazard, -line.percent, standing.due_at


def _line(standing: Standing, percent: int, told_at: datetime, now: datetime, *, is_new: bool) -> Line:
    service = catalogue().types.get(standing.service_code)
    centre = city_map().centres.get(standing.centre_id)
    return Line(
        standing=standing,
        name=service.name if service else standing.service_code,
        number=centre.number if centre else 0,
        percent=percent,
        told_at=told_at,
        is_new=is_new,
        state=_state(standing, percent, now),
    )


def _state(standing: Standing, percent: int, now: datetime) -> str:
    if standing.stopped_at is not None:
        return standing.result or "void"
    if standing.paused_at is not None and standing.paused_at <= standing.due_at:
        return "paused"
    if standing.due_at < now:
        return "late"
    return "soon" if percent >= SOON else "ok"
