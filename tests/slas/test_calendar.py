"""Due times and open time over calendars, trap by trap."""

from datetime import UTC, date, datetime, timedelta

import pytest
from promise_calendars import ALWAYS, BUSINESS, NIGHT, OFFICE, calendar, closed, half, local, week

from service_desk.slas.rules import (
    Calendar,
    CalendarEnds,
    DayKind,
    DayRule,
    ImpossibleCalendar,
    Window,
    due_at,
    open_seconds_between,
)

DAY = 1440


def test_five_working_days_skip_friday_and_shabbat():
    assert due_at(local(2026, 11, 24, 9, 40), 5 * DAY, BUSINESS) == local(2026, 12, 1, 9, 40)


def test_hazard_clock_runs_through_shabbat_and_holiday():
    assert due_at(local(2026, 4, 1, 20), DAY, ALWAYS) == local(2026, 4, 2, 20)


def test_report_on_shabbat_starts_at_midnight_of_sunday():
    assert due_at(local(2026, 11, 28, 15), 60, BUSINESS) == local(2026, 11, 29, 1)


def test_report_on_shabbat_for_one_day_ends_as_sunday_ends():
    assert due_at(local(2026, 11, 28, 15), DAY, BUSINESS) == local(2026, 11, 30)


def test_report_on_friday_waits_for_sunday():
    assert due_at(local(2026, 11, 27, 9), 2 * DAY, BUSINESS) == local(2026, 12, 1)


def test_eve_and_holiday_are_no_working_days():
    assert due_at(local(2026, 3, 31, 12), DAY, BUSINESS) == local(2026, 4, 5, 12)


def test_eve_is_a_half_day_of_the_office():
    # 08:00–13:00 on the eve, holiday closed, then Friday 08:00–12:00.
    assert due_at(local(2026, 4, 1, 12), 120, OFFICE) == local(2026, 4, 3, 9)


def test_promise_crosses_the_break_at_noon():
    assert due_at(local(2026, 11, 24, 12, 30), 60, OFFICE) == local(2026, 11, 24, 16, 30)


def test_due_exactly_at_closing_time_is_that_closing_time():
    assert due_at(local(2026, 11, 24, 12), 60, OFFICE) == local(2026, 11, 24, 13)


def test_due_at_end_of_thursday_is_not_moved_to_sunday():
    assert due_at(local(2026, 11, 26), DAY, BUSINESS) == local(2026, 11, 27)


def test_one_minute_more_than_closing_time_is_next_opening():
    assert due_at(local(2026, 11, 26), DAY + 1, BUSINESS) == local(2026, 11, 29, 0, 1)


def test_report_at_the_closing_minute_starts_at_next_opening():
    assert due_at(local(2026, 11, 24, 13), 1, OFFICE) == local(2026, 11, 24, 16, 1)


def test_midnight_minute_of_a_working_day_is_counted():
    assert open_seconds_between(local(2026, 11, 23, 23, 59), local(2026, 11, 24, 0, 1), BUSINESS) == 120


def test_last_minute_of_thursday_is_counted_and_first_of_friday_not():
    assert open_seconds_between(local(2026, 11, 26, 23, 59), local(2026, 11, 27, 0, 1), BUSINESS) == 60


def test_window_may_end_at_midnight():
    evening = calendar(week((1200, 1440)))
    assert due_at(local(2026, 11, 24, 23), 60, evening) == local(2026, 11, 25)


def test_adjacent_windows_count_as_one():
    split, whole = calendar(week((480, 720), (720, 960))), calendar(week((480, 960)))
    assert due_at(local(2026, 11, 24, 8), 240, split) == due_at(local(2026, 11, 24, 8), 240, whole)
    assert split.table.spans == whole.table.spans


def test_overlapping_windows_are_not_counted_twice():
    doubled = calendar(week((480, 780), (720, 960)))
    assert open_seconds_between(local(2026, 11, 24), local(2026, 11, 25), doubled) == 8 * 3600


def test_no_time_at_all_means_the_next_open_instant():
    assert due_at(local(2026, 11, 28, 15), 0, OFFICE) == local(2026, 11, 29, 8)
    assert due_at(local(2026, 11, 24, 9), 0, OFFICE) == local(2026, 11, 24, 9)
    assert due_at(local(2026, 11, 24, 13), 0, OFFICE) == local(2026, 11, 24, 16)


def test_working_hours_are_elapsed_when_spring_skips_an_hour():
    # 01:00–04:00 on the wall holds only two hours on 26 March 2027.
    assert open_seconds_between(local(2027, 3, 26), local(2027, 3, 27), NIGHT) == 2 * 3600
    assert due_at(local(2027, 3, 26, 1), 90, NIGHT) == local(2027, 3, 26, 3, 30)


def test_working_hours_are_elapsed_when_autumn_repeats_an_hour():
    assert open_seconds_between(local(2027, 10, 31), local(2027, 11, 1), NIGHT) == 4 * 3600
    assert due_at(local(2027, 10, 31, 1), 90, NIGHT) == local(2027, 10, 31, 1, 30, fold=1)


def test_a_day_of_25_hours_ends_the_promise_an_hour_early_on_the_wall():
    assert due_at(local(2027, 10, 31), DAY, BUSINESS) == local(2027, 10, 31, 23)


