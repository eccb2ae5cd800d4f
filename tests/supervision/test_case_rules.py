"""A case's acts, its days and its chain, as pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.errors import BadInput, InvalidMove
from service_desk.supervision.rules import CASE_MOVES, CASE_STATES, ENDED_CASES, may_move_case
from service_desk.supervision.rules.cases import (
    VERBS,
    CaseAct,
    is_possible,
    is_taken,
    look,
    step_of,
)
from service_desk.supervision.rules.chains import CaseFact, chain

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
WHOLE = CaseAct("", "words", 14, "123", 25_000, "permitted", 7)


def act(verb: str, **parts) -> CaseAct:
    return replace(WHOLE, verb=verb, **parts)


@given(st.sampled_from(sorted(VERBS)), st.sampled_from(CASE_STATES))
def test_an_act_moves_only_by_the_table(verb, state):
    try:
        step = step_of(act(verb), state, NOW, NOW)
    except InvalidMove:
        assert not is_possible(verb, state)
        return
    assert step.state == state or may_move_case(state, step.state)


@given(st.lists(st.sampled_from(sorted(VERBS)), max_size=30))
def test_an_open_case_always_says_when_to_look_again(verbs):
    state, next_at = "opened", NOW
    for verb in verbs:
        if is_possible(verb, state):
            step = step_of(act(verb), state, next_at, NOW)
            state, next_at = step.state, step.next_at
        assert (next_at is None) == (state in ENDED_CASES)


def test_a_notice_gives_its_days():
    step = step_of(act("warn", days=21), "inspected", NOW, NOW)
    assert (step.state, step.next_at) == ("warned", NOW + timedelta(days=21))


def test_a_look_at_a_warned_case_leaves_it_warned():
    assert step_of(act("inspect"), "warned", NOW, NOW).state == "warned"


def test_a_dropped_case_comes_back_by_a_look():
    step = step_of(act("inspect", days=None), "dropped", None, NOW)
    assert step.state == "inspected"
    assert step.next_at == NOW + timedelta(days=7)


def test_nothing_is_fined_before_somebody_looked():
    with pytest.raises(InvalidMove):
        step_of(act("fine"), "opened", NOW, NOW)


@pytest.mark.parametrize(
    ("verb", "gap", "problem"),
    [
        ("warn", {"days": None}, {"days": "required"}),
        ("warn", {"days": 0}, {"days": "days_range"}),
        ("warn", {"days": 366}, {"days": "days_range"}),
        ("fine", {"amount_agorot": None}, {"amount": "required"}),
        ("fine", {"amount_agorot": -5}, {"amount": "amount_range"}),
        ("fine", {"number": ""}, {"number": "required"}),
        ("drop", {"reason": "because"}, {"reason": "required"}),
        ("inspect", {"words": ""}, {"words": "required"}),
        ("pass", {"unit_id": None}, {"unit": "required"}),
    ],
)
def test_a_gap_is_said_beside_its_field(verb, gap, problem):
    with pytest.raises(BadInput) as refused:
        step_of(act(verb, **gap), "inspected", NOW, NOW)
    assert refused.value.problems == problem


def test_taken_ends_by_itself_and_never_stops_its_own_holder():
    assert is_taken(5, NOW, 6, NOW + timedelta(hours=1))
    assert not is_taken(5, NOW, 5, NOW + timedelta(hours=1))
    assert not is_taken(5, NOW, 6, NOW + timedelta(hours=12))
    assert not is_taken(None, None, 6, NOW)


def test_every_state_is_in_the_table_and_can_be_left():
    assert set(CASE_MOVES) == set(CASE_STATES)
    assert all(CASE_MOVES[state] for state in CASE_STATES)


@given(
    st.sampled_from(["seq", "kind", "actor_id", "state", "unit_id", "data", "case_id", "authority_id", "at"])
)
def test_the_chain_feels_every_part(name):
    fact = CaseFact(1, 2, 3, NOW, "noted", "staff", 4, "opened", 5, {"words": "א"})
    other = {
        "kind": "warned",
        "state": "fined",
        "data": {"words": "ב"},
        "at": NOW + timedelta(microseconds=1),
    }.get(name, 99)
    assert chain(b"x", replace(fact, **{name: other})) != chain(b"x", fact)
    assert chain(b"y", fact) != chain(b"x", fact)


def test_a_round_s_look_never_opens_again_what_was_put_right():
    assert look("opened", is_good=True) == ("inspect", "comply")
    assert look("warned", is_good=True) == ("comply",)
    assert [look(state, is_good=True) for state in ("complied", "dropped", "closed")] == [("note",)] * 3
    assert {look(state, is_good=False) for state in CASE_STATES} == {("inspect",)}
    for state in CASE_STATES:
        for is_good in (True, False):
            at = state
            for verb in look(state, is_good=is_good):
                at = step_of(act(verb), at, NOW, NOW).state
            assert not is_good or at in {"complied", *ENDED_CASES}
