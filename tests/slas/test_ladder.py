"""The escalation ladder: when each rung is reached, whatever pauses come between, and which ladders cannot stand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promise_calendars import ALWAYS, BUSINESS, EVERY, JERUSALEM, OFFICE, local

from service_desk.slas.rules import ClockKind, Promise, due_at, moves, percent_used, used_seconds
from service_desk.slas.rules.ladder import (
    CITY_LADDER,
    BadLadder,
    Rung,
    climbed_by,
    next_rung,
    reached,
    read_ladder,
    rung_at,
    written,
)
from service_desk.slas.rules.quiet import telling_at


def clock_of(minutes, at, calendar):
    return moves.start(Promise(ClockKind.RESOLVE, minutes, calendar.code), at, calendar)


# --- when ----------------------------------------------------------------------------------------------------------


def test_the_usual_ladder_is_clerk_manager_unit_management():
    assert written(CITY_LADDER) == [[50, "clerk"], [80, "manager"], [100, "unit"], [150, "management"]]
    assert read_ladder(written(CITY_LADDER)) == CITY_LADDER


def test_rungs_are_reached_in_open_time_and_go_on_after_due():
    # Tuesday 24 November 2026, 08:00; ten open hours: 5 h before the break at 13:00, 4 h from 16:00, 1 h next morning.
    clock = clock_of(600, local(2026, 11, 24, 8), OFFICE)
    assert [rung_at(clock, percent, OFFICE) for percent in (50, 80, 100, 150)] == [
        local(2026, 11, 24, 13),
        local(2026, 11, 24, 19),
        local(2026, 11, 25, 9),
        local(2026, 11, 25, 17),
    ]


def test_at_a_hundred_percent_it_is_the_due_time():
    clock = clock_of(777, local(2026, 11, 24, 11, 13), OFFICE)
    assert rung_at(clock, 100, OFFICE) == clock.due_at == due_at(clock.started_at, 777, OFFICE)


@pytest.mark.parametrize(
    ("opened", "half"),
    [
        # 26 March 2027 has 23 hours in Israel, 31 October 2027 has 25: half of 24 elapsed hours is 12 elapsed hours.
        (local(2027, 3, 25, 20), local(2027, 3, 26, 9)),
        (local(2027, 10, 30, 20), local(2027, 10, 31, 7)),
    ],
)
def test_half_of_a_day_and_night_promise_is_half_of_the_elapsed_time_over_a_clock_change(opened, half):
    clock = clock_of(24 * 60, opened, ALWAYS)
    assert rung_at(clock, 50, ALWAYS) == half == opened + timedelta(hours=12)


def test_a_pause_that_is_over_moves_the_rungs_that_were_still_to_come():
    began = local(2026, 11, 24, 8)
    clock = clock_of(600, began, ALWAYS)
    held = moves.pause(clock, began + timedelta(hours=2))
    assert next_rung(held, CITY_LADDER, ALWAYS) is None
    assert reached(held, CITY_LADDER, ALWAYS, began + timedelta(days=9)) == ([], None)
    again = moves.resume(held, began + timedelta(hours=5), ALWAYS)
    assert rung_at(again, 50, ALWAYS) == began + timedelta(hours=8)
    assert rung_at(again, 150, ALWAYS) == began + timedelta(hours=18)


def test_a_stopped_clock_climbs_no_more():
    began = local(2026, 11, 24, 8)
    clock = moves.stop(clock_of(600, began, ALWAYS), began + timedelta(hours=1), ALWAYS)
    assert next_rung(clock, CITY_LADDER, ALWAYS) is None


def test_a_rung_beyond_what_the_calendar_knows_is_left_open():
    short = type(BUSINESS)(
        "short", BUSINESS.windows, valid_from=local(2026, 1, 1).date(), valid_to=local(2026, 3, 1).date()
    )
    clock = clock_of(20 * 24 * 60, local(2026, 1, 25, 8), short)
    assert rung_at(clock, 80, short) is not None
    assert rung_at(clock, 200, short) is None


@given(
    calendar=st.sampled_from(EVERY),
    minutes=st.integers(1, 6 * 24 * 60),
    day=st.integers(0, 300),
    second=st.integers(0, 86_399),
    percent=st.integers(1, 300),
)
def test_at_its_instant_that_part_of_the_promise_is_used_and_not_a_second_sooner(
    calendar, minutes, day, second, percent
):
    opened = local(2026, 6, 1) + timedelta(days=day, seconds=second)
    clock = clock_of(minutes, opened, calendar)
    at = rung_at(clock, percent, calendar)
    assert percent_used(clock, at, calendar) >= percent
    before = used_seconds(clock, at - timedelta(seconds=1), calendar)
    assert before * 100 < percent * 60 * minutes


@given(
    calendar=st.sampled_from(EVERY),
    minutes=st.integers(1, 4 * 24 * 60),
    steps=st.lists(
        st.tuples(st.sampled_from(("pause", "resume", "sweep")), st.integers(1, 40 * 60)), max_size=20
    ),
)
def test_every_rung_comes_once_and_in_order_whatever_pauses_and_sweeps_and_none_while_paused(
    calendar, minutes, steps
):
    now = local(2026, 11, 22, 8)
    clock = clock_of(minutes, now, calendar)
    climbed: list[int] = []
    for what, later in steps:
        now += timedelta(minutes=later)
        if what == "pause":
            clock = moves.pause(clock, now)
        elif what == "resume":
            clock = moves.resume(clock, now, calendar)
        else:
            rungs, after = reached(clock, CITY_LADDER, calendar, now)
            assert not (clock.paused_at and (rungs or after))
            assert after is None or after >= now
            # As the sweep does: what is on record is not written again.
            climbed += [rung.percent for rung, _at in rungs if rung.percent not in climbed]
    clock = moves.resume(clock, now, calendar)
    last = now + timedelta(days=60)
    climbed += [
        rung.percent
        for rung, _at in reached(clock, CITY_LADDER, calendar, last)[0]
        if rung.percent not in climbed
    ]
    assert climbed == [50, 80, 100, 150]


# --- who climbs ----------------------------------------------------------------------------------------------------


def test_a_first_look_climbs_only_the_broken_promise_and_a_hazard_every_rung():
    assert climbed_by("resolve", CITY_LADDER, is_hazard=False) == CITY_LADDER
    assert climbed_by("make_safe", CITY_LADDER, is_hazard=True) == CITY_LADDER
    assert climbed_by("acknowledge", CITY_LADDER, is_hazard=True) == CITY_LADDER
    assert climbed_by("acknowledge", CITY_LADDER, is_hazard=False) == (Rung(100, "unit"),)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ([], "no_rungs"),
        ([[50, "clerk"], [50, "manager"]], "not_rising"),
        ([[80, "clerk"], [50, "manager"]], "not_rising"),
        ([[0, "clerk"]], "percent_range"),
        ([[1001, "clerk"]], "percent_range"),
        ([["50", "clerk"]], "percent_unreadable"),
        ([[True, "clerk"]], "percent_unreadable"),
        ([[50.5, "clerk"]], "percent_unreadable"),
        ([[50]], "no_such_role"),
        ([[]], "percent_unreadable"),
        ([[50, "king"]], "no_such_role"),
        ([[n, "clerk"] for n in range(1, 10)], "too_many"),
    ],
)
def test_a_ladder_that_cannot_stand_is_refused_by_name(raw, code):
    with pytest.raises(BadLadder) as refused:
        read_ladder(raw)
    assert refused.value.code == code


# --- quiet hours ---------------------------------------------------------------------------------------------------

HOLIDAYS = frozenset({local(2027, 4, 22, 12).date()})  # the first day of Passover 5787, a Thursday


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (local(2026, 11, 24, 10), local(2026, 11, 24, 10)),
        (local(2026, 11, 24, 20, 59), local(2026, 11, 24, 20, 59)),
        (local(2026, 11, 24, 21), local(2026, 11, 25, 7)),
        (local(2026, 11, 25, 3), local(2026, 11, 25, 7)),
        (local(2026, 11, 27, 14), local(2026, 11, 27, 14)),  # Friday until Shabbat draws near
        (local(2026, 11, 27, 15), local(2026, 11, 29, 7)),
        (local(2026, 11, 28, 12), local(2026, 11, 29, 7)),
        (local(2027, 4, 21, 15), local(2027, 4, 23, 7)),  # the eve, the holiday, then a Friday
        (local(2027, 4, 22, 10), local(2027, 4, 23, 7)),
        (local(2027, 3, 25, 23), local(2027, 3, 26, 7)),  # the night the clock goes forward
        (local(2027, 10, 30, 23), local(2027, 10, 31, 7)),  # and back
    ],
)
def test_what_can_wait_is_told_neither_at_night_nor_on_a_day_of_rest(now, told):
    assert telling_at(now, HOLIDAYS, JERUSALEM) == told
