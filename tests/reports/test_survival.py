"""Expected times: open cases count, intervals hold, and what is said is what is judged."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from service_desk.reports.survival import FEWEST_DONE, Lasted, as_said, estimate, wilson


def by_hand(lasted):
    """The share not done after each time, by the textbook's product."""
    left, found = 1.0, {}
    for minutes in sorted({each.minutes for each in lasted}):
        at_risk = sum(each.cases for each in lasted if each.minutes >= minutes)
        done = sum(each.cases for each in lasted if each.minutes == minutes and each.is_over)
        left *= 1 - done / at_risk
        found[minutes] = left
    return found


lives = st.lists(
    st.builds(Lasted, st.integers(0, 400), st.integers(1, 9), st.booleans()), min_size=8, max_size=40
)


@settings(max_examples=60, deadline=None)
@given(lives)
def test_half_and_nine_of_ten_are_what_the_product_by_hand_says(lasted):
    found = estimate(lasted)
    if sum(each.cases for each in lasted if each.is_over) < FEWEST_DONE:
        assert found is None
        return
    curve = by_hand(lasted)
    for within, left in ((found.half, 0.5), (found.most, 0.1)):
        reached = [minutes for minutes, share in curve.items() if share <= left + 1e-9]
        assert within.minutes == (min(reached) if reached else None)
        if within.minutes is not None:
            assert within.low is not None
            assert within.low <= within.minutes
            assert within.high is None or within.high >= within.minutes
    for minutes, share, low, high in found.points:
        assert share == pytest.approx(curve[minutes], abs=1e-3)
        assert low <= share + 1e-3
        assert high >= share - 1e-3


def test_those_that_wait_make_the_estimate_longer_than_the_done_alone():
    done = [Lasted(minutes, 1, True) for minutes in range(1, 101)]
    waiting = [Lasted(80, 60, False)]
    assert estimate(done).half.minutes < estimate(done + waiting).half.minutes


def test_cases_that_do_not_reach_so_far_say_nothing():
    found = estimate([Lasted(10, 40, True), Lasted(20, 60, False)])
    assert found.half.minutes is None
    assert (found.done, found.waiting) == (40, 60)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    chance = random.Random(5)
    held = tried = 0
    for _ in range(200):
        lives = []
        for _ in range(80):
            life, seen = chance.expovariate(1 / 1000), chance.uniform(0, 4000)
            lives.append(Lasted(round(min(life, seen)), 1, life <= seen))
        half = estimate(lives).half
        tried += 1
        held += half.low <= 693.1 and (half.high is None or half.high >= 693.1)
    assert 0.91 <= held / tried <= 0.99


def test_a_curve_is_kept_with_few_points_from_its_beginning_to_its_end():
    found = estimate([Lasted(minutes, 1, True) for minutes in range(1, 1001)])
    assert len(found.points) <= 61
    assert found.points[0][0] <= 20
    assert found.points[-1][:2] == (1000, 0.0)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, 10),
        (1, 10),
        (41, 50),
        (60, 60),
        (61, 120),
        (2000, 1980),
        (2820, 2820),
        (2821, 2880),
        (2881, 2880),
        (2950, 4320),
        (None, None),
    ],
)
def test_a_time_is_said_rounded_up_but_not_for_what_is_not_known_so_well(minutes, said):
    assert as_said(minutes) == said


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_s_interval_is_the_library_s(part, more):
    whole = part + more
    known = stats.binomtest(part, whole).proportion_ci(0.95, method="wilson")
    assert wilson(part, whole) == pytest.approx((known.low, known.high), abs=1e-6)


def test_of_nothing_there_is_no_share():
    assert wilson(0, 0) is None
