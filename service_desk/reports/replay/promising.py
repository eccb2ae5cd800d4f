"""Promises given anew: what last year's cases would have been promised, and which of these promises would have been kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service_desk.reports.replay.counting import count_by, side_by_side
from service_desk.reports.replay.loading import HELD, RUNNING
from service_desk.slas.rules.vectorised import due_after_many, open_seconds_between_many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from service_desk.reports.replay.counting import Both
    from service_desk.reports.replay.loading import TimedCases
    from service_desk.slas.rules import Calendar


@dataclass(frozen=True)
class Span:
    """The days that are counted, as epoch seconds [since, until), and the instant up to which the past is known."""

    since: int
    until: int
    now: int


@dataclass(frozen=True)
class NewPromise:
    """What would be promised. minutes, reopened_minutes: open time, None: as it was; calendar: counts it, None: as it was."""

    minutes: int | None
    reopened_minutes: int | None
    calendar: Calendar | None


def paused_seconds(cases: TimedCases, calendars: Mapping[int, Calendar]) -> NDArray[np.int64]:
    """Return the open seconds given back for pauses: how far each due time lies past its promise, on its own calendar."""
    open_seconds = np.zeros(len(cases.due), dtype=np.int64)
    for version in np.unique(cases.calendar_id).tolist():
        here = cases.calendar_id == version
        open_seconds[here] = open_seconds_between_many(
            cases.started[here], cases.due[here], calendars[version]
        )
    paused: NDArray[np.int64] = np.maximum(open_seconds - 60 * cases.promised_minutes.astype(np.int64), 0)
    return paused


def due_anew(cases: TimedCases, promise: NewPromise, calendars: Mapping[int, Calendar]) -> NDArray[np.int64]:
    """Return the due time of each case under another promise: its own start, the new time, and what its pauses took.

    calendars: every version that a case names. Where neither time nor calendar would be another, the due time stays.
    """
    first, again = promise.minutes, promise.reopened_minutes
    minutes = cases.promised_minutes.astype(np.int64)
    minutes = np.where((cases.round == 0) & (first is not None), first or 0, minutes)
    minutes = np.where((cases.round > 0) & (again is not None), again or 0, minutes)
    seconds = 60 * minutes + paused_seconds(cases, calendars)
    due = np.empty(len(cases.due), dtype=np.int64)
    for version in np.unique(cases.calendar_id).tolist():
        here = cases.calendar_id == version
        due[here] = due_after_many(cases.started[here], seconds[here], promise.calendar or calendars[version])
    same = minutes == cases.promised_minutes
    return np.where(same, cases.due, due) if promise.calendar is None else due


def judge(
    cases: TimedCases, due: NDArray[np.int64], span: Span
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return (is judged in the span, is kept) of each case at these due times, with the ends that it really had.

    Work done is kept or late; a promise taken back counts only when it was broken before; one that runs counts once
    its time has passed; one that is held counts nowhere. Where the due time is the old one, the old judgement stands.
    """
    ended = (cases.stopped != RUNNING) & (cases.stopped != HELD)
    met = ended & cases.is_done & (cases.stopped <= due)
    missed = (ended & (cases.stopped > due)) | ((cases.stopped == RUNNING) & (due < span.now))
    same = due == cases.due
    judged = np.where(same, cases.is_judged, met | missed)
    in_span = (due >= span.since) & (due < span.until)
    return judged & in_span, np.where(same, cases.is_met, met)


def promise_again(
    cases: TimedCases, promise: NewPromise, calendars: Mapping[int, Calendar], span: Span
) -> dict[int, Both]:
    """Count promises judged and kept by centre, as they were and as they would have been; ALL for their sums."""
    was_due, was_met = judge(cases, cases.due, span)
    is_due, is_met = judge(cases, due_anew(cases, promise, calendars), span)
    return side_by_side(
        count_by(cases.centre_id, due=was_due, met=was_due & was_met),
        count_by(cases.centre_id, due=is_due, met=is_due & is_met),
    )
