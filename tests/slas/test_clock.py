"""Clocks: started, paused, resumed, stopped, reopened; and replayed from their history to the same answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from promise_calendars import ALWAYS, BUSINESS, EVERY, OFFICE, calendar, local, week

from service_desk.slas.rules import (
    CalendarEnds,
    ClockError,
    ClockEvent,
    ClockKind,
    ClockMove,
    ClockResult,
    ClockStopped,
    DueState,
    OutOfOrder,
    Promise,
    breached,
    due_at,
    due_state,
    open_seconds_between,
    pause,
    paused_seconds,
    percent_used,
    remaining_seconds,
    replay,
    restart,
    resume,
    start,
    stop,
    used_seconds,
    void,
)

FIVE_DAYS = Promise(ClockKind.RESOLVE, 5 * 1440, "business")
FOUR_HOURS = Promise(ClockKind.RESOLVE, 240, "office")
TUESDAY = local(2026, 11, 24, 9)
START, PAUSE, RESUME, STOP = ClockMove


def at(hour, minute=0, second=0):
    """Return a time of Tuesday 24 November 2026, open 08:00–13:00 and 16:00–20:00."""
    return local(2026, 11, 24, hour, minute, second)


@pytest.fixture
def clock():
    return start(FOUR_HOURS, at(8), OFFICE)


def test_clock_starts_with_its_due_time(clock):
    assert (clock.started_at, clock.due_at, clock.round) == (at(8), at(12), 0)
    assert clock.result is None


def test_pause_keeps_the_time_that_was_left(clock):
    again = resume(pause(clock, at(9)), at(12), OFFICE)
    assert again.due_at == at(18)
    assert paused_seconds(again, OFFICE) == 3 * 3600


def test_pause_through_closed_time_moves_only_what_must_move(clock):
    again = resume(pause(clock, at(11)), at(15), OFFICE)
    assert again.due_at == at(17)
    assert paused_seconds(again, OFFICE) == 2 * 3600


def test_pause_over_shabbat_costs_nothing():
    clock = start(FIVE_DAYS, TUESDAY, BUSINESS)
    again = resume(pause(clock, local(2026, 11, 27, 8)), local(2026, 11, 28, 23), BUSINESS)
    assert again.due_at == clock.due_at


def test_second_pause_changes_nothing(clock):
    once = pause(clock, at(9))
    assert pause(once, at(10)) == once


def test_second_resume_changes_nothing(clock):
    once = resume(pause(clock, at(9)), at(10), OFFICE)
    assert resume(once, at(11), OFFICE) == once
    assert resume(clock, at(11), OFFICE) == clock


def test_move_before_the_last_one_is_refused(clock):
    paused = pause(clock, at(10))
    for move in (
        lambda: pause(clock, at(7)),
        lambda: resume(paused, at(9), OFFICE),
        lambda: stop(paused, at(9), OFFICE),
        lambda: pause(resume(paused, at(11), OFFICE), at(10, 30)),
        lambda: void(paused, at(9)),
    ):
        with pytest.raises(OutOfOrder):
            move()


def test_stop_at_the_due_second_is_met(clock):
    assert stop(clock, at(12) + timedelta(microseconds=900_000), OFFICE).result is ClockResult.MET


def test_stop_a_second_later_is_missed(clock):
    assert stop(clock, at(12, 0, 1), OFFICE).result is ClockResult.MISSED


def test_stop_of_a_paused_clock_forgives_the_wait(clock):
    done = stop(pause(clock, at(9)), at(19), OFFICE)
    assert (done.result, done.paused_at, done.stopped_at) == (ClockResult.MET, None, at(19))
    assert done.due_at > done.stopped_at


def test_result_is_frozen_once_stopped(clock):
    done = stop(clock, at(10), OFFICE)
    assert stop(done, at(19), OFFICE) == done == void(done, at(19))
    for move in (lambda: pause(done, at(11)), lambda: resume(done, at(11), OFFICE)):
        with pytest.raises(ClockStopped):
            move()


def test_pause_after_the_due_time_mends_nothing(clock):
    again = resume(pause(clock, at(12, 30)), at(18), OFFICE)
    assert again.due_at == clock.due_at
    assert stop(again, at(19), OFFICE).result is ClockResult.MISSED


def test_paused_late_clock_is_late_still(clock):
    late = pause(clock, at(12, 30))
    assert breached(late, at(18))
    assert due_state(at(18), late) is DueState.LATE


def test_reopening_has_a_clock_of_its_own(clock):
    missed = stop(clock, at(19), OFFICE)
    again = restart(missed, local(2026, 11, 25, 8), Promise(ClockKind.RESOLVE, 60, "office"), OFFICE)
    assert (again.round, again.due_at, again.result) == (1, local(2026, 11, 25, 9), None)
    assert missed.result is ClockResult.MISSED


def test_only_a_stopped_clock_of_the_kind_is_restarted(clock):
    done = stop(clock, at(10), OFFICE)
    with pytest.raises(ClockError, match="stopped"):
        restart(clock, at(11), FOUR_HOURS, OFFICE)
    with pytest.raises(ClockError, match="acknowledge"):
        restart(done, at(11), Promise(ClockKind.ACKNOWLEDGE, 60, "office"), OFFICE)
    with pytest.raises(OutOfOrder):
        restart(done, at(9), FOUR_HOURS, OFFICE)


def test_clock_taken_back_counts_for_nothing_unless_late(clock):
    assert void(clock, at(10)).result is ClockResult.VOID
    assert void(pause(clock, at(10)), at(19)).result is ClockResult.VOID
    assert void(clock, at(12, 1)).result is ClockResult.MISSED
    assert due_state(at(13), void(clock, at(10))) is DueState.VOID


def test_percent_counts_open_time_without_pauses(clock):
    assert percent_used(clock, at(10), OFFICE) == 50
    assert percent_used(pause(clock, at(9)), at(18), OFFICE) == 25
    assert percent_used(resume(pause(clock, at(9)), at(10), OFFICE), at(11), OFFICE) == 50
    assert percent_used(clock, at(17), OFFICE) == 150
    assert percent_used(stop(clock, at(10), OFFICE), at(19), OFFICE) == 50


def test_remaining_time_turns_negative_when_late(clock):
    assert remaining_seconds(clock, at(11), OFFICE) == 3600
    assert remaining_seconds(clock, at(16, 10), OFFICE) == -70 * 60
    assert used_seconds(clock, at(11), OFFICE) == 3 * 3600


def test_due_state_follows_the_clock():
    clock = start(FIVE_DAYS, TUESDAY, BUSINESS)
    # Seven days on the wall: the last fifth begins 33 h 36 min before the end.
    fifth = clock.due_at - timedelta(hours=33, minutes=36)
    assert due_state(fifth - timedelta(seconds=1), clock) is DueState.RUNNING
    assert due_state(fifth, clock) is DueState.SOON
    assert due_state(clock.due_at, clock) is DueState.SOON
    assert due_state(clock.due_at + timedelta(seconds=1), clock) is DueState.LATE
    assert due_state(fifth, pause(clock, TUESDAY)) is DueState.PAUSED
    assert due_state(fifth, stop(clock, TUESDAY, BUSINESS)) is DueState.MET
    late = clock.due_at + timedelta(hours=1)
    assert due_state(late, stop(clock, late, BUSINESS)) is DueState.MISSED


def test_short_promise_is_soon_under_two_hours():
    clock = start(Promise(ClockKind.MAKE_SAFE, 240, "24x7"), at(8), ALWAYS)
    assert due_state(at(10), clock) is DueState.RUNNING
    assert due_state(at(10, 0, 1), clock) is DueState.SOON


def test_promise_of_no_time_is_refused():
    with pytest.raises(ValueError, match="time"):
        Promise(ClockKind.RESOLVE, 0, "24x7")


def test_resume_past_the_end_of_the_calendar_raises():
    short = calendar(week((480, 780)), valid_to=date(2026, 12, 1))
    clock = pause(start(Promise(ClockKind.RESOLVE, 60, "made"), at(8), short), at(8, 30))
    with pytest.raises(CalendarEnds):
        resume(clock, local(2026, 12, 2), short)


def test_history_must_begin_with_one_start():
    for events in ([], [ClockEvent(PAUSE, at(8))], [ClockEvent(START, at(8)), ClockEvent(START, at(9))]):
        with pytest.raises(ClockError):
            replay(FOUR_HOURS, events, OFFICE)


def test_history_out_of_order_is_refused():
    with pytest.raises(OutOfOrder):
        replay(FOUR_HOURS, [ClockEvent(START, at(9)), ClockEvent(PAUSE, at(8))], OFFICE)


def test_history_after_its_stop_is_refused_except_another_stop():
    stopped = [ClockEvent(START, at(8)), ClockEvent(STOP, at(9)), ClockEvent(STOP, at(10))]
    assert replay(FOUR_HOURS, stopped, OFFICE).stopped_at == at(9)
    with pytest.raises(ClockStopped):
        replay(FOUR_HOURS, [*stopped, ClockEvent(RESUME, at(11))], OFFICE)


moves = st.lists(st.tuples(st.sampled_from([PAUSE, RESUME]), st.integers(0, 4 * 86_400)), max_size=14)
ends = st.one_of(st.none(), st.integers(0, 4 * 86_400))
starts = st.integers(
    int(datetime(2026, 3, 1, tzinfo=UTC).timestamp()), int(datetime(2027, 11, 30, tzinfo=UTC).timestamp())
)


def histories(began, steps, end):
    """Return events with steps (seconds since the last) laid one after the other."""
    events = [ClockEvent(START, datetime.fromtimestamp(began, UTC))]
    for move, step in [*steps, *([(STOP, end)] if end is not None else [])]:
        events.append(ClockEvent(move, events[-1].at + timedelta(seconds=step)))
    return events


def move_by_move(promise, events, hours):
    clock = start(promise, events[0].at, hours)
    for event in events[1:]:
        if event.move is PAUSE:
            clock = pause(clock, event.at)
        elif event.move is RESUME:
            clock = resume(clock, event.at, hours)
        else:
            clock = stop(clock, event.at, hours)
    return clock


@settings(deadline=None, max_examples=150)
@given(starts, st.integers(1, 8 * 1440), moves, ends, st.sampled_from(EVERY))
def test_replay_gives_the_clock_kept_move_by_move(began, minutes, steps, end, hours):
    promise = Promise(ClockKind.RESOLVE, minutes, hours.code)
    events = histories(began, steps, end)
    assert replay(promise, events, hours) == move_by_move(promise, events, hours)


@settings(deadline=None, max_examples=150)
@given(starts, st.integers(1, 8 * 1440), moves, st.sampled_from(EVERY))
def test_time_given_back_is_the_sum_of_the_waits(began, minutes, steps, hours):
    promise = Promise(ClockKind.RESOLVE, minutes, hours.code)
    clock = start(promise, datetime.fromtimestamp(began, UTC), hours)
    waited = 0
    for event in histories(began, steps, None)[1:]:
        before = clock
        clock = pause(clock, event.at) if event.move is PAUSE else resume(clock, event.at, hours)
        if event.move is RESUME and before.paused_at and before.paused_at < before.due_at:
            waited += open_seconds_between(before.paused_at, event.at, hours)
    assert paused_seconds(clock, hours) == waited
    assert waited % 60 or clock.due_at == due_at(clock.started_at, minutes + waited // 60, hours)


@settings(deadline=None, max_examples=100)
@given(starts, st.integers(1, 8 * 1440), moves, st.integers(0, 10**6), st.sampled_from(EVERY))
def test_clock_from_its_row_behaves_like_the_clock(began, minutes, steps, later, hours):
    # A row holds no changed_at: only a move dated wrongly could tell the two apart.
    clock = move_by_move(
        Promise(ClockKind.RESOLVE, minutes, hours.code), histories(began, steps, None), hours
    )
    row = replace(clock, changed_at=None)
    end = clock.last_at + timedelta(seconds=later)
    assert stop(row, end, hours) == stop(clock, end, hours)
    assert due_state(end, row) == due_state(end, clock)
    assert percent_used(row, end, hours) == percent_used(clock, end, hours)
