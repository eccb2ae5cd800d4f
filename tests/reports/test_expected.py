"""Expected times from cases: levels, what counts how, what is told, and whether it was kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from reports.cases_by_hand import case, put_cases
from sqlalchemy import text

from service_desk import work
from service_desk.flow.make_expected import make_expected
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.reports import expected
from service_desk.reports.lasted import Judged, judged_as_told, observed

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
DAY = 24 * 60


@pytest.fixture(autouse=True)
def at_night(app):
    with time_machine.travel(NOW, tick=False):
        yield


def ago(days):
    return NOW - timedelta(days=days)


def test_a_centre_with_enough_done_has_its_own_time_and_another_the_city_s(owner):
    put_cases(owner, [case(ago(100), took=DAY, centre_id=5) for _ in range(40)])
    put_cases(owner, [case(ago(100), took=9 * DAY, centre_id=6) for _ in range(29)])
    made = make_expected()
    assert (made.estimates, made.of_centres) == (2, 1)
    assert expected.told("RD-POTHOLE", 5) == (DAY, DAY)
    assert expected.told("RD-POTHOLE", 6) == expected.told("RD-POTHOLE", None) == (DAY, 9 * DAY)
    assert expected.told("LGT-LAMP", 5) == (None, None)


def test_under_thirty_done_nothing_is_told(owner):
    put_cases(owner, [case(ago(100), took=DAY) for _ in range(29)])
    put_cases(owner, [case(ago(100)) for _ in range(50)])
    assert make_expected().estimates == 0
    assert expected.told("RD-POTHOLE", 1) == (None, None)


def test_open_ones_lengthen_it_and_later_rounds_and_old_ones_do_not_count(owner):
    put_cases(owner, [case(ago(100), took=DAY) for _ in range(60)] + [case(ago(50)) for _ in range(40)])
    put_cases(owner, [case(ago(100), took=90 * DAY, round=1) for _ in range(99)])
    put_cases(owner, [case(ago(400), took=90 * DAY) for _ in range(99)])
    make_expected()
    half, most = expected.told("RD-POTHOLE", 1)
    assert half == DAY
    assert most is None, "forty of a hundred wait, so nine of ten cannot be said"


def test_a_refused_request_counts_as_not_done_until_it_was_refused(owner, said):
    ticket_id = receive_report(said(), Actor("resident")).ticket_id
    with owner.begin() as connection:
        closed = {"at": ago(3) + timedelta(minutes=45), "id": ticket_id}
        connection.execute(text("UPDATE tickets SET closed_at = :at WHERE id = :id"), closed)
    put_cases(owner, [case(ago(3), ticket_id=ticket_id, is_open=False)])
    with work.transaction():
        ((key, found),) = observed(ago(365), NOW, NOW).items()
    assert key == ("RD-POTHOLE", 1)
    assert [(each.minutes, each.cases, each.is_over) for each in found] == [(45, 1, False)]


def test_as_of_an_earlier_moment_what_was_done_later_still_waits(owner):
    put_cases(owner, [case(ago(10), took=5 * DAY), case(ago(2), took=10)])
    with work.transaction():
        found = observed(ago(365), ago(7), ago(7))[("RD-POTHOLE", 1)]
    assert [(each.is_over, each.cases) for each in found] == [(False, 1)]
    assert found[0].minutes == pytest.approx(3 * DAY, rel=0.01)


def test_of_those_told_only_whose_time_has_passed_are_judged(owner):
    told = {"told_half_minutes": DAY, "told_most_minutes": 3 * DAY}
    put_cases(
        owner,
        [
            case(ago(10), took=DAY - 5, **told),
            case(ago(10), took=2 * DAY, **told),
            case(ago(10), took=5 * DAY, **told),
            case(ago(10), **told),
            case(ago(2), took=10, **told),
            case(ago(10), took=10),
        ],
    )
    with work.transaction():
        assert judged_as_told(ago(365), NOW) == {"RD-POTHOLE": Judged(4, 1, 2)}


def test_the_back_test_judges_a_month_by_what_was_known_before_it(owner):
    before = [case(ago(120 + n % 40), took=DAY if n % 10 else 4 * DAY) for n in range(100)]
    october = datetime(2026, 10, 10, 8, tzinfo=UTC)
    during = [case(october, took=DAY if n % 2 else 20 * DAY) for n in range(20)]
    put_cases(owner, before + during)
    assert make_expected().tested >= 20
    with work.transaction():
        (city,) = expected.of_types()
        by_month = {month: rest for month, *rest in city.back_test}
    assert by_month["2026-10-01"] == [20, 10, 10]


def test_making_them_again_replaces_all(owner):
    put_cases(owner, [case(ago(100), took=DAY, centre_id=5) for _ in range(40)])
    make_expected()
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM figures_cases"))
    make_expected()
    with work.transaction():
        assert expected.of_types() == []
    assert expected.told("RD-POTHOLE", 5) == (None, None)


def test_what_is_told_is_read_once_and_then_kept(owner, statements):
    put_cases(owner, [case(ago(100), took=DAY) for _ in range(40)])
    make_expected()
    with work.transaction():
        expected.told("RD-POTHOLE", 1)
        statements.clear()
        expected.told("RD-POTHOLE", 1)
        expected.told("LGT-LAMP", 7)
    assert statements == []
