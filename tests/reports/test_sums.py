"""The reading of figures, against rows written by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.extensions import db
from service_desk.reports.measures import MEASURES
from service_desk.reports.models import FigureDay, FigureNow, FigureSpread
from service_desk.reports.rules import Days, Steps, days_between, step_of, usual_days, week_of, whole_months
from service_desk.reports.rules.steps import BEGINS
from service_desk.reports.sums import (
    CITY,
    Now,
    Sums,
    spreads,
    spreads_of,
    standing,
    standing_by_service,
    sums,
    sums_of,
)
from service_desk.reports.values import Value, value

TODAY = date(2026, 6, 15)
NEAR, FAR = 11, 12


def _day(day, centre, service="", **counts):
    return FigureDay(authority_id=1, service_code=service, day=day, centre_id=centre, **counts)


def _spread(measure, span, day, centre, minutes):
    kept = Steps.of(minutes).kept
    return FigureSpread(authority_id=1, measure=measure, span=span, day=day, centre_id=centre, steps=kept)


@pytest.fixture
def rows(app):
    """Two centres and two types over three days of June, and one of May."""
    db.session.add_all(
        [
            _day(date(2026, 6, 1), NEAR, received=4, due=10, met=9),
            _day(date(2026, 6, 1), NEAR, "RD-POTHOLE", received=4, due=10, met=9),
            _day(date(2026, 6, 2), NEAR, received=2, done=8, came_back=2, said_yes=3, said_no=1),
            _day(date(2026, 6, 7), FAR, received=5, ended=4, without_work=1, held_unit=90_000_000_000),
            _day(date(2026, 6, 7), FAR, "ST-LIGHT", received=5, ended=4, without_work=1),
            _day(date(2026, 5, 31), FAR, received=7),
            _spread("resolve", "day", date(2026, 6, 1), NEAR, [10] * 9 + [1000]),
            _spread("resolve", "month", date(2026, 6, 1), NEAR, [10] * 9 + [1000]),
            _spread("resolve", "day", date(2026, 6, 7), FAR, [20] * 10),
            _spread("resolve", "month", date(2026, 6, 1), FAR, [20] * 10),
            FigureNow(authority_id=1, service_code="", centre_id=NEAR, open=5, late=2, hazards=1),
            FigureNow(authority_id=1, service_code="", centre_id=FAR, open=1),
            FigureNow(authority_id=1, service_code="RD-POTHOLE", centre_id=NEAR, open=5, late=2, hazards=1),
        ]
    )
    db.session.commit()


JUNE = Days(date(2026, 6, 1), date(2026, 6, 30))


def test_sums_of_days_are_those_of_their_rows_and_no_others(rows):
    city = sums(JUNE, by="city")[CITY]
    assert (city.received, city.due, city.met, city.held_unit) == (11, 10, 9, 90_000_000_000)
    assert {key: each.received for key, each in sums(JUNE, by="centre").items()} == {NEAR: 6, FAR: 5}
    assert sums(JUNE, by="service") == {
        "RD-POTHOLE": Sums(received=4, due=10, met=9),
        "ST-LIGHT": Sums(received=5, ended=4, without_work=1),
    }
    assert set(sums(JUNE, by="week")) == {date(2026, 5, 31), date(2026, 6, 7)}, "a week begins on Sunday"
    assert set(sums(JUNE, by="centre_day", centre_id=FAR)) == {(FAR, date(2026, 6, 7))}
    assert sums(JUNE, by="month", service_code="ST-LIGHT")[date(2026, 6, 1)].received == 5


def test_several_periods_come_by_one_statement(rows, statements):
    now, before = sums_of([Days(date(2026, 6, 1), date(2026, 6, 1)), Days(date(2026, 5, 31), date(2026, 5, 31))], by="city")  # fmt: skip
    assert (now[CITY].received, before[CITY].received) == (4, 7)
    assert len([each for each in statements if "figures_days" in each]) == 1


def test_spreads_read_months_where_they_are_whole_and_days_where_not(rows):
    whole = spreads(JUNE, "resolve")
    part = spreads(Days(date(2026, 6, 1), date(2026, 6, 7)), "resolve")
    assert whole[CITY].kept == part[CITY].kept
    assert (whole[CITY].cases, whole[NEAR].cases, whole[FAR].cases) == (20, 10, 10)
    assert whole[NEAR].quantile(0.5) == 10
    assert whole[NEAR].quantile(0.9) == 10
    assert whole[CITY].quantile(0.9) == 20
    assert whole[NEAR].quantile(1) == pytest.approx(1000, rel=0.01)
    nothing = spreads_of([Days(date(2026, 6, 3), date(2026, 6, 4))], ["resolve", "over"])[0]
    assert nothing["over"][CITY].quantile(0.5) is None


def test_what_stands_open_is_of_each_centre_and_the_city(rows):
    assert standing() == {NEAR: Now(5, 2, 1), FAR: Now(1, 0, 0), CITY: Now(6, 2, 1)}
    assert standing(service_code="RD-POTHOLE")[CITY] == Now(5, 2, 1)
    assert standing_by_service(NEAR) == {"RD-POTHOLE": Now(5, 2, 1)}


def test_a_value_says_its_cases_and_hides_what_is_of_four_persons(rows):
    found = sums(JUNE, by="centre")
    assert value("on_time", found[NEAR]) == Value(90.0, 10, is_few=True)
    assert value("satisfaction", found[NEAR]) == Value(None, 4, is_few=True, is_hidden=True)
    assert value("response", found[NEAR]) == Value(50.0, 8, is_few=True)
    assert value("on_time", found[FAR]) == Value(None, 0, is_few=True)
    assert value("received", found[NEAR]) == Value(6, 6)
    assert value("per_1000", found[NEAR], residents=1200) == Value(5.0, 6, is_few=True)
    assert value("per_1000", found[NEAR]).number is None
    assert value("late", now=standing()[CITY]) == Value(2, 2)
    half = value("half", spreads={"resolve": spreads(JUNE, "resolve")[CITY]})
    assert (half.number, half.cases, half.is_few) == (20 / 60, 20, False)


@pytest.mark.parametrize("code", MEASURES)
def test_every_measure_has_a_value_of_nothing(app, code):
    found = value(code)
    assert found.cases == 0
    assert found.number in {None, 0}


def test_whole_days_end_yesterday_and_compare_with_as_many():
    days = usual_days(TODAY, 7)
    assert (days.first, days.last, days.length) == (date(2026, 6, 8), date(2026, 6, 14), 7)
    assert days.before == Days(date(2026, 6, 1), date(2026, 6, 7))
    assert days.year_ago.first.weekday() == days.first.weekday()
    assert TODAY not in days
    assert days_between(TODAY, TODAY, TODAY) is None, "today is not over"
    assert days_between(date(2026, 6, 1), date.max, TODAY) is None
    assert days_between(date(2026, 6, 1), date(2027, 1, 1), TODAY) == Days(
        date(2026, 6, 1), date(2026, 6, 14)
    )


@given(first=st.dates(date(2000, 1, 1), date(2090, 1, 1)), length=st.integers(1, 800))
def test_months_and_the_rest_are_exactly_the_days(first, length):
    days = Days(first, first + timedelta(days=length - 1))
    months, rest = whole_months(days)
    covered = [day for run in rest for day in run]
    for month in months:
        day = month
        while day.month == month.month:
            covered.append(day)
            day += timedelta(days=1)
    assert sorted(covered) == list(days)
    assert all(week_of(day).weekday() == 6 and 0 <= (day - week_of(day)).days < 7 for day in covered[:7])


@given(
    minutes=st.lists(st.integers(0, 5_999_999), min_size=1, max_size=60), share=st.sampled_from([0.5, 0.9])
)
def test_a_quantile_is_within_one_percent_of_the_case_at_its_place(minutes, share):
    steps = Steps.of(minutes)
    place = -(-len(minutes) * round(share * 10) // 10) - 1
    assert steps.quantile(share) == pytest.approx(sorted(minutes)[place], rel=0.01, abs=0)
    assert Steps.read(steps.kept).kept == steps.kept
    assert sum(cases for _low, _high, cases in steps.histogram()) == len(minutes)


def test_every_minute_below_a_hundred_is_its_own_step():
    assert [BEGINS[step_of(each)] for each in range(100)] == list(range(100))
    assert step_of(-5) == 0
    assert step_of(10**9) == len(BEGINS) - 1
    assert len(BEGINS) < 2**16
