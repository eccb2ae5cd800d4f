"""The account of the ball: its parts add up to the whole life, whatever happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.tickets.ball import Part, Turn, parts, sums
from service_desk.tickets.rules import HOLDERS

START = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)
turns = st.lists(
    st.tuples(st.integers(-5, 10**6), st.sampled_from(HOLDERS), st.sampled_from([None, 1, 2])),
    min_size=1,
    max_size=30,
)


@given(turns, st.integers(0, 10**6))
def test_parts_add_up_to_the_whole_life(steps, rest):
    at, held = START, []
    for seconds, kind, holder in steps:
        held.append(Turn(at, kind, holder))
        at += timedelta(seconds=seconds)
    until = max(at, START) + timedelta(seconds=rest)
    found = parts(held, until)
    whole = (until - START).total_seconds()
    assert sum(part.seconds for part in found) == pytest.approx(whole)
    assert sum(part.seconds for part in sums(found)) == pytest.approx(whole)
    assert all(part.seconds > 0 for part in found)
    assert all(
        (one.holder_kind, one.holder_id) != (two.holder_kind, two.holder_id) for one, two in pairwise(found)
    )


def test_turns_after_the_end_count_for_nothing():
    hour = timedelta(hours=1)
    held = [Turn(START, "centre", 5), Turn(START + hour, "contractor", 9), Turn(START + 3 * hour, "nobody")]
    assert parts(held, START + 2 * hour) == [Part("centre", 5, 3600), Part("contractor", 9, 3600)]


def test_no_history_is_no_part():
    assert parts([], START) == []
