"""Delivery under fire: each fault with random seeds, and after it the oracle (`House.settled`)."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.stage import children_of
from service_desk import clock
from service_desk.flow.restored import doubt_restored

pytestmark = pytest.mark.faults


def test_01_a_worker_killed_before_the_call(house):
    house.start("worker", "before")
    sweep = house.start("sweep")
    house.report()
    house.until(lambda: not house.is_alive(house.pids[0]), what="the kill")
    assert len(house.line.ledger) == 0
    house.start("worker")
    # Nobody can know that it never left, so it goes once more and is marked.
    assert house.settled(duplicates=1) == {"accepted": 1}
    assert len(house.line.ledger) == 1
    assert house.is_alive(sweep)


def test_02_a_worker_killed_after_acceptance_and_proven_by_the_callback(house):
    house.start("worker", "after")
    house.report()
    house.start("sweep")
    house.until(lambda: not house.is_alive(house.pids[0]), what="the kill")
    assert house.callback(house.line.ledger[0], "sent") == 204
    house.start("worker")
    assert house.settled() == {"sent": 1}


def test_03_a_worker_killed_after_acceptance_and_a_late_list(house):
    house.line.listed_after_seconds = 2 + house.chance.random() / 2
    house.start("worker", "after")
    house.report()
    house.start("sweep")
    house.until(lambda: not house.is_alive(house.pids[0]), what="the kill")
    house.start("worker")
    assert house.settled() == {"accepted": 1}
    assert len(house.line.ledger) == 1


def test_04_a_worker_killed_after_acceptance_that_no_list_ever_shows(house):
    house.line.listed_after_seconds = None
    house.start("worker", "after")
    house.report()
    house.start("sweep")
    house.until(lambda: not house.is_alive(house.pids[0]), what="the kill")
    house.start("worker")
    assert house.settled(duplicates=1) == {"accepted": 1}
    assert len(house.line.ledger) == 2


def test_05_a_web_worker_killed_in_the_middle_of_a_report(house, web):
    port, master = web
    for _ in range(4):
        key = f"{house.chance.getrandbits(128):032x}"
        with ThreadPoolExecutor(1) as client:
            answer = client.submit(house.post, port, key)
            time.sleep(house.chance.random() / 15)
            for worker in children_of(master):
                house.end(worker)
            status, _seconds = answer.result()
        assert status in {0, 201}
        house.until(lambda key=key: house.post(port, key)[0] == 201, what="an answer")
        house.acknowledged(key)
    house.start_all()
    assert house.settled() == {"accepted": 4}


def test_06_a_worker_frozen_past_its_lease_comes_back(house):
    house.report(6)
    _sweep, (first,) = house.start_all(workers=1)
    house.until(lambda: house.line.ledger, what="the first message")
    os.kill(first, signal.SIGSTOP)
    house.start("worker")
    time.sleep(2.2 + house.chance.random() / 2)
    os.kill(first, signal.SIGCONT)
    assert house.settled(duplicates=6) == {"accepted": 6}


def test_07_workers_told_to_stop_while_much_is_in_the_air(house):
    house.report(40)
    _sweep, workers = house.start_all()
    house.until(lambda: len(house.line.ledger) > house.chance.randrange(1, 30), what="the first messages")
    for worker in workers:
        house.end(worker, signal.SIGTERM)
    house.until(lambda: not any(map(house.is_alive, workers)), what="the end")
    assert not house.rows("state = 'sending'")
    house.start("worker")
    assert house.settled() == {"accepted": 40}


def test_09_the_queue_is_emptied_again_and_again(house):
    house.start_all()
    with house.every(0.1, house.redis.flushall):
        for _ in range(10):
            house.report(3)
            time.sleep(house.chance.random() / 10)
    assert house.settled() == {"accepted": 30}


def test_10_the_queue_hangs(house):
    house.start_all()
    valkey = house.servers.valkey.child.process.pid
    house.report(5)
    os.kill(valkey, signal.SIGSTOP)
    try:
        house.report(5)
        time.sleep(house.chance.random())
    finally:
        os.kill(valkey, signal.SIGCONT)
    assert house.settled() == {"accepted": 10}


def test_08_the_queue_is_away_when_a_report_comes(house, web):
    port, _master = web
    warm = (house.post(port, f"{house.chance.getrandbits(128):032x}") for _ in range(99))
    house.until(lambda: max(next(warm)[1] for _ in range(4)) < 1, what="a warm web")
    house.start_all()
    valkey = house.servers.valkey
    valkey.child.process.kill()
    valkey.child.process.wait()
    try:
        for _ in range(3):
            key = f"{house.chance.getrandbits(128):032x}"
            status, seconds = house.post(port, key)
            assert (status, seconds < 2) == (201, True)
            house.acknowledged(key)
    finally:
        valkey.start()
    house.redis.flushall()  # it comes back empty
    house.start("worker")  # as the supervisor does when one gave up without its queue
    assert set(house.settled()) == {"accepted"}


def test_12_database_connections_are_cut(house):
    house.report(20)
    house.start_all()
    with house.every(0.2, house.cut_connections):
        house.until(lambda: house.cut > 4, what="the cuts")
    for _ in range(2):  # what died of it is started again, as the supervisor does
        house.start("worker")
        house.start("sweep")
    assert house.settled(duplicates=20).total() == 20


@pytest.mark.parametrize(("answer", "marked"), [("503 before", 1), ("503 after", 0), ("429", 0)])
def test_14_15_the_carrier_refuses_for_a_while(house, answer, marked):
    house.line.next_answers(*[answer] * house.chance.randrange(1, 4))
    house.report(4)
    house.start_all()
    assert house.settled(duplicates=4 * marked) == {"accepted": 4}


@pytest.mark.parametrize("answer", ["no answer", "half body", "not json", "slow"])
def test_16_the_carrier_breaks_off(house, answer):
    house.line.next_answers(*[answer] * house.chance.randrange(1, 4))
    house.report(4)
    house.start_all()
    assert house.settled() == {"accepted": 4}
    assert len(house.line.ledger) == 4


def test_17_the_carrier_is_away_for_long(house):
    """The carrier refuses everything for some seconds: nothing is lost, and all of it goes once it takes messages again."""
    house.line.usual = "429"
    house.start_all()
    for _ in range(4):
        house.report(2)
        time.sleep(house.chance.random() / 2)
    assert not house.line.ledger
    house.line.usual = "ok"
    assert house.settled() == {"accepted": 8}


def test_19_callbacks_doubled_and_in_any_order(house):
    house.report(3)
    house.start_all()
    house.until(lambda: len(house.line.ledger) == 3, what="the messages")
    reports = [(kept, status) for kept in house.line.ledger for status in ("sent", "delivered")] * 5
    house.chance.shuffle(reports)
    assert {house.callback(kept, status) for kept, status in reports} == {204}
    assert house.settled() == {"delivered": 3}


def test_20_forged_callbacks(house):
    house.report()
    house.start_all()
    house.settled()
    kept = house.line.ledger[0]
    assert house.callback(kept, "delivered", MessageStatus="failed") == 403
    assert house.callback(kept, "delivered", Extra="1") == 403
    assert house.settled() == {"accepted": 1}
    assert house.callback(kept, "delivered") == 204
    assert house.callback(kept, "delivered") == 204  # a replay changes nothing
    assert house.settled() == {"delivered": 1}


def test_21_no_callback_ever_comes(house):
    house.report(4)
    house.start_all()
    house.until(lambda: len(house.line.ledger) == 4, what="the messages")
    for kept in house.line.ledger:
        kept.status = "delivered"
    house.until(lambda: all(row.state == "delivered" for row in house.rows()), what="the poll")
    assert house.settled() == {"delivered": 4}


def test_22_the_same_words_of_a_person_five_times_at_once(house):
    form = {"MessageSid": f"SM{house.chance.getrandbits(128):032x}", "From": "+972502345679", "To": "+97289392222", "Body": "שלום"}  # fmt: skip
    with ThreadPoolExecutor(5) as carriers:
        assert set(carriers.map(lambda _n: house.hear(form), range(5))) == {200}
    assert house.count("inbound") == 1
    assert len(house.rows()) <= 1
    house.start_all()
    assert house.settled().total() <= 1


def test_23_a_person_stops_messages_while_some_wait(house):
    house.report(2, phone="+972502345680")
    word = house.chance.choice(("STOP", "הסר", "עצור", "توقف"))
    form = {"MessageSid": f"SM{house.chance.getrandbits(128):032x}", "From": "+972502345680", "To": "+97289392222", "Body": word}  # fmt: skip
    assert house.hear(form) == 200
    house.start_all()
    # The one that goes says that no more will come.
    assert house.settled() == {"skipped": 2, "accepted": 1}


def test_39_poison_among_others(house):
    house.report(3)
    house.report(1, phone="+972502345666")
    house.report(3)
    house.start_all()
    assert house.settled(duplicates=1) == {"accepted": 6, "manual": 1}


def test_40_two_sweeps_and_many_workers(house):
    house.start("sweep")
    house.start_all(workers=4)
    house.report(40)
    assert house.settled() == {"accepted": 40}
    assert len(house.line.ledger) == 40


def test_24_a_report_sent_five_times_at_once(house, said):
    once = said()

    def send(_n):
        with house.app.app_context():
            return house.receive(once)

    with ThreadPoolExecutor(5) as clients:
        list(clients.map(send, range(5)))
    house.keys.append(once.submission_key)
    house.start_all()
    assert house.settled() == {"accepted": 1}


def test_41_a_backup_is_restored_that_knows_less_than_the_carrier(house):
    house.report(4)
    backup = [row.id for row in house.rows()]
    house.start_all()
    house.settled()
    house.stop_all()
    left = house.chance.randrange(1, 4)  # so many had not left when the house burnt down
    del house.line.ledger[:left]
    house.change("DELETE FROM receipts")
    house.change("DELETE FROM attempts")
    house.change(
        "UPDATE messages SET state = 'pending', attempt = 0, attempt_token = NULL, claimed_at = NULL, lease_until = NULL,"
        " provider_id = NULL, reconciled = 0, next_try_at = now()"
    )
    assert doubt_restored(clock.now()) == len(backup)
    assert {row.state for row in house.rows()} == {"unknown"}
    house.start_all()
    assert house.settled(duplicates=left) == {"accepted": 4}
    assert len(house.line.ledger) == 4
