"""The sweep finds what is due although nobody rang."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk import clock, work
from service_desk.flow.receive import receive_report
from service_desk.flow.sweep import sweep
from service_desk.messages import actions as messages
from service_desk.people.rules import Actor

DELIVER = "service_desk.jobs.deliver_messages"


@pytest.fixture
def waiting(app, said, owner, rung):
    """Receive a report, lose the ring; returns its message's id."""
    receive_report(said(), Actor("resident"))
    rung.clear()
    with owner.connect() as connection:
        return connection.execute(text("SELECT id FROM messages")).scalar_one()


def states(owner):
    with owner.connect() as connection:
        return connection.execute(text("SELECT state, reason FROM messages")).all()


def test_a_lost_ring_is_rung_again(waiting, rung):
    assert sweep(clock.now()) == {"leases": 0, "expired": 0, "digests": 0, "rung": 1}
    assert rung == [(DELIVER, (1,))]


def test_nothing_due_rings_nothing(app, rung):
    assert sweep(clock.now())["rung"] == 0
    assert rung == []


def test_a_dead_workers_message_becomes_unknown_after_a_minute(waiting, owner):
    now = clock.now()
    with work.transaction():
        messages.claim(waiting, now)
    sweep(now + timedelta(seconds=59))
    assert states(owner) == [("sending", None)]
    assert sweep(now + timedelta(seconds=61))["leases"] == 1
    assert states(owner) == [("unknown", "lease_over")]


def test_an_unknown_is_not_rung_for_before_its_minute(waiting, rung):
    now = clock.now()
    with work.transaction():
        messages.claim(waiting, now)
    sweep(now + timedelta(seconds=61))
    assert rung == []
    sweep(now + timedelta(seconds=122))
    assert rung == [(DELIVER, (1,))]


def test_what_is_too_late_expires_and_says_so(waiting, owner):
    assert sweep(clock.now() + timedelta(days=2)) == {"leases": 0, "expired": 1, "digests": 0, "rung": 0}
    assert states(owner) == [("expired", "too_late")]


@pytest.mark.parametrize(("found", "moved"), [("leases", "unknown"), ("expired", "expired")])
def test_what_somebody_has_in_hand_is_left_to_the_next_sweep(app, said, owner, found, moved):
    """Waiting for it, with rows of its own in hand, the sweep and a worker could wait for each other."""
    for _ in range(2):
        receive_report(said(), Actor("resident"))
    at = clock.now() + timedelta(days=2)
    if found == "leases":
        with owner.begin() as connection:
            connection.execute(text("UPDATE messages SET state = 'sending', expires_at = :far"), {"far": at + timedelta(days=9)})  # fmt: skip
    with owner.begin() as worker:
        worker.execute(text("SELECT 1 FROM messages WHERE id = (SELECT min(id) FROM messages) FOR UPDATE"))
        assert sweep(at)[found] == 1
    assert sweep(at)[found] == 1
    assert [state for state, _ in states(owner)] == [moved, moved]


def test_the_tenant_of_the_caller_is_left_as_it_was(waiting):
    sweep(clock.now())
    assert work.tenant_id() == 1
