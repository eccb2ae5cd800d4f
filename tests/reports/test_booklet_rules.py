"""Pure rules of booklets: months, the one way to write a content down, what is a correction, when a letter goes again."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from service_desk import clock
from service_desk.contractors.rules.statement import content_hash
from service_desk.reports.rules import Days
from service_desk.reports.rules.booklets import (
    OF_MONTH,
    WAITS,
    changes,
    is_corrected,
    is_time,
    next_try,
)
from service_desk.reports.rules.days import days_of, last_month, months_back, year_before

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def content(received=10, at="2026-11-02", **parts):
    measures = [{"code": "received", "own": {"number": received, "cases": received}, "city": None}]
    usual = dict.fromkeys(OF_MONTH) | {"measures": measures, "moment": {"at": at}}
    return usual | parts


def test_a_month_is_all_its_days():
    assert days_of(date(2024, 2, 1)) == Days(date(2024, 2, 1), date(2024, 2, 29))
    assert days_of(date(2026, 12, 1)) == Days(date(2026, 12, 1), date(2026, 12, 31))
    assert last_month(date(2026, 1, 1)) == date(2025, 12, 1)
    assert year_before(date(2026, 10, 1)) == date(2025, 10, 1)
    assert months_back(date(2026, 2, 1), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


@pytest.mark.parametrize(
    ("instant", "is_it"),
    [
        (datetime(2026, 11, 1, 21, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 3, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 2, 4, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 2, 3, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 29, 23, 0, tzinfo=UTC), True),
    ],
    ids=["the first", "before six", "six in winter", "six in summer", "a machine that slept"],
)
def test_booklets_are_made_from_six_in_the_morning_of_the_second_on_the_citys_clock(instant, is_it):
    assert is_time(clock.local(instant)) is is_it


def test_the_same_content_has_the_same_hash_whatever_the_order_of_its_keys():
    one, other = {"b": 1, "a": {"d": "ש", "c": 2.5}}, {"a": {"c": 2.5, "d": "ש"}, "b": 1}
    written = hashlib.sha256('{"a":{"c":2.5,"d":"ש"},"b":1}'.encode()).digest()
    assert content_hash(one) == content_hash(other) == written != content_hash(one | {"b": 2})


def test_only_what_is_counted_of_the_month_is_a_correction():
    assert not is_corrected(content(), content(at="2026-12-24"))
    assert is_corrected(content(), content(11))
    assert is_corrected(content(), content(types=[{"code": "RD-POTHOLE"}]))


def test_a_correction_names_each_measure_of_its_own_place_that_moved():
    assert changes(content(), content()) == []
    (found,) = changes(content(), content(11))
    assert (found["code"], found["was"]["number"], found["now"]["number"]) == ("received", 10, 11)


def test_a_letter_waits_longer_after_each_try_and_is_given_up_in_the_end():
    waits = [next_try(tries, NOW) - NOW for tries in range(1, len(WAITS) + 1)]
    assert waits == sorted(set(waits))
    assert waits[0] == timedelta(minutes=1)
    assert next_try(len(WAITS) + 1, NOW) is None
