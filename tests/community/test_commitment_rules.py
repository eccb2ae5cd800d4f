"""Rules of commitments: how one stands on a day, what may follow what, and who may."""

from datetime import UTC, date, datetime, timedelta

import pytest

from service_desk.community.rules import (
    COMMITMENT_STATES,
    Act,
    changes_of,
    due_problem,
    look,
    may_hold,
    may_promise,
    may_see_all,
)
from service_desk.errors import BadInput, InvalidMove
from service_desk.people.rules import Actor, Role

TODAY = date(2026, 11, 22)
OPEN = {"state": "open", "due_on": date(2026, 12, 1), "unit_id": None, "ticket_id": None}


@pytest.mark.parametrize(
    ("state", "due_on", "ended_on", "stands"),
    [
        ("open", date(2026, 11, 21), None, "late"),
        ("open", TODAY, None, "soon"),
        ("open", date(2026, 12, 6), None, "soon"),
        ("open", date(2026, 12, 7), None, "open"),
        ("kept", TODAY, TODAY, "kept"),
        ("kept", TODAY, date(2026, 11, 23), "kept_late"),
        ("not_kept", TODAY, TODAY, "not_kept"),
        ("withdrawn", TODAY, TODAY, "withdrawn"),
    ],
)
def test_a_commitment_stands_by_its_day(state, due_on, ended_on, stands):
    assert look(state, due_on, ended_on, TODAY) == stands


@pytest.mark.parametrize("kind", ["moved", "not_kept", "withdrawn", "reopened"])
def test_what_weakens_a_promise_needs_its_reason(kind):
    present = OPEN | ({"state": "kept"} if kind == "reopened" else {})
    with pytest.raises(BadInput) as refused:
        changes_of(Act(kind, due_on=date(2026, 12, 20)), present, TODAY)
    assert refused.value.problems == {"words": "required"}


def test_a_day_moves_with_both_days_on_record():
    changes, data = changes_of(Act("moved", "הקבלן איחר", date(2026, 12, 20)), OPEN, TODAY)
    assert changes == {"due_on": date(2026, 12, 20)}
    assert data == {"from": "2026-12-01", "to": "2026-12-20"}


@pytest.mark.parametrize(
    ("due_on", "problem"),
    [
        (None, "required"),
        (date(2026, 11, 21), "past"),
        (date(2026, 12, 1), "same"),
        (date(2036, 1, 1), "too_far"),
    ],
)
def test_a_day_moves_only_to_another_day_ahead(due_on, problem):
    with pytest.raises(BadInput) as refused:
        changes_of(Act("moved", "סיבה", due_on), OPEN, TODAY)
    assert refused.value.problems == {"due_on": problem}
    assert problem in {due_problem(due_on, TODAY), "same"}


@pytest.mark.parametrize("state", COMMITMENT_STATES)
def test_ended_ones_only_open_again(state):
    for kind in ("kept", "not_kept", "withdrawn", "assigned", "linked"):
        act = Act(kind, "סיבה", unit_id=7, ticket_id=8)
        if state == "open":
            assert changes_of(act, OPEN, TODAY)
        else:
            with pytest.raises(InvalidMove):
                changes_of(act, OPEN | {"state": state}, TODAY)
    again = Act("reopened", "הבעיה חזרה")
    if state == "open":
        with pytest.raises(InvalidMove):
            changes_of(again, OPEN, TODAY)
    else:
        assert changes_of(again, OPEN | {"state": state}, TODAY) == ({"state": "open"}, {})


def test_an_act_that_changes_nothing_is_refused():
    with pytest.raises(BadInput):
        changes_of(Act("assigned", unit_id=None), OPEN, TODAY)
    with pytest.raises(BadInput):
        changes_of(Act("linked", ticket_id=4), OPEN | {"ticket_id": 4}, TODAY)
    with pytest.raises(BadInput):
        changes_of(Act("linked"), OPEN, TODAY)


def test_a_manager_holds_at_her_own_centre_and_management_everywhere():
    manager = Actor("staff", 1, "", (Role("manager", 5),))
    assert may_hold(manager, 5)
    assert not may_hold(manager, 6)
    assert may_see_all(manager)
    for name in ("mayor", "admin"):
        assert may_hold(Actor("staff", 2, "", (Role(name),)), 6)
    for name in ("clerk", "unit", "inspector", "contractor"):
        other = Actor("staff", 3, "", (Role(name, 5),))
        assert not may_hold(other, 5)
        assert not may_see_all(other)
    assert not may_hold(Actor("resident", 4), 5)


def test_promising_begins_shortly_before_the_hour():
    at = datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert not may_promise("planned", at, at - timedelta(hours=3))
    assert may_promise("planned", at, at - timedelta(hours=1))
    assert may_promise("held", at, at + timedelta(days=9))
    assert not may_promise("cancelled", at, at)
