"""The order of a walk, and what an inspector's answers come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service_desk.supervision.rules.checks import Item, happened, problems_of, result_of
from service_desk.supervision.rules.ways import metres, short_way

PLACE = st.tuples(st.floats(34.76, 34.84, allow_nan=False), st.floats(31.86, 31.92, allow_nan=False))
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ITEMS = [Item("bins", {}, "SAN-BIN", {}, {}), Item("pests", {}, None, {}, {})]


@given(st.lists(st.one_of(st.none(), PLACE), max_size=12), st.one_of(st.none(), PLACE))
def test_every_stop_is_on_the_way_once_and_the_unplaced_last(points, start):
    way = short_way(points, start)
    assert sorted(way) == list(range(len(points)))
    placed = [points[n] is not None for n in way]
    assert placed == sorted(placed, reverse=True)


def test_a_way_without_a_start_begins_with_its_first_place():
    points = [(34.80, 31.89), (34.83, 31.89), (34.81, 31.89), (34.82, 31.89)]
    assert short_way(points) == [0, 2, 3, 1]


def test_distances_are_in_metres():
    assert abs(metres((34.80, 31.89), (34.80, 31.90)) - 1112) < 2
    assert abs(metres((34.80, 31.89), (34.81, 31.89)) - 944) < 3


def test_every_item_needs_an_answer():
    assert problems_of(ITEMS, {"bins": "ok"}) == {"check_pests": "answer_missing"}
    assert problems_of(ITEMS, {"bins": "fine", "pests": "na"}) == {"check_bins": "answer_missing"}
    assert result_of({"bins": "ok", "pests": "na"}) == "ok"
    assert result_of({"bins": "bad", "pests": "na"}) == "finding"


@given(st.integers(-200_000, 200_000), st.integers(-20_000, 20_000))
def test_a_visit_is_never_in_the_future_nor_before_its_round(seconds_ago, ahead):
    since = NOW - timedelta(hours=5)
    at = happened(NOW - timedelta(seconds=seconds_ago), ahead, since, NOW)
    assert since <= at <= NOW


def test_the_phone_s_clock_is_set_right():
    since = NOW - timedelta(hours=5)
    assert happened(NOW + timedelta(minutes=50), 3600, since, NOW) == NOW - timedelta(minutes=10)
    assert happened(None, 3600, since, NOW) == NOW
