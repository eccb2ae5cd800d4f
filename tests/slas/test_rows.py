"""Calendars from stored rows and from the seed: holidays, eves and hours of the founding city."""

from datetime import date, timedelta

import pytest
from promise_calendars import local

from service_desk.city.seed.calendars import CENTRE_WEEKS, calendar_rows, holiday_days, holiday_years
from service_desk.slas.rules import (
    CalendarEnds,
    CalendarShelf,
    DayKind,
    ImpossibleCalendar,
    StoredDay,
    calendar_of,
    due_at,
    open_seconds_between,
)

LANGUAGES = {"he", "en", "ar", "ru", "am"}
DAY = 1440
YEARS = holiday_years(2026)
CODES = ["24x7", "business", "office", "K1", "K2", "K3", "K4", "K5", "K6", "K7", "contractor"]
# As printed in Israeli almanacs; eves follow from them.
KNOWN = {
    2026: "04-02 04-08 04-22 05-22 09-12 09-13 09-21 09-26 10-03",
    2027: "04-22 04-28 05-12 06-11 10-02 10-03 10-11 10-16 10-23",
    2028: "04-11 04-17 05-02 05-31 09-21 09-22 09-30 10-05 10-12",
}


def stored(rows):
    return [
        StoredDay(row["date"], row["kind"], tuple(map(tuple, row["windows"])), row["name"], row["source"])
        for row in rows
    ]


def seeded(code, more=()):
    row = next(row for row in calendar_rows(2026) if row["code"] == code)
    return calendar_of(
        code,
        row["windows"],
        [*stored(holiday_days(YEARS)), *more],
        holidays=row["holidays"],
        valid_from=row["valid_from"],
        is_always_open=row["is_always_open"],
    )


@pytest.mark.parametrize("year", KNOWN)
def test_holidays_fall_on_the_known_dates(year):
    found = [f"{row['date']:%m-%d}" for row in holiday_days([year]) if row["kind"] == "closed"]
    assert found == KNOWN[year].split()


@pytest.mark.parametrize("year", KNOWN)
def test_every_eve_is_the_day_before_a_holiday(year):
    rows = {row["date"]: row["kind"] for row in holiday_days([year])}
    eves = [day for day, kind in rows.items() if kind == "half"]
    assert len(eves) == 8
    assert all(rows[eve + timedelta(days=1)] == "closed" for eve in eves)


def test_eve_of_the_seventh_day_of_passover_is_there():
    rows = {row["date"]: row for row in holiday_days([2027])}
    assert rows[date(2027, 4, 27)]["name"]["he"] == "ערב שביעי של פסח"


def test_postponed_independence_day_takes_memorial_day_along():
    rows = {row["date"]: row["name"]["en"] for row in holiday_days([2028])}
    assert rows[date(2028, 5, 1)] == "Memorial Day"
    assert rows[date(2028, 5, 2)] == "Independence Day"


def test_every_year_of_a_generation_has_all_its_days_named():
    rows = holiday_days(range(2020, 2046))
    assert all(row["name"].keys() == LANGUAGES and all(row["name"].values()) for row in rows)
    assert [sum(row["date"].year == year for row in rows) for year in range(2020, 2046)] == [17] * 26


def test_no_date_is_told_twice():
    dates = [row["date"] for row in holiday_days(YEARS)]
    assert dates == sorted(set(dates))


def test_seed_has_every_calendar_with_its_names():
    rows = calendar_rows(2026)
    assert [row["code"] for row in rows] == CODES
    assert all(row["name"].keys() == LANGUAGES for row in rows)


def test_centres_differ_in_their_hours():
    weeks = [tuple(sorted(week)) for week in CENTRE_WEEKS.values()]
    assert len(set(weeks)) == 7


@pytest.mark.parametrize("code", CODES)
def test_every_seeded_calendar_keeps_a_promise(code):
    assert due_at(local(2026, 11, 24, 9), 60, seeded(code)) >= local(2026, 11, 24, 10)


