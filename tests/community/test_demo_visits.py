"""The demo's field visits: as the use-cases would have left them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from visit_stage import today

from service_desk.community import meetings, queries
from service_desk.flow.demo import seed_past
from service_desk.flow.demo.visits import seed_visits


@pytest.fixture
def seeded(app):
    seed_past(tickets=120, months=6)
    return seed_visits()


def test_the_demo_has_visits_behind_and_ahead_with_commitments_in_every_state(seeded):
    visits, lines = meetings.visits(), queries.commitments()
    assert len(visits) == 6
    assert {each.state for each in visits} == {"held", "planned"}
    assert len({each.centre_id for each in visits}) >= 5
    assert len(lines) == seeded == 25
    assert {each.commitment.state for each in lines} == {"open", "kept", "not_kept", "withdrawn"}
    standing = queries.standing(today())
    assert standing.late >= 4
    assert standing.due_soon >= 3


def test_every_history_of_the_demo_is_whole(seeded):
    lines = queries.commitments()
    events = queries.events_of(each.commitment.id for each in lines)
    for each in lines:
        row, history = each.commitment, events[each.commitment.id]
        assert [event.seq for event in history] == list(range(1, row.version + 1))
        assert history[0].at >= each.at
        assert all(one.at <= two.at for one, two in pairwise(history))
        assert row.due_on - row.first_due_on >= timedelta(0)
        moved = [event for event in history if event.kind == "moved"]
        assert (row.due_on != row.first_due_on) == bool(moved)


def test_seeding_visits_twice_adds_nothing(seeded):
    assert seed_visits() == 0
