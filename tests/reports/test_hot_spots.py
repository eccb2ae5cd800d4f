"""Hot spots in the database: counted by square, named by street, replaced each night, never of sensitive types."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from reports.cases_by_hand import case, put_cases
from sqlalchemy import text

from service_desk import work
from service_desk.catalog.queries import catalogue
from service_desk.clock import local
from service_desk.flow.find_hot_spots import find_hot_spots
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.reports import hot_spots
from service_desk.reports.counting import count_tickets
from service_desk.reports.rules import cell_of

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
HERE = (34.811, 31.895)


@pytest.fixture(autouse=True)
def at_night(app):
    with time_machine.travel(NOW, tick=False):
        yield


def placed(days, at=HERE, **parts):
    lon, lat = at
    return case(NOW - timedelta(days=days), took=600, lon=lon, lat=lat, place_cell=cell_of(lon, lat), **parts)


def usual_city(chance=None):
    """A year of other types all over the city, and a few potholes."""
    chance = chance or random.Random(1)
    codes = ["LGT-LAMP"] * 5 + ["SAN-HOUSE"] * 4 + ["RD-POTHOLE"]
    return [
        placed(
            chance.randint(2, 360),
            (HERE[0] + chance.uniform(-0.015, 0.015), HERE[1] + chance.uniform(-0.015, 0.015)),
            service_code=chance.choice(codes),
        )
        for _ in range(1200)
    ]


def found():
    with work.transaction():
        return hot_spots.spots()


def test_a_place_where_potholes_keep_coming_is_found_and_described(owner):
    put_cases(owner, usual_city())
    there = [placed(days, service_code="RD-POTHOLE", centre_id=7) for days in (3, 9, 17, 25, 33, 40, 48, 100)]
    put_cases(owner, there)
    assert find_hot_spots() == 1
    (spot,) = found()
    assert (spot.service_code, spot.centre_id) == ("RD-POTHOLE", 7)
    assert spot.cases >= 7
    assert spot.expected < 1
    assert spot.false_share <= 0.05
    assert (spot.lon, spot.lat) == pytest.approx(HERE, abs=0.001)
    assert 60 <= spot.radius_m < 200
    assert sum(spot.weeks) >= 8
    assert len(spot.weeks) == 26
    assert {row["ticket_id"] for row in there[:7]} <= set(spot.ticket_ids)
    assert there[7]["ticket_id"] not in spot.ticket_ids, "of the year, but not of the eight weeks"
    assert spot.last_day == local(NOW - timedelta(days=3)).date()


def test_the_street_is_named_from_the_tickets(owner, said):
    put_cases(owner, usual_city())
    ids = [receive_report(said(submission_key=f"k{n:032}"), Actor("resident")).ticket_id for n in range(6)]
    put_cases(owner, [placed(3 + 7 * n, ticket_id=each) for n, each in enumerate(ids)])
    find_hot_spots()
    (spot,) = found()
    assert spot.street == "טשרניחובסקי"


def test_what_was_joined_to_another_request_is_not_counted_again(owner, said):
    put_cases(owner, usual_city())
    ids = [receive_report(said(submission_key=f"d{n:032}"), Actor("resident")).ticket_id for n in range(6)]
    with owner.begin() as connection:
        for n, each in enumerate(ids):
            connection.execute(
                text("UPDATE tickets SET opened_at = :at WHERE id = :id"),
                {"at": NOW - timedelta(days=3 + 7 * n), "id": each},
            )

    def counted_and_looked_for():
        with work.transaction():
            count_tickets(ids)
        return find_hot_spots()

    assert counted_and_looked_for() == 1
    with owner.begin() as connection:
        merged = text("UPDATE tickets SET status = 'duplicate', is_open = false WHERE id = ANY(:ids)")
        connection.execute(merged, {"ids": ids})
    assert counted_and_looked_for() == 0


def test_reopened_requests_and_one_day_s_rush_are_no_hot_spot(owner):
    put_cases(owner, usual_city())
    put_cases(owner, [placed(10, service_code="RD-POTHOLE") for _ in range(30)])
    put_cases(owner, [placed(3 + n, service_code="RD-POTHOLE", round=1) for n in range(30)])
    assert find_hot_spots() == 0


def test_a_sensitive_type_is_never_looked_at(owner):
    sensitive = next(each.code for each in catalogue().types.values() if each.is_sensitive)
    put_cases(owner, usual_city())
    put_cases(owner, [placed(3 + 5 * n, service_code=sensitive) for n in range(9)])
    put_cases(owner, [placed(3 + 5 * n, service_code="RD-POTHOLE", is_sensitive=True) for n in range(9)])
    assert find_hot_spots() == 0


def test_the_next_night_replaces_what_was_found(owner):
    put_cases(owner, usual_city())
    put_cases(owner, [placed(3 + 5 * n, service_code="RD-POTHOLE") for n in range(9)])
    assert find_hot_spots() == find_hot_spots() == 1
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM figures_cases"))
    assert find_hot_spots() == 0
    assert found() == []
