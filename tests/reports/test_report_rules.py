"""The rules of figures: periods on the city's days, and what may be compared."""

from datetime import UTC, date, datetime, timedelta

import pytest

from service_desk.clock import CITY_ZONE
from service_desk.reports.rules import between, last_days, may_compare, percent

NOW = datetime(2026, 11, 25, 9, 24, tzinfo=UTC)


def test_the_period_before_has_the_same_length_and_touches():
    period = last_days(30, NOW)
    assert period.before.until == period.since
    assert period.before.until - period.before.since == timedelta(days=30)


def test_days_are_the_citys_days_also_when_the_clock_changes():
    period = between(date(2026, 10, 24), date(2026, 10, 25), NOW, CITY_ZONE)
    assert period is not None
    assert (period.since, period.until) == (
        datetime(2026, 10, 23, 21, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 22, 0, tzinfo=UTC),
    )


def test_a_period_never_ends_after_now():
    period = between(date(2026, 11, 1), date(2027, 1, 1), NOW, CITY_ZONE)
    assert period is not None
    assert period.until == NOW


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 11, 2), date(2026, 11, 1)),
        (date(2026, 12, 1), date(2026, 12, 2)),
        (date(2000, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), date.max),
        (date.min, date.min),
    ],
)
def test_a_period_backwards_ahead_or_endless_is_none(first, last):
    assert between(first, last, NOW, CITY_ZONE) is None


def test_nothing_has_no_share():
    assert percent(0, 0) is None
    assert percent(1, 3) == 33.3


def test_under_twenty_cases_nothing_is_compared():
    assert not may_compare(19, 1000)
    assert may_compare(20, 20)
