"""The queue away, hanging or emptied; poison in it; several who sweep it: after each the oracle (`House.settled`)."""

import os
import signal
import time

import pytest

from service_desk.errors import BadInput

pytestmark = pytest.mark.faults


def usual_seconds(house, web):
    """Return how long a report takes on this machine today (s), the longest of a few."""
    return max(web.report(house.key())[2] for _ in range(8))


def test_08_the_queue_is_away_when_a_report_comes(house, web):
    usual = usual_seconds(house, web)
    house.start_all()
    valkey = house.servers.valkey
    valkey.child.process.kill()
    valkey.child.process.wait()
    try:
        for _ in range(3):
            key = house.key()
            status, _words, seconds = web.report(key)
            assert (status, seconds < 10 + 3 * usual) == (201, True)
            house.acknowledged(key)
    finally:
        valkey.start()
    house.redis.flushall()  # it comes back empty
    house.start("worker")  # as the supervisor does when one gave up without its queue
    assert set(house.settled()) == {"accepted"}


def test_09_the_queue_is_emptied_again_and_again(house):
    house.start_all()
    known = house.phone()
    house.report(phone=known)
    with house.every(0.1, house.redis.flushall):
        house.ask_code(known)
        for _ in range(9):
            house.report(3)
            time.sleep(house.chance.random() / 10)
            with pytest.raises(BadInput):  # no limit opens because its cache is gone
                house.ask_code(known)
    assert house.settled() == {"accepted": 29}


def test_10_the_queue_hangs(house, web):
    usual = usual_seconds(house, web)
    house.start_all()
    valkey = house.servers.valkey.child.process.pid
    house.report(5)
    os.kill(valkey, signal.SIGSTOP)
    try:
        house.report(5)
        key = house.key()
        status, _words, seconds = web.report(key)
        assert (status, seconds < 10 + 3 * usual) == (201, True)
        time.sleep(house.chance.random())
    finally:
        os.kill(valkey, signal.SIGCONT)
    house.acknowledged(key)
    assert house.settled() == {"accepted": 8 + 11}


def test_39_poison_among_others(house):
    """Each poisoned message is tried twice and then waits for a person; all others go."""
    poisoned = house.chance.randrange(4, 8)
    house.start_all()
    for _ in range(poisoned):
        house.report(1, phone=f"+97250{house.chance.randrange(2_100, 4_000)}666")
        house.report(2)
    house.settled(duplicates=poisoned)
    states = [(row.state, row.attempt) for row in house.rows() if row.address.endswith("666")]
    assert states == [("manual", 2)] * poisoned
    assert len(house.line.ledger) == 2 * poisoned


def test_40_two_sweeps_and_many_workers(house):
    house.start("sweep")
    house.start_all(workers=4)
    house.report(40)
    assert house.settled() == {"accepted": 40}
    assert len(house.line.ledger) == 40
