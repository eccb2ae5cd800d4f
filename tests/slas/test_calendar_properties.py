"""What holds for every calendar, start and promise: inverse, monotone, never in closed time, one answer two ways."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from promise_calendars import EVERY, OFFICE, calendar, closed, half, local, week

from service_desk.slas.rules import (
    CalendarEnds,
    Window,
    due_at,
    due_at_many,
    open_seconds_between,
    open_seconds_between_many,
)

FIRST = int(datetime(2025, 12, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(2028, 6, 1, tzinfo=UTC).timestamp())
promised = settings(deadline=None, max_examples=40)

windows = st.builds(
    lambda weekday, opens, length: Window(weekday, opens, min(1440, opens + length)),
    st.integers(0, 6),
    st.integers(0, 1320),
    st.integers(120, 900),
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31)).flatmap(
    lambda day: st.sampled_from([closed(day), half(day), half(day, (0, 1440))])
)
made = st.builds(calendar, st.lists(windows, min_size=1, max_size=12).map(tuple), st.lists(days, max_size=12))
calendars = st.one_of(st.sampled_from(EVERY), made)
instants = st.integers(FIRST, LAST).map(lambda second: datetime.fromtimestamp(second, UTC))
promises = st.integers(1, 5 * 1440)


@promised
@given(instants, promises, calendars)
def test_open_time_until_due_is_the_promise(opened, minutes, hours):
    assert open_seconds_between(opened, due_at(opened, minutes, hours), hours) == 60 * minutes


@promised
@given(instants, promises, calendars)
def test_due_time_is_never_inside_closed_time(opened, minutes, hours):
    due = due_at(opened, minutes, hours)
    assert open_seconds_between(due - timedelta(seconds=1), due, hours) == 1


@promised
@given(instants, st.integers(0, 10**6), promises, calendars)
def test_later_report_is_never_due_earlier(opened, later, minutes, hours):
    assert due_at(opened, minutes, hours) <= due_at(opened + timedelta(seconds=later), minutes, hours)


@promised
@given(instants, st.integers(0, 5000), st.integers(1, 5000), calendars)
def test_longer_promise_is_always_due_later(opened, minutes, more, hours):
    assert due_at(opened, minutes, hours) < due_at(opened, minutes + more, hours)


@promised
@given(instants, st.integers(1, 5000), st.integers(1, 5000), calendars)
def test_promise_kept_in_two_parts_is_the_same(opened, first, then, hours):
    assert due_at(due_at(opened, first, hours), then, hours) == due_at(opened, first + then, hours)


@promised
@given(instants, st.integers(0, 3 * 86_400), st.integers(0, 3 * 86_400), calendars)
def test_open_time_of_two_stretches_adds_up(start, first, then, hours):
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=then)
    halves = open_seconds_between(start, middle, hours) + open_seconds_between(middle, end, hours)
    assert halves == open_seconds_between(start, end, hours) == -open_seconds_between(end, start, hours)


@promised
@given(instants, st.integers(1, 240), made)
def test_due_time_agrees_with_counting_minute_by_minute(opened, minutes, hours):
    # The minutes of an hour that comes twice are a rule of their own, tested by name.
    assume(not any(60 < edge < 120 for w in hours.windows for edge in (w.opens_minute, w.closes_minute)))
    opened = max(datetime.fromtimestamp(opened.timestamp() // 60 * 60, UTC), local(2026, 1, 1))
    is_open = {
        (w.weekday, minute) for w in hours.windows for minute in range(w.opens_minute, w.closes_minute)
    }
    rules = hours.day_rules
    at, left = opened, minutes
    while left:
        wall = hours.local(at)
        minute, rule = wall.hour * 60 + wall.minute, rules.get(wall.date())
        if rule is None:
            left -= (wall.weekday(), minute) in is_open
        else:
            left -= any(opens <= minute < closes for opens, closes in rule.windows)
        at += timedelta(minutes=1)
    assert due_at(opened, minutes, hours) == at


@promised
@given(
    st.lists(st.tuples(st.integers(FIRST, LAST), st.integers(0, 5 * 1440)), min_size=1, max_size=30),
    calendars,
)
def test_many_at_once_equal_one_by_one(rows, hours):
    opened, minutes = (np.array(column) for column in zip(*rows, strict=True))
    one_by_one = [int(due_at(datetime.fromtimestamp(at, UTC), long, hours).timestamp()) for at, long in rows]
    together = due_at_many(opened, minutes, hours)
    assert together.tolist() == one_by_one
    passed = open_seconds_between_many(opened, together, hours)
    assert np.array_equal(passed, 60 * minutes)


def test_one_promise_serves_many_reports():
    opened = [int(local(2026, 11, 24, hour).timestamp()) for hour in (8, 9, 10)]
    assert np.diff(due_at_many(opened, 60, OFFICE)).tolist() == [3600, 3600]


def test_many_due_at_closing_time_are_due_then():
    opened = int(local(2026, 11, 24, 12).timestamp())
    assert due_at_many([opened], 60, OFFICE).tolist() == [int(local(2026, 11, 24, 13).timestamp())]


def test_no_reports_have_no_due_times():
    assert due_at_many([], 60, OFFICE).tolist() == []
    assert open_seconds_between_many([], [], OFFICE).tolist() == []


def test_many_refuse_what_one_refuses():
    short = calendar(week((480, 780)), valid_to=date(2026, 12, 1))
    with pytest.raises(CalendarEnds):
        due_at_many([FIRST, LAST], 1, short)
    with pytest.raises(ValueError, match="shorter"):
        due_at_many([FIRST], [-1], short)