def test_opening_inside_the_skipped_hour_opens_at_the_change():
    gap = calendar(week((150, 240), weekdays=(4,)))
    assert due_at(local(2027, 3, 26), 0, gap) == local(2027, 3, 26, 3)


def test_closing_inside_the_skipped_hour_closes_at_the_change():
    gap = calendar(week((60, 150), weekdays=(4,)))
    assert open_seconds_between(local(2027, 3, 26), local(2027, 3, 27), gap) == 3600


def test_window_inside_the_skipped_hour_vanishes_that_day():
    gap = calendar(week((130, 170), weekdays=(4,)))
    assert open_seconds_between(local(2027, 3, 26), local(2027, 3, 27), gap) == 0
    assert open_seconds_between(local(2027, 4, 2), local(2027, 4, 3), gap) == 40 * 60


def test_closing_in_the_repeated_hour_closes_the_second_time():
    late = calendar(week((0, 90), weekdays=(6,)))
    assert open_seconds_between(local(2027, 10, 31), local(2027, 11, 1), late) == 150 * 60


def test_emergency_closure_beats_hours_of_the_same_day():
    day = date(2026, 11, 24)
    for days in ((closed(day), half(day)), (half(day), closed(day))):
        shut = calendar(week((480, 780)), days)
        assert due_at(local(2026, 11, 24, 8), 0, shut) == local(2026, 11, 25, 8)


def test_later_hours_of_one_day_replace_earlier():
    day = date(2026, 11, 24)
    longer = calendar(week((480, 780)), (half(day, (480, 600)), half(day, (480, 1200))))
    assert open_seconds_between(local(2026, 11, 24), local(2026, 11, 25), longer) == 12 * 3600


def test_extra_opening_on_shabbat_counts():
    drill = calendar(week((480, 780)), (half(date(2026, 11, 28), (600, 660)),))
    assert due_at(local(2026, 11, 28), 30, drill) == local(2026, 11, 28, 10, 30)


def test_always_open_ignores_a_closure():
    hotline = Calendar("24x7", (), (closed(date(2026, 11, 24)),), date(2026, 1, 1), is_always_open=True)
    assert due_at(local(2026, 11, 24), DAY, hotline) == local(2026, 11, 25)


def test_fraction_of_a_second_is_cut():
    assert due_at(local(2026, 11, 24, 9) + timedelta(microseconds=999_999), 1, OFFICE) == local(
        2026, 11, 24, 9, 1
    )


def test_promise_longer_than_the_first_compiled_years_is_kept():
    assert due_at(local(2026, 11, 24), 20 * 365 * DAY, ALWAYS) == datetime(2046, 11, 18, 22, tzinfo=UTC)
    far = due_at(local(2026, 11, 24), 20 * 250 * DAY, BUSINESS)
    assert open_seconds_between(local(2026, 11, 24), far, BUSINESS) == 20 * 250 * DAY * 60


def test_opening_after_the_first_compiled_years_is_known():
    fresh = calendar(week((480, 780)))
    assert due_at(local(2040, 11, 27, 7), 60, fresh) == local(2040, 11, 27, 9)


def test_report_before_the_calendar_begins_starts_with_it():
    assert due_at(local(2020, 5, 5), 60, ALWAYS) == local(2026, 1, 1, 1)


def test_promise_past_the_end_of_the_calendar_raises():
    short = calendar(week((480, 780)), valid_to=date(2026, 12, 1))
    assert due_at(local(2026, 11, 30, 8), 300, short) == local(2026, 11, 30, 13)
    with pytest.raises(CalendarEnds):
        due_at(local(2026, 11, 30, 8), 301, short)
    with pytest.raises(CalendarEnds):
        due_at(local(2027, 5, 5), 0, short)


def test_open_time_after_the_end_of_the_calendar_is_none():
    short = calendar(week((480, 780)), valid_to=date(2026, 12, 1))
    assert open_seconds_between(local(2026, 11, 30, 12), local(2027, 5, 5), short) == 3600


@pytest.mark.parametrize(
    "never",
    [
        Calendar("empty"),
        Calendar("shut", days=(DayRule(date(2026, 1, 1), DayKind.CLOSED),)),
        calendar(week((480, 780), weekdays=(6,)), (closed(date(2026, 1, 4)),), valid_to=date(2026, 1, 8)),
    ],
)
def test_calendar_that_never_opens_is_impossible(never):
    with pytest.raises(ImpossibleCalendar):
        due_at(local(2026, 1, 1), 1, never)


@pytest.mark.parametrize(
    "window", [(0, 480, 480), (0, 1320, 360), (0, 480, 1441), (0, -1, 60), (7, 480, 720)]
)
def test_window_that_cannot_be_is_refused(window):
    with pytest.raises(ImpossibleCalendar):
        Window(*window)


def test_closed_day_with_hours_is_refused():
    with pytest.raises(ImpossibleCalendar):
        DayRule(date(2026, 1, 1), DayKind.CLOSED, ((480, 780),))


def test_calendar_that_ends_before_it_begins_is_refused():
    with pytest.raises(ImpossibleCalendar):
        calendar(week((480, 780)), valid_to=date(2025, 1, 1))


def test_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        due_at(datetime(2026, 11, 24, 9), 1, OFFICE)  # noqa: DTZ001 - the very thing refused


def test_promise_of_negative_time_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        due_at(local(2026, 11, 24), -1, OFFICE)
