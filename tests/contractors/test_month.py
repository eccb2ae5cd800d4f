"""The month's arithmetic: allowance, step-up, cap."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from service_desk.contractors.rules.month import Item, assess

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def item(n, amount=10_000, metric="complete", **more):
    return Item(n, metric, 0, FIRST + timedelta(hours=n), amount, **more)


def test_breaches_within_the_allowance_are_free_and_repeats_cost_more_each_time():
    month = assess([item(n, allowance=2, step_percent=50, step_max_percent=120) for n in range(7)], 1_000_000)
    assert [line.charged_agorot for line in month.lines] == [0, 0, 10_000, 15_000, 20_000, 22_000, 22_000]
    assert [line.is_free for line in month.lines] == [True, True, *[False] * 5]
    assert month.total_agorot == 89_000


def test_each_metric_has_an_allowance_of_its_own():
    month = assess(
        [item(1, allowance=1), item(2, metric="quality", allowance=1), item(3, allowance=1)], 99_999
    )
    assert [line.charged_agorot for line in month.lines] == [0, 0, 10_000]


def test_the_cap_cuts_the_breach_that_reaches_it_and_all_after():
    month = assess([item(n) for n in range(4)], 25_000)
    assert [line.charged_agorot for line in month.lines] == [10_000, 10_000, 5_000, 0]
    assert [line.is_capped for line in month.lines] == [False, False, True, True]
    assert (month.before_cap_agorot, month.total_agorot) == (40_000, 25_000)


def test_a_month_without_breaches_costs_nothing():
    assert assess([], 1000).total_agorot == 0


items = st.lists(
    st.builds(
        Item,
        order_id=st.integers(1, 4),
        metric=st.sampled_from(["accept", "complete", "quality"]),
        round=st.integers(0, 50),
        breached_at=st.integers(0, 40).map(lambda hours: FIRST + timedelta(hours=hours)),
        amount_agorot=st.integers(1, 90_000),
        allowance=st.just(2),
        step_percent=st.just(30),
        step_max_percent=st.just(75),
    ),
    unique_by=lambda each: (each.order_id, each.metric, each.round),
    max_size=30,
)
caps = st.integers(0, 900_000)


def by_metric(given_items):
    """The month's sum before the cap, reckoned per metric instead of line by line."""
    total, key = 0, lambda each: each.metric
    for _metric, group in groupby(sorted(given_items, key=key), key):
        ranked = sorted(group, key=lambda each: (each.breached_at, each.order_id, each.round))
        paid = ranked[2:]
        extra = [0, 30, 60] + [75] * len(paid)
        total += sum(each.amount_agorot * (100 + extra[n]) // 100 for n, each in enumerate(paid))
    return total


@given(items, caps)
def test_the_sum_is_the_same_reckoned_another_way_and_never_over_the_cap(given_items, cap):
    month = assess(given_items, cap)
    assert month.before_cap_agorot == by_metric(given_items)
    assert (
        month.total_agorot
        == min(cap, month.before_cap_agorot)
        == sum(line.charged_agorot for line in month.lines)
    )
    assert all(0 <= line.charged_agorot <= line.stepped_agorot for line in month.lines)


@given(items, caps, st.integers())
def test_the_order_in_which_breaches_are_given_changes_nothing(given_items, cap, seed):
    shuffled = given_items[:]
    Random(seed).shuffle(shuffled)
    assert assess(shuffled, cap) == assess(given_items, cap)


def test_the_rest_of_a_lateness_counts_once_in_the_month_it_began():
    rest = item(0, is_rest=True, allowance=1, step_percent=50, step_max_percent=100)
    others = [item(n, allowance=1, step_percent=50, step_max_percent=100) for n in (1, 2, 3)]
    month = assess([rest, *others], 1_000_000)
    assert [line.nth for line in month.lines] == [0, 1, 2, 3]
    assert [line.charged_agorot for line in month.lines] == [10_000, 0, 10_000, 15_000]
    assert assess(others, 1_000_000).total_agorot == 25_000


def test_a_supplement_takes_the_turn_of_what_it_adds_to_within_its_month():
    price = {"allowance": 1, "step_percent": 50, "step_max_percent": 100}
    first, second, third = (item(n, **price) for n in (1, 2, 3))
    more = [
        Item(n, "complete", 1000, at.breached_at, 4_000, is_rest=True, **price)
        for n, at in ((1, first), (3, third))
    ]
    month = assess([*more, third, second, first], 1_000_000)
    charged = {(line.item.order_id, line.item.round): line.charged_agorot for line in month.lines}
    assert charged == {(1, 0): 0, (1, 1000): 0, (2, 0): 10_000, (3, 0): 15_000, (3, 1000): 6_000}
