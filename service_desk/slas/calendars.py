"""The calendars of an authority, compiled: in force by code, and every version with the days known when a promise was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from service_desk.errors import NotFound
from service_desk.slas.models import CalendarRow
from service_desk.slas.rules import CalendarShelf, Holidays, StoredDay, calendar_of
from service_desk.slas.rules.known import DaysKnown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from service_desk.slas.models import CalendarDay
    from service_desk.slas.rules import Calendar

_shelf = CalendarShelf()


@dataclass(frozen=True)
class Calendars:
    """Calendars in force by code, every version by id, and every day that ever differed, by date.

    edition: another number for each reading, since days may have been entered between two.
    """

    in_force: Mapping[str, CalendarRow]
    versions: Mapping[int, CalendarRow]
    entered: tuple[CalendarDay, ...]
    edition: int
    _known: dict[int, DaysKnown] = field(default_factory=dict, init=False, compare=False)

    @cached_property
    def days(self) -> tuple[CalendarDay, ...]:
        """Return the days that stand, by date."""
        return tuple(day for day in self.entered if day.ended_at is None)

    @property
    def holidays(self) -> frozenset[date]:
        """Return the public holidays, as local dates."""
        return frozenset(day.day for day in self.days if day.calendar_code is None and day.kind == "closed")

    def days_of(self, code: str) -> list[CalendarDay]:
        """Return the exceptions of this calendar alone, by date."""
        return [day for day in self.days if day.calendar_code == code]

    def calendar(self, code: str, at: datetime | None = None) -> tuple[int, Calendar]:
        """Return (version id, compiled calendar) in force under the code. Raises NotFound, ImpossibleCalendar.

        at: the instant from which a promise is counted, which decides the days it counts by; None, for what is no
        promise: the days that stand now.
        """
        row = self._in_force(code)
        return row.id, self._compiled(row, at)

    def version(self, calendar_id: int, at: datetime) -> Calendar:
        """Return a compiled calendar by the version a clock is judged by. Raises NotFound.

        at: the instant from which the clock counts. Days entered or taken back later are not in it.
        """
        return self._compiled(self._version(calendar_id), at)

    def turns(self, calendar_id: int) -> list[int]:
        """Return the epoch seconds between which `version` is the same calendar, ascending. Raises NotFound."""
        return self._days_known(self._version(calendar_id)).turns

    def trial(self, code: str, windows: list[list[int]]) -> Calendar:
        """Return the calendar in force as it would be with another week; the days that stand now stay. Raises NotFound, ImpossibleCalendar."""
        row = self._in_force(code)
        tried = CalendarRow(
            authority_id=row.authority_id,
            id=row.id,
            code=code,
            windows=windows,
            is_always_open=False,
            holidays=row.holidays,
            valid_from=row.valid_from,
        )
        return _compile(tried, [_stored(day) for day in self.days if day.calendar_code in (None, code)])

    def _in_force(self, code: str) -> CalendarRow:
        if code not in self.in_force:
            raise NotFound("no_calendar")
        return self.in_force[code]

    def _version(self, calendar_id: int) -> CalendarRow:
        if calendar_id not in self.versions:
            raise NotFound("no_calendar")
        return self.versions[calendar_id]

    def _days_known(self, row: CalendarRow) -> DaysKnown:
        found = self._known.get(row.id)
        if found is None:
            kept = (row.code,) if row.holidays == Holidays.NONE else (row.code, None)
            found = self._known[row.id] = DaysKnown(
                _stored(day) for day in self.entered if day.calendar_code in kept
            )
        return found

    def _compiled(self, row: CalendarRow, at: datetime | None) -> Calendar:
        known = self._days_known(row)
        turn = known.turn(at)
        return _shelf.get(
            (row.authority_id, row.id, self.edition, turn), lambda: _compile(row, known.after(turn))
        )


def _stored(day: CalendarDay) -> StoredDay:
    return StoredDay(
        day.day,
        day.kind,
        tuple((a, b) for a, b in day.windows),
        day.name,
        day.source,
        is_shared=day.calendar_code is None,
        created_at=day.created_at,
        ended_at=day.ended_at,
    )


def _compile(row: CalendarRow, days: Iterable[StoredDay]) -> Calendar:
    return calendar_of(
        row.code,
        row.windows,
        days,
        holidays=row.holidays,
        valid_from=row.valid_from,
        is_always_open=row.is_always_open,
        version=row.id,
    )
