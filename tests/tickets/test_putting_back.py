"""Which statuses an act taken back may lead to, and that nothing else may."""

import pytest

from service_desk.tickets.rules import ENDED, MOVES, PUT_BACK, STATUSES, may_move, may_put_back


def test_a_ticket_is_put_back_only_to_a_status_in_which_the_city_owes_work():
    for before in (*ENDED, "resolved"):
        assert not any(may_put_back(now, before) for now in STATUSES)


@pytest.mark.parametrize("now", ["resolved", "rejected", "duplicate", "assigned", "handed_over"])
def test_what_acts_on_many_lead_to_can_be_taken_back(now):
    assert may_put_back(now, "received")
    assert may_put_back(now, "waiting")


def test_nothing_else_can_be_taken_back():
    assert {now for now in STATUSES if may_put_back(now, "received")} == set(PUT_BACK)
    assert not may_put_back("closed", "resolved")


def test_taking_back_is_no_move():
    assert not may_move("resolved", "in_progress")
    assert MOVES["resolved"] == {"closed", "reopened"}