@pytest.mark.parametrize("code", CODES[1:])
def test_no_seeded_calendar_opens_on_a_holiday_or_shabbat(code):
    hours = seeded(code)
    shut = [
        row["date"] for row in holiday_days(YEARS) if row["kind"] == "closed" or row["date"].weekday() == 5
    ]
    for day in shut:
        begin = local(day.year, day.month, day.day)
        assert open_seconds_between(begin, begin + timedelta(hours=24), hours) == 0, day


def test_business_stands_still_on_an_eve():
    assert due_at(local(2026, 9, 20, 9), DAY, seeded("business")) == local(2026, 9, 23)


def test_centre_keeps_half_a_day_on_an_eve():
    eve = local(2026, 9, 20)
    assert open_seconds_between(eve, local(2026, 9, 21), seeded("K3")) == 5 * 3600


def test_eve_on_a_friday_keeps_the_fridays_own_hours():
    friday = local(2026, 9, 11)
    assert open_seconds_between(friday, local(2026, 9, 12), seeded("K3")) == 4 * 3600
    assert open_seconds_between(friday, local(2026, 9, 12), seeded("K1")) == 0


def test_shared_eve_on_shabbat_opens_no_door():
    shabbat = StoredDay(date(2025, 4, 12), "half", ((480, 780),))
    hours = calendar_of("office", [(6, 480, 780)], [shabbat], holidays="office", valid_from=date(2025, 1, 1))
    assert open_seconds_between(local(2025, 4, 12), local(2025, 4, 13), hours) == 0


def test_shared_eve_on_a_day_without_hours_opens_no_door():
    eve = StoredDay(date(2026, 9, 20), "half", ((480, 780),))
    hours = calendar_of("office", [(0, 480, 780)], [eve], holidays="office", valid_from=date(2026, 1, 1))
    assert open_seconds_between(local(2026, 9, 20), local(2026, 9, 21), hours) == 0


def test_closure_of_one_centre_stops_it_that_day():
    flood = StoredDay(date(2026, 11, 24), "closed", name={"he": "הצפה"}, is_shared=False)
    assert due_at(local(2026, 11, 24, 8), 60, seeded("K3", [flood])) == local(2026, 11, 25, 9)


def test_longer_hours_of_one_centre_count_even_on_friday():
    evening = StoredDay(date(2026, 11, 27), "half", ((480, 1200),), is_shared=False)
    friday = local(2026, 11, 27)
    assert open_seconds_between(friday, local(2026, 11, 28), seeded("K3", [evening])) == 12 * 3600


def test_calendar_without_holidays_skips_shared_days_only():
    days = [
        StoredDay(date(2026, 4, 2), "closed"),
        StoredDay(date(2026, 4, 3), "closed", is_shared=False),
    ]
    hours = calendar_of("night", [(3, 0, 60), (4, 0, 60)], days, holidays="none", valid_from=date(2026, 1, 1))
    assert [rule.date.day for rule in hours.days] == [3]
    assert hours.days[0].kind is DayKind.CLOSED
    assert hours.valid_to is None


def test_promise_beyond_the_known_holidays_raises():
    hours = seeded("business")
    assert (hours.valid_from, hours.valid_to) == (date(2025, 1, 1), date(2029, 1, 1))
    with pytest.raises(CalendarEnds):
        due_at(local(2028, 12, 31, 9), DAY, hours)


def test_row_that_makes_no_sense_is_refused():
    begins = date(2026, 1, 1)
    with pytest.raises(ValueError, match="lunar"):
        calendar_of("x", [], [], holidays="lunar", valid_from=begins)
    with pytest.raises(ValueError, match="maybe"):
        calendar_of("x", [], [StoredDay(begins, "maybe")], holidays="office", valid_from=begins)
    with pytest.raises(ImpossibleCalendar):
        calendar_of("x", [(0, 900, 480)], [], holidays="none", valid_from=begins)


def test_shelf_builds_each_calendar_once_and_keeps_the_latest():
    shelf, built = CalendarShelf(room=2), []

    def build(code):
        built.append(code)
        return seeded(code)

    for code in ("K1", "K2", "K1", "K3", "K1", "K2"):
        shelf.get((1, code), lambda code=code: build(code))
    assert built == ["K1", "K2", "K3", "K2"]
    shelf.clear()
    shelf.get((1, "K1"), lambda: build("K1"))
    assert built[-1] == "K1"
    assert len(built) == 5
