"""The table of moves, the reference, the chain."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.tickets import rules

FACT = rules.Fact(
    1,
    7,
    2,
    datetime(2026, 11, 24, 7, 40, tzinfo=UTC),
    "asked",
    "staff",
    3,
    "waiting",
    "resident",
    None,
    {"words": "ab"},
)


def test_every_status_has_a_row_of_moves_to_known_statuses():
    assert set(rules.MOVES) == set(rules.STATUSES)
    assert all(after in rules.STATUSES for moves in rules.MOVES.values() for after in moves)


def test_every_status_can_be_reached_and_none_is_a_dead_end():
    reached, frontier = {"received"}, ["received"]
    while frontier:
        for after in rules.MOVES[frontier.pop()] - reached:
            reached.add(after)
            frontier.append(after)
    assert reached == set(rules.STATUSES)
    assert all(rules.MOVES[status] for status in rules.STATUSES)


def test_nothing_closes_without_having_been_resolved():
    assert [before for before, moves in rules.MOVES.items() if "closed" in moves] == ["resolved"]


@pytest.mark.parametrize("status", sorted(rules.ENDED))
def test_an_ended_ticket_only_reopens_and_nobody_holds_it(status):
    assert rules.MOVES[status] == {"reopened"}
    assert rules.holder_of(status, "contractor") == "nobody"


@given(st.integers(min_value=0, max_value=50_000_000))
def test_a_reference_carries_its_own_proof(number):
    reference = rules.reference_of(number)
    assert rules.is_reference(reference)
    assert rules.is_reference(rules.shown(reference))


@given(
    st.integers(min_value=0, max_value=5_000_000),
    st.integers(min_value=0, max_value=6),
    st.integers(min_value=1, max_value=9),
)
def test_one_wrong_digit_is_noticed(number, place, step):
    digits = rules.reference_of(number)
    wrong = digits[:place] + str((int(digits[place]) + step) % 10) + digits[place + 1 :]
    assert not rules.is_reference(wrong)


def test_two_numbers_never_share_a_reference():
    assert len({rules.reference_of(number) for number in range(200_000)}) == 200_000


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 3}, {"at": datetime(2026, 11, 24, 7, 41, tzinfo=UTC)}, {"kind": "noted"}, {"actor_id": 4}, {"status": "closed"},
        {"holder_kind": "centre"}, {"holder_id": 1}, {"data": {"words": "ac"}}, {"ticket_id": 8}, {"authority_id": 2},
    ],
)  # fmt: skip
def test_any_change_of_a_fact_changes_its_hash(change):
    assert rules.chain(b"", replace(FACT, **change)) != rules.chain(b"", FACT)


def test_the_hash_depends_on_all_that_went_before():
    assert rules.chain(b"one", FACT) != rules.chain(b"two", FACT)


def test_the_order_of_keys_and_the_zone_of_a_time_do_not_matter():
    from_city = FACT.at.astimezone(rules.UTC)
    assert rules.chain(b"", replace(FACT, at=from_city, data={"b": 1, "a": 2})) == rules.chain(
        b"", replace(FACT, data={"a": 2, "b": 1})
    )
