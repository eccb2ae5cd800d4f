"""Which calendar each of last year's cases was promised by: its version, with the days that differ as known when it began."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from service_desk.slas.queries import standards
from service_desk.slas.rules import instant_of

if TYPE_CHECKING:
    from service_desk.reports.replay.loading import TimedCases
    from service_desk.slas.rules import Calendar


def as_promised(cases: TimedCases) -> tuple[TimedCases, dict[int, Calendar]]:
    """Return the cases with the number of the calendar they were promised by as their ``calendar_id``, and these calendars.

    What a pause gave back is read off a due time by it; by days entered since, it would come out too long or too short.
    Raises NotFound for a version that is not there, CalendarError.
    """
    known, numbers = standards(), np.zeros(len(cases.started), dtype=np.int64)
    calendars: dict[int, Calendar] = {}
    for version in np.unique(cases.calendar_id).tolist():
        here = np.flatnonzero(cases.calendar_id == version)
        turns = np.searchsorted(known.turns(version), cases.started[here], side="right")
        for turn in np.unique(turns).tolist():
            rows = here[turns == turn]
            numbers[rows] = len(calendars)
            calendars[len(calendars)] = known.version(version, instant_of(int(cases.started[rows[0]])))
    return replace(cases, calendar_id=numbers), calendars
