"""The working of a due time: the days of the strip and the facts of the sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from promise_calendars import ALWAYS, BUSINESS, EVERY, OFFICE, PASSOVER, PASSOVER_EVE, local

from service_desk.slas.rules import (
    Calendar,
    ClockKind,
    DayStatus,
    Pause,
    Promise,
    due_at,
    explain,
    pause,
    resume,
    start,
)

DAY = 1440


def strip(working):
    """Return what the strip of days shows: day of month, status, number."""
    return [(line.on.day, line.status.value, line.total_minutes // DAY) for line in working.lines]


def test_working_gives_the_strip_of_the_design():
    working = explain(local(2026, 11, 24, 9, 40), 5 * DAY, BUSINESS)
    assert strip(working) == [
        (24, "start", 0),
        (25, "counted", 1),
        (26, "counted", 2),
        (27, "closed", 2),
        (28, "closed", 2),
        (29, "counted", 3),
        (30, "counted", 4),
        (1, "end", 5),
    ]
    assert working.started_counting_at == local(2026, 11, 24, 9, 40)
    assert working.due_at == local(2026, 12, 1, 9, 40)
    assert (working.minutes, working.calendar_code) == (5 * DAY, "business")


def test_report_on_shabbat_starts_counting_on_sunday():
    working = explain(local(2026, 11, 28, 15), 5 * DAY, BUSINESS)
    assert strip(working)[:2] == [(28, "closed", 0), (29, "start", 1)]
    assert working.started_counting_at == local(2026, 11, 29)
    assert working.started_on == date(2026, 11, 29)


def test_promise_ending_at_midnight_is_due_on_the_day_that_ends():
    working = explain(local(2026, 11, 28, 15), 5 * DAY, BUSINESS)
    assert working.due_at == local(2026, 12, 4)
    assert (working.due_on, working.is_due_at_midnight) == (date(2026, 12, 3), True)
    assert strip(working)[-1] == (3, "end", 5)


def test_promise_ending_by_day_is_not_at_midnight():
    assert not explain(local(2026, 11, 24, 9), DAY, BUSINESS).is_due_at_midnight


def test_holiday_and_eve_are_named():
    lines = explain(local(2026, 3, 31, 12), DAY, BUSINESS).lines
    assert [(line.status, line.name) for line in lines[1:3]] == [
        (DayStatus.HOLIDAY, PASSOVER_EVE),
        (DayStatus.HOLIDAY, PASSOVER),
    ]


def test_half_day_is_counted_and_named():
    lines = explain(local(2026, 3, 31, 19), 8 * 60, OFFICE).lines
    assert [(line.status, line.counted_minutes) for line in lines] == [
        (DayStatus.START, 60),
        (DayStatus.HALF, 300),
        (DayStatus.HOLIDAY, 0),
        (DayStatus.END, 120),
    ]
    assert lines[1].name == PASSOVER_EVE


def test_promise_within_one_day_is_its_end():
    working = explain(local(2026, 11, 24, 9), 60, OFFICE)
    assert [line.status for line in working.lines] == [DayStatus.END]
    assert working.started_on == working.due_on


def test_report_after_hours_leaves_its_day_uncounted():
    lines = explain(local(2026, 11, 24, 21), 60, OFFICE).lines
    assert [(line.status, line.counted_minutes) for line in lines] == [
        (DayStatus.CLOSED, 0),
        (DayStatus.END, 60),
    ]


def test_paused_day_counts_nothing_and_moves_the_end():
    wait = Pause(local(2026, 11, 24, 20), local(2026, 11, 25, 20))
    working = explain(local(2026, 11, 24, 9), 15 * 60, OFFICE, pauses=[wait])
    assert [(line.status, line.counted_minutes) for line in working.lines] == [
        (DayStatus.START, 8 * 60),
        (DayStatus.PAUSED, 0),
        (DayStatus.END, 7 * 60),
    ]
    assert working.paused_minutes == 9 * 60


def test_open_pause_and_late_pause_change_nothing():
    plain = explain(local(2026, 11, 24, 9), 60, OFFICE)
    for wait in (Pause(local(2026, 11, 24, 9, 30)), Pause(local(2026, 11, 24, 11), local(2026, 11, 24, 12))):
        assert explain(local(2026, 11, 24, 9), 60, OFFICE, pauses=[wait]) == plain


def test_pauses_that_overlap_are_refused():
    first = Pause(local(2026, 11, 24, 10), local(2026, 11, 24, 12))
    for second in (
        Pause(local(2026, 11, 24, 11), local(2026, 11, 24, 12)),
        Pause(local(2026, 11, 24, 12), local(2026, 11, 24, 11)),
    ):
        with pytest.raises(ValueError, match="overlap"):
            explain(local(2026, 11, 24, 9), 600, OFFICE, pauses=[first, second])


def test_promise_of_no_time_has_no_working():
    with pytest.raises(ValueError, match="time"):
        explain(local(2026, 11, 24, 9), 0, OFFICE)


def test_hazard_counts_every_day():
    lines = explain(local(2026, 11, 27, 9), 2 * DAY, ALWAYS).lines
    assert [line.status.value for line in lines] == ["start", "counted", "end"]


def test_clock_that_never_stops_names_no_holiday():
    shared = Calendar("24x7", (), BUSINESS.days, date(2026, 1, 1), is_always_open=True)
    lines = explain(local(2026, 4, 1, 9), 2 * DAY, shared).lines
    assert [(line.status.value, line.name) for line in lines] == [
        ("start", None),
        ("counted", None),
        ("end", None),
    ]


waits = st.lists(st.tuples(st.integers(0, 3 * 86_400), st.integers(0, 3 * 86_400)), max_size=5)
starts = st.integers(
    int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 11, 30, tzinfo=UTC).timestamp())
)


@settings(deadline=None, max_examples=80)
@given(starts, st.integers(1, 8 * DAY), waits, st.sampled_from(EVERY))
def test_working_tells_what_the_clock_did(began, minutes, steps, hours):
    opened = at = datetime.fromtimestamp(began, UTC)
    clock = start(Promise(ClockKind.RESOLVE, minutes, hours.code), opened, hours)
    pauses = []
    for gap, length in steps:
        begin = at + timedelta(seconds=gap)
        at = begin + timedelta(seconds=length)
        clock = resume(pause(clock, begin), at, hours)
        pauses.append(Pause(begin, at))
    working = explain(opened, minutes, hours, pauses=pauses)
    assert working.due_at == clock.due_at
    assert sum(line.counted_minutes for line in working.lines) == minutes
    assert working.lines[-1].total_minutes == minutes
    assert [line.on for line in working.lines] == sorted({line.on for line in working.lines})
    assert working.lines[-1].status is DayStatus.END
    assert explain(opened, minutes, hours).due_at == due_at(opened, minutes, hours)
