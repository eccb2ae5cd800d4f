"""A promise as it is shown: until when, how far along, and how it was counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import format_date
from flask_babel import gettext as _

from service_desk import clock as wall
from service_desk.desks.filters import at_hour, by_language, due, on_day, span
from service_desk.desks.resident.sayings import clock_name, duration
from service_desk.slas.queries import standards
from service_desk.slas.rules import CalendarError, Pause, explain
from service_desk.telemetry import log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.slas.rules import Working

DAY_MINUTES = 24 * 60
#: a strip of more days than this tells nothing at a glance
STRIP_DAYS = 16


@dataclass(frozen=True)
class Cell:
    """One day of the strip. look: start, on, off or end; text: what stands in it."""

    day: str
    number: str
    text: str
    look: str


@dataclass(frozen=True)
class Shown:
    """A promise ready for a page. state: running, soon, late, paused, met, missed. percent: of the time used, 0–100."""

    kind: str
    name: str
    rule: str
    promised: str
    result: str
    state: str
    percent: int
    working: str
    strip: tuple[Cell, ...]
    strip_words: str


def show(
    clocks: Sequence[dict[str, Any]], pauses: Sequence[dict[str, Any]], now: datetime | None = None
) -> list[Shown]:
    """Return the promises of the latest round, make-safe first; the first look is the city's own business."""
    at = now or wall.now()
    latest = max((each["round"] for each in clocks), default=0)
    wanted = [each for each in clocks if each["round"] == latest and each["kind"] != "acknowledge"]
    return [_show(each, pauses, at) for each in sorted(wanted, key=lambda row: row["kind"])]


def _show(row: dict[str, Any], pauses: Sequence[dict[str, Any]], now: datetime) -> Shown:
    state = _state(row, now)
    strip, words, sentence = _working(row, pauses)
    return Shown(
        kind=row["kind"],
        name=clock_name(row["kind"]),
        rule=duration(row["minutes"], row["calendar_code"]),
        promised=_("Promised until %(when)s", when=due(row["due_at"], inside=True)),
        result=_result(row, state, now),
        state=state,
        percent=_percent(row, now),
        working=sentence,
        strip=strip,
        strip_words=words,
    )


def _state(row: dict[str, Any], now: datetime) -> str:
    if row["result"] in {"met", "missed"}:
        return str(row["result"])
    if row["result"] == "void":
        return "void"
    if row["paused_at"]:
        return "paused"
    if now > row["due_at"]:
        return "late"
    left = (row["due_at"] - now).total_seconds()
    whole = (row["due_at"] - row["started_at"]).total_seconds()
    return "soon" if left < max(2 * 3600, whole / 5) and left < whole else "running"


def _result(row: dict[str, Any], state: str, now: datetime) -> str:
    if state == "met":
        return _("Done %(when)s, in time", when=on_day(row["stopped_at"], inside=True))
    if state == "missed":
        return _(
            "Done %(when)s, late by %(span)s",
            when=on_day(row["stopped_at"], inside=True),
            span=span(row["stopped_at"] - row["due_at"]),
        )
    if state == "paused":
        return _("The clock stands still since %(when)s", when=on_day(row["paused_at"], inside=True))
    if state == "late":
        return _("We are late by %(span)s", span=span(now - row["due_at"]))
    if state == "void":
        return _("No longer counted")
    return _("%(span)s left", span=span(row["due_at"] - now))


def _percent(row: dict[str, Any], now: datetime) -> int:
    whole = (row["due_at"] - row["started_at"]).total_seconds()
    until = row["stopped_at"] or row["paused_at"] or now
    return (
        max(0, min(100, round(100 * (until - row["started_at"]).total_seconds() / whole)))
        if whole > 0
        else 100
    )


def _working(row: dict[str, Any], pauses: Sequence[dict[str, Any]]) -> tuple[tuple[Cell, ...], str, str]:
    try:
        calendar = standards().version(row["calendar_id"], row["started_at"])
        waits = [
            Pause(each["started_at"], each["ended_at"])
            for each in pauses
            if each["started_at"] >= row["started_at"]
        ]
        found = explain(row["started_at"], row["minutes"], calendar, pauses=waits)
    except (CalendarError, ValueError) as error:
        log.warning("working_failed", error=type(error).__name__)
        return (), "", ""
    cells = _strip(found) if len(found.lines) <= STRIP_DAYS else ()
    return (
        cells,
        ", ".join(f"{cell.day} {cell.number}: {cell.text}" for cell in cells),
        _sentence(found, row["calendar_code"]),
    )


def _sentence(found: Working, calendar_code: str) -> str:
    start = on_day(found.started_counting_at, inside=True)
    standard = duration(found.minutes, calendar_code)
    if calendar_code == "24x7":
        return _(
            "The standard is %(standard)s, day and night. Counting began %(start)s.",
            standard=standard,
            start=start,
        )
    skipped = [by_language(dict(line.name)) for line in found.lines if line.name and not line.counted_minutes]
    text = _(
        "The standard is %(standard)s. Counting began %(start)s. Fridays, Saturdays and holidays are not counted.",
        standard=standard,
        start=start,
    )
    if skipped:
        text += " " + _("In this time: %(days)s.", days=", ".join(dict.fromkeys(skipped)))
    if found.paused_minutes:
        text += " " + _("While the clock stood still, nothing was counted.")
    return text


def _strip(found: Working) -> tuple[Cell, ...]:
    cells = []
    for place, line in enumerate(found.lines):
        is_first, is_last = place == 0, line.on == found.due_on
        full_days = line.total_minutes // DAY_MINUTES
        look = (
            "end"
            if is_last
            else "start"
            if is_first and line.counted_minutes
            else "on"
            if line.counted_minutes
            else "off"
        )
        text = (
            str(full_days)
            if look == "on" and full_days
            else "•"
            if look == "start"
            else "–"
            if look == "off"
            else str(max(full_days, 1))
            if look == "end"
            else "•"
        )
        if look == "end" and found.minutes < DAY_MINUTES:
            text = at_hour(found.due_at)
        month = f".{line.on.month}" if is_last or line.on.day == 1 else ""
        cells.append(Cell(format_date(line.on, "EEEEE"), f"{line.on.day}{month}", text, look))
    return tuple(cells)
