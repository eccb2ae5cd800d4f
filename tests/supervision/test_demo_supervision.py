"""The demo's rounds and cases: as the use-cases would have left them."""

from __future__ import annotations

import pytest

from service_desk.flow.demo import seed_past
from service_desk.flow.demo.supervision import WALKED, seed_supervision
from service_desk.flow.verify_history import verify_history
from service_desk.supervision.queries import cases, rounds
from service_desk.supervision.rules.cases import NEAR_M


@pytest.fixture
def past(app):
    seed_past(tickets=120, months=2)
    return seed_supervision()


def test_the_demo_s_cases_stand_at_every_stage_and_their_chains_hold(past):
    found = cases.cases(cases.CaseFilter(scope="all"))
    assert len(found) == past == 12
    assert len({case.state for case in found}) >= 7
    assert all((case.next_at is None) != case.is_open for case in found)
    assert all(case.lon is not None and case.centre_id is not None for case in found)
    told = verify_history()
    assert (told.cases, told.count) == (12, 0)
    assert NEAR_M > 0


def test_each_inspector_has_walked_and_has_a_round_today_and_tomorrow(past):
    found = rounds.rounds()
    assert len({line.round.inspector_id for line in found}) == 2
    by_state = [line.round.state for line in found]
    assert by_state.count("done") == 2 * len(WALKED)
    assert by_state.count("planned") == 4
    assert all(line.stops >= 4 for line in found)
    assert all(line.done == line.stops for line in found if line.round.state == "done")


def test_seeding_twice_adds_nothing(past):
    assert seed_supervision() == 0
