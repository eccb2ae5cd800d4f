"""Due times over a real working calendar: one at a time as a request asks, and a million at once as a replay asks.

There is no floor to compare with: the limits are absolute (5 microseconds, 2 seconds). The calendar is that of a
centre with two windows a day and the holidays of four years, compiled before the rounds as in a worker.
"""

from __future__ import annotations

import statistics
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np

from service_desk.city.seed.calendars import calendar_rows, holiday_days, holiday_years
from service_desk.slas.rules import StoredDay, calendar_of, due_at, due_at_many

ROUNDS = 5
ONE_AT_A_TIME = 20_000
MANY = 1_000_000
LIMIT_US = 5.0
LIMIT_S = 2.0
YEAR = 2026


def measure():
    """Return the two measures: name, value, unit, floor, ratio, limit, holds. Floor and ratio are None: there is none."""
    calendar = _centre_calendar("K3")
    noise = np.random.default_rng(106)
    first = int(datetime(YEAR, 1, 1, tzinfo=UTC).timestamp())
    opened = noise.integers(first, first + 2 * 365 * 86_400, size=MANY)
    minutes = noise.integers(1, 10 * 24 * 60, size=MANY)
    asked = [
        (datetime.fromtimestamp(int(second), UTC) + timedelta(microseconds=7), int(promised))
        for second, promised in zip(opened[:ONE_AT_A_TIME], minutes[:ONE_AT_A_TIME], strict=True)
    ]
    due_at(*asked[0], calendar)
    one = statistics.median(_one_by_one(asked, calendar) for _ in range(ROUNDS))
    many = statistics.median(_all_at_once(opened, minutes, calendar) for _ in range(ROUNDS))
    return [
        _line("due time, one", one, "µs", LIMIT_US),
        _line("due time, a million", many, "s", LIMIT_S),
    ]


def _centre_calendar(code):
    row = next(row for row in calendar_rows(YEAR) if row["code"] == code)
    days = [
        StoredDay(day["date"], day["kind"], tuple(map(tuple, day["windows"])), day["name"], day["source"])
        for day in holiday_days(holiday_years(YEAR))
    ]
    return calendar_of(code, row["windows"], days, holidays=row["holidays"], valid_from=row["valid_from"])


def _one_by_one(asked, calendar):
    began = perf_counter()
    for opened_at, minutes in asked:
        due_at(opened_at, minutes, calendar)
    return 1e6 * (perf_counter() - began) / len(asked)


def _all_at_once(opened, minutes, calendar):
    began = perf_counter()
    due_at_many(opened, minutes, calendar)
    return perf_counter() - began


def _line(name, value, unit, limit):
    return {
        "name": name,
        "value": round(value, 4),
        "unit": unit,
        "floor": None,
        "ratio": None,
        "limit": limit,
        "holds": value <= limit,
    }


if __name__ == "__main__":
    for line in measure():
        print(line)
