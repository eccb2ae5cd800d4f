"""A day's stops in an order worth driving."""

from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.city.rules.way import Stop, length_m, ordered

PLACES = st.builds(Stop, st.floats(34.77, 34.83), st.floats(31.87, 31.92), st.integers(0, 2))
START = (34.8, 31.89)


@settings(max_examples=60, deadline=None)
@given(st.lists(PLACES, max_size=25), st.sampled_from([None, START]))
def test_every_stop_is_reached_once_and_the_urgent_first(stops, start):
    way = ordered(stops, start)
    assert sorted(way) == list(range(len(stops)))
    ranks = [stops[n].rank for n in way]
    assert ranks == sorted(ranks)


def test_a_crossing_is_undone():
    square = [Stop(34.80, 31.88), Stop(34.82, 31.88), Stop(34.82, 31.90), Stop(34.80, 31.90)]
    best = min(permutations(range(4)), key=lambda way: length_m(square, way, START))
    assert length_m(square, ordered(square, START), START) <= length_m(square, best, START) + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.lists(st.builds(Stop, st.floats(34.77, 34.83), st.floats(31.87, 31.92)), min_size=2, max_size=12))
def test_no_single_turn_makes_it_shorter(stops):
    way = ordered(stops, START)
    length = length_m(stops, way, START)
    for first in range(len(way)):
        for last in range(first + 1, len(way)):
            turned = way[:first] + way[first : last + 1][::-1] + way[last + 1 :]
            assert length_m(stops, turned, START) >= length - 1e-3


def test_without_a_start_the_first_stop_is_the_start():
    assert ordered([Stop(34.80, 31.88), Stop(34.82, 31.88), Stop(34.81, 31.88)]) == [0, 2, 1]
    assert ordered([]) == []
