"""The processes of the city follow the database's clock when their host's is wrong, and leave it alone when it is nearly right."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from service_desk import clock
from service_desk.city import kept

NOON = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.fixture
def following(monkeypatch):
    """Let this process follow, for the length of the test."""
    monkeypatch.setattr(clock._correction, "follows", True)
    monkeypatch.setattr(clock._correction, "ahead", timedelta(0))


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1), timedelta(seconds=5)])
def test_a_wrong_clock_is_put_right(following, wrong):
    with time_machine.travel(NOON + wrong, tick=False):
        clock.heed(NOON, clock.own())
        assert clock.now() == NOON
        assert clock.own() == NOON + wrong


@pytest.mark.parametrize("wrong", [timedelta(seconds=1), timedelta(seconds=-1), timedelta(0)])
def test_a_clock_that_is_nearly_right_is_left_alone(following, wrong):
    with time_machine.travel(NOON + wrong, tick=False):
        clock.heed(NOON, clock.own())
        assert clock.now() == NOON + wrong


def test_a_slow_answer_proves_no_difference(following):
    with time_machine.travel(NOON, tick=False) as now:
        asked_at = clock.own()
        now.shift(30)
        clock.heed(NOON + timedelta(seconds=1), asked_at)
        assert clock.now() == NOON + timedelta(seconds=30)


def test_a_clock_that_leaps_back_is_noticed_at_the_next_look(following):
    with time_machine.travel(NOON + timedelta(hours=1), tick=False) as now:
        clock.heed(NOON, clock.own())
        now.move_to(NOON)
        clock.heed(NOON, clock.own())
        assert clock.now() == NOON


def test_looking_at_the_authorities_compares_the_clocks(app, following):
    with time_machine.travel(clock.own() + timedelta(hours=1)):
        kept.forget()
        kept.authorities()
        assert abs(clock.now() - (clock.own() - timedelta(hours=1))) < timedelta(minutes=5)
        assert clock.own() - clock.now() > timedelta(minutes=55)
    kept.forget()


def test_a_process_that_did_not_ask_to_follow_keeps_its_own_clock():
    clock.heed(NOON, NOON + timedelta(hours=5))
    assert abs(clock.now() - clock.own()) < timedelta(minutes=1)


def test_a_steady_clock_does_not_leap():
    with time_machine.travel(NOON, tick=True) as now:
        steady = clock.steady()
        now.move_to(NOON + timedelta(hours=3))
        assert timedelta(0) <= steady() - NOON < timedelta(hours=1)
