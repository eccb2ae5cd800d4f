"""Promises given anew: equal to the clock's own rules case by case, and no change changes nothing."""

from datetime import UTC, date, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.reports.replay.counting import ALL, Both, Count
from service_desk.reports.replay.loading import HELD, RUNNING, TimedCases
from service_desk.reports.replay.promising import (
    NewPromise,
    Span,
    due_anew,
    judge,
    paused_seconds,
    promise_again,
)
from service_desk.slas.rules import Calendar, ClockKind, Promise, Window, moves

OFFICE = Calendar(
    "office",
    (*(Window(day, 480, 1140) for day in (6, 0, 1, 2, 3)), Window(4, 480, 720)),
    valid_from=date(2025, 1, 1),
)
ALWAYS = Calendar("24x7", is_always_open=True, valid_from=date(2025, 1, 1))
CALENDARS = {1: OFFICE, 2: ALWAYS}
START = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
DAY = 86_400
NOW = START + 300 * DAY
SPAN = Span(START + 20 * DAY, START + 200 * DAY, NOW)


@st.composite
def lives(draw):
    """One promise as it was lived: (round, minutes, calendar, start, [waits], how it ended, after how long)."""
    waits = draw(st.lists(st.tuples(st.integers(1, 5 * DAY), st.integers(1, 5 * DAY)), max_size=2))
    return (
        draw(st.integers(0, 2)),
        draw(st.integers(1, 10_000)),
        draw(st.sampled_from([1, 2])),
        START + draw(st.integers(0, 250 * DAY)),
        waits,
        draw(st.sampled_from(["done", "void", "running", "held"])),
        draw(st.integers(0, 20 * DAY)),
    )


def at(second):
    return datetime.fromtimestamp(second, UTC)


def lived(life, minutes=None, calendar=None):
    """Live it by the clock's own moves, under its own promise or another. Returns the clock's state at NOW."""
    _round, own, version, start, waits, end, rest = life
    chosen = calendar or CALENDARS[version]
    state = moves.start(Promise(ClockKind.RESOLVE, minutes or own, chosen.code), at(start), chosen)
    second = start
    for gap, wait in waits:
        second += gap
        state = moves.pause(state, at(second))
        second += wait
        state = moves.resume(state, at(second), chosen)
    second += rest
    if end == "done":
        state = moves.stop(state, at(second), chosen)
    elif end == "void":
        state = moves.void(state, at(second))
    elif end == "held":
        state = moves.pause(state, at(second))
    return state


def judged_by_the_clock(state):
    """Return (is judged, is kept) as the figures count a clock: see reports.rules.populations."""
    if state.result is not None:
        return state.result.value in ("met", "missed"), state.result.value == "met"
    return state.paused_at is None and state.due_at.timestamp() < NOW, False


def columns(found):
    states = [lived(life) for life in found]
    judged = [judged_by_the_clock(state) for state in states]
    ends = {"running": RUNNING, "held": HELD}
    return TimedCases(
        centre_id=np.array([7 + n % 3 for n in range(len(found))], dtype=np.int64),
        round=np.array([life[0] for life in found], dtype=np.int16),
        promised_minutes=np.array([life[1] for life in found], dtype=np.int32),
        calendar_id=np.array([life[2] for life in found], dtype=np.int64),
        started=np.array([life[3] for life in found], dtype=np.int64),
        due=np.array([int(state.due_at.timestamp()) for state in states], dtype=np.int64),
        stopped=np.array(
            [
                ends.get(life[5], int((state.stopped_at or at(0)).timestamp()))
                for life, state in zip(found, states, strict=True)
            ],
            dtype=np.int64,
        ),
        is_judged=np.array([each[0] for each in judged], dtype=bool),
        is_met=np.array([each[1] for each in judged], dtype=bool),
        is_done=np.array([life[5] == "done" for life in found], dtype=bool),
    )


def without_waits(life):
    return (*life[:4], [], *life[5:])


@settings(max_examples=150, deadline=None)
@given(st.lists(lives(), min_size=1, max_size=12))
def test_the_same_promise_again_changes_nothing(found):
    cases = columns(found)
    for same in (
        NewPromise(None, None, None),
        NewPromise(None, None, OFFICE),
        NewPromise(None, None, ALWAYS),
    ):
        here = (
            cases.calendar_id == {"office": 1, "24x7": 2}[same.calendar.code]
            if same.calendar
            else slice(None)
        )
        due = due_anew(cases, same, CALENDARS)
        assert (due[here] == cases.due[here]).all()
    for both in promise_again(cases, NewPromise(None, None, None), CALENDARS, SPAN).values():
        assert both.before == both.after


@settings(max_examples=150, deadline=None)
@given(
    st.lists(lives().map(without_waits), min_size=1, max_size=12),
    st.integers(1, 20_000),
    st.sampled_from([None, OFFICE, ALWAYS]),
)
def test_another_promise_is_judged_as_the_clock_would_have_judged_it(found, minutes, calendar):
    cases = columns(found)
    due = due_anew(cases, NewPromise(minutes, minutes, calendar), CALENDARS)
    is_judged, is_met = judge(cases, due, SPAN)
    for n, life in enumerate(found):
        state = lived(life, minutes, calendar)
        if life[5] != "held":
            assert due[n] == int(state.due_at.timestamp())
        wanted, kept = judged_by_the_clock(state)
        wanted = wanted and SPAN.since <= due[n] < SPAN.until
        assert bool(is_judged[n]) == wanted
        assert bool(is_judged[n] & is_met[n]) == (wanted and kept)


@settings(max_examples=100, deadline=None)
@given(lives())
def test_what_pauses_took_is_given_back_under_another_promise_too(life):
    cases = columns([life])
    _round, minutes, version, start, waits, _end, _rest = life
    taken = int(paused_seconds(cases, CALENDARS)[0])
    assert taken >= 0
    if not waits:
        assert taken == 0
    longer = due_anew(cases, NewPromise(minutes + 60, minutes + 60, None), CALENDARS)[0]
    assert longer > cases.due[0]
    table = CALENDARS[version].table
    assert table.position(int(longer)) - table.position(start) == 60 * (minutes + 60) + taken


def test_a_reopened_promise_follows_its_own_minutes():
    start = START + 30 * DAY
    lives_ = [(round_, 600, 2, start, [], "done", 1_000 * 60) for round_ in (0, 1)]
    due = due_anew(columns(lives_), NewPromise(1_200, None, None), CALENDARS)
    assert (due - start).tolist() == [1_200 * 60, 600 * 60]
    found = promise_again(columns(lives_), NewPromise(1_200, None, None), CALENDARS, SPAN)
    assert found[ALL] == Both(Count(due=2, met=0), Count(due=2, met=1))


def test_a_promise_that_still_runs_counts_once_its_time_has_passed():
    life = (0, 60, 2, NOW - 3 * DAY, [], "running", 0)
    span = Span(NOW - 10 * DAY, NOW, NOW)
    is_judged, _met = judge(columns([life]), columns([life]).due, span)
    assert is_judged.tolist() == [True]
    for minutes, judged in ((24 * 60, True), (4 * 24 * 60, False)):
        due = due_anew(columns([life]), NewPromise(minutes, minutes, None), CALENDARS)
        assert judge(columns([life]), due, span)[0].tolist() == [judged]


def test_no_cases_make_no_figures():
    empty = columns([])
    assert promise_again(empty, NewPromise(1, 1, OFFICE), CALENDARS, SPAN) == {ALL: Both(Count(), Count())}
