"""Workers and webs that die, freeze or are told to stop: each fault with random seeds, and after it the oracle (`House.settled`)."""

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.stage import children_of
from service_desk.flow.enter import enter

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("hasty")]


def dies(house, moment):
    """Let a worker die at a moment of its first call; a sweep looks on. What is to be sent is there by now."""
    worker = house.start("worker", moment)
    house.start("sweep")
    house.until(lambda: not house.is_alive(worker), what="the kill")


def doubtful(house):
    """Return how many messages were counted that may have arrived twice."""
    return house.figure("keshet_messages_total", channel="sms", outcome="possible_duplicate")


def test_01_a_worker_killed_before_the_call(house):
    house.report(house.chance.randrange(1, 3))
    dies(house, "before")
    assert house.rows("state = 'sending' OR state = 'unknown'"), "nobody can know that it never left"
    left = len(house.line.ledger)  # beside the call that killed it another may have been under way
    house.start("worker")
    assert set(house.settled(duplicates=2)) == {"accepted"}
    assert len(house.line.ledger) - left >= 1
    again = [row for row in house.rows() if row.is_possible_duplicate]
    assert {row.attempt for row in again} == {2}
    assert again
    house.until(lambda: doubtful(house) >= len(again), what="their count")


def test_02_a_worker_killed_after_acceptance_and_proven_by_the_callback(house, web):
    house.report()
    dies(house, "after")
    assert web.callback(house.line.ledger[0], "sent") == 204
    house.start("worker")
    assert house.settled() == {"sent": 1}
    assert len(house.line.ledger) == 1


def test_03_a_worker_killed_after_acceptance_and_a_late_list(house):
    house.line.listed_after_seconds = 2 + house.chance.random() / 2
    house.report()
    dies(house, "after")
    house.start("worker")
    assert house.settled() == {"accepted": 1}
    assert len(house.line.ledger) == 1


def test_04_a_worker_killed_after_acceptance_that_no_list_ever_shows(house):
    house.line.listed_after_seconds = None
    house.report()
    before = doubtful(house)
    dies(house, "after")
    house.start("worker")
    assert house.settled(duplicates=1) == {"accepted": 1}
    assert len(house.line.ledger) == 2
    house.until(lambda: doubtful(house) == before + 1, what="its count")


CODES = {
    "before the call": ("before code", 0, "manual", 0),
    "after it, and a callback": ("after code", None, "sent", 1),
    "after it, and a late list": ("after code", 2, "accepted", 1),
    "after it, and no list": ("after code", None, "manual", 1),
}


@pytest.mark.parametrize("fate", CODES)
def test_01_to_04_a_worker_killed_with_a_code(house, web, fate):
    """A code is told once or not at all, never twice; what was told opens the door, and else another can be asked for."""
    moment, listed, state, told = CODES[fate]
    phone = house.phone()
    house.report(phone=phone)
    _sweep, (first,) = house.start_all(workers=1)
    house.settled()
    house.end(first)
    house.line.listed_after_seconds = listed
    request = house.ask_code(phone)
    worker = house.start("worker", moment)
    house.until(lambda: not house.is_alive(worker), what="the kill")
    if "callback" in fate:
        assert web.callback(house.line.ledger[-1], "sent") == 204
    house.start("worker")
    house.settled()
    assert [row.state for row in house.rows("event = 'code'")] == [state]
    assert len(house.line.ledger) == 1 + told
    if told:
        assert opens(request, house.line.ledger[-1])
        return
    house.age(61)
    request = house.ask_code(phone)
    house.settled()
    assert opens(request, house.line.ledger[-1])


def opens(request, kept):
    """Say whether a number in the carrier's words opens the visit that was asked for."""
    return any(enter(request, number) for number in re.findall(r"(?<!\d)\d{6}(?!\d)", kept.form["Body"]))


def test_05_a_web_worker_killed_in_the_middle_of_a_report(house, web):
    for _ in range(3):
        key = house.key()
        with ThreadPoolExecutor(1) as client:
            answer = client.submit(web.report, key)
            time.sleep(house.chance.random() / 15)
            for worker in children_of(web.master):
                house.end(worker)
            status = answer.result()[0]
        assert status in {0, 201}
        house.until(lambda key=key: web.report(key)[0] == 201, what="an answer")
        house.acknowledged(key)
    house.start_all()
    assert house.settled() == {"accepted": 3}


def test_06_a_worker_frozen_past_its_lease_comes_back(house):
    house.report(6)
    _sweep, (first,) = house.start_all(workers=1)
    taken = house.chance.randrange(1, 7)
    house.until(lambda: len(house.line.ledger) >= taken, what="the first messages")
    os.kill(first, signal.SIGSTOP)
    house.start("worker")
    time.sleep(2.2 + house.chance.random() / 2)
    os.kill(first, signal.SIGCONT)
    # What had not left when it froze leaves as it thaws, and was sent by the other meanwhile: that is marked.
    assert house.settled(duplicates=6 - taken) == {"accepted": 6}


def test_07_workers_told_to_stop_while_much_is_in_the_air(house):
    house.report(40)
    _sweep, workers = house.start_all()
    taken = house.chance.randrange(1, 30)
    house.until(lambda: len(house.line.ledger) > taken, what="the first messages")
    for worker in workers:
        house.end(worker, signal.SIGTERM)
    house.until(lambda: not any(map(house.is_alive, workers)), what="the end")
    assert not house.rows("state = 'sending'")
    house.start("worker")
    assert house.settled() == {"accepted": 40}
