"""The database dies, cuts its connections, or holds what is wanted: after each the oracle (`House.settled`)."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import text

pytestmark = pytest.mark.faults
#: an answer that makes nobody believe in what is not kept: done, or «busy, try again»
HONEST = {201, 503}


def kill_database(house):
    """End PostgreSQL with no time to finish anything, in one of three ways, and let it come back."""
    server = house.servers.postgres
    way = house.chance.choice(("stop at once", "kill the first process", "kill one backend"))
    if way == "kill one backend":  # the others are ended by the server itself, which begins anew
        with psycopg.connect(house.superuser_url, autocommit=True) as connection:
            (backend,) = connection.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' ORDER BY random() LIMIT 1").fetchone()  # fmt: skip
            os.kill(backend, signal.SIGKILL)
    else:
        os.kill(server.child.process.pid, signal.SIGQUIT if way == "stop at once" else signal.SIGKILL)
        server.child.process.wait()
        server.start()
    house.until(lambda: is_back(house), what="the database")


def is_back(house):
    try:
        psycopg.connect(house.superuser_url).close()
    except psycopg.OperationalError:
        return False
    return True


def kept_keys(house):
    with house.owner.connect() as connection:
        return set(connection.execute(text("SELECT right(submission_key, 32) FROM reports")).scalars())


def test_11_the_database_dies_in_the_middle_of_reports(hasty, house, web):
    house.report(4)
    house.start_all()
    keys = [house.key() for _ in range(12)]
    with ThreadPoolExecutor(4) as people:
        answers = {key: people.submit(web.report, key) for key in keys}
        time.sleep(house.chance.random() / 8)
        kill_database(house)
    statuses = {key: answer.result()[0] for key, answer in answers.items()}
    assert set(statuses.values()) <= HONEST
    assert {key for key, status in statuses.items() if status == 201} <= kept_keys(house)
    for key in keys:
        house.until(lambda key=key: web.report(key)[0] == 201, what="an answer")
        house.acknowledged(key)
    for _ in range(2):  # what died of it is started again, as the supervisor does
        house.start("worker")
        house.start("sweep")
    assert house.settled(duplicates=16).total() == 16


def test_11_whoever_reads_while_the_database_is_away_is_told_to_come_back(house, web):
    server = house.servers.postgres
    (received,) = house.report()
    os.kill(server.child.process.pid, signal.SIGQUIT)
    server.child.process.wait()
    try:
        status, words, _seconds = web.ask(f"/t/{received.token}", headers={"Accept": "text/html", "Accept-Language": "en"})  # fmt: skip
        reported = web.report(house.key())
    finally:
        server.start()
    assert (status, reported[0]) == (503, 503)
    assert "Nothing was lost" in words
    assert "Traceback" not in words + reported[1]
    house.until(lambda: web.ask("/readyz")[0] == 200, what="the web")


def test_12_database_connections_are_cut(hasty, house, web):
    house.report(12)
    house.start_all()
    keys = [house.key() for _ in range(8)]
    with house.every(0.2, house.cut_connections):
        for key in keys:
            while (status := web.report(key)[0]) != 201:
                assert status in HONEST
        house.until(lambda: house.cut > 4, what="the cuts")
    for key in keys:
        house.acknowledged(key)
    for _ in range(2):
        house.start("worker")
        house.start("sweep")
    assert house.settled(duplicates=20).total() == 20
    assert not house.rows("state IN ('sending', 'unknown')")


def test_13_somebody_holds_what_is_wanted(house, web):
    """A stranger holds rows for longer than anybody waits: each is told so, nothing is dropped, and all goes on after."""
    phone = house.phone()
    house.report(phone=phone)
    house.start_all()
    house.settled()
    kept, key = house.line.ledger[0], house.key()
    with psycopg.connect(house.superuser_url, dbname="keshet") as stranger:
        stranger.execute("SELECT 1 FROM residents WHERE phone = %s FOR UPDATE", [phone])
        stranger.execute("SELECT 1 FROM messages FOR UPDATE")
        with ThreadPoolExecutor(2) as waiting:
            reported = waiting.submit(web.report, key, phone=phone)
            told = waiting.submit(web.callback, kept, "delivered", tries=1)
            assert (reported.result()[0], told.result()) == (503, 503)
    assert web.callback(kept, "delivered") == 204
    assert web.report(key, phone=phone)[0] == 201
    house.acknowledged(key)
    assert house.settled() == {"delivered": 1, "accepted": 1}


def test_13_two_wait_for_each_other(house, web):
    """A report and a stranger lock each other out: the database ends one of them, and the report is taken at last."""
    phone = house.phone()
    house.report(phone=phone)
    key = house.key()
    with psycopg.connect(house.superuser_url, dbname="keshet") as stranger, ThreadPoolExecutor(1) as person:  # fmt: skip
        stranger.execute("LOCK TABLE followers IN SHARE MODE")
        reported = person.submit(web.report, key, phone=phone)
        waits = "SELECT 1 FROM pg_locks WHERE relation = 'followers'::regclass AND NOT granted"
        house.until(lambda: stranger.execute(waits).fetchone(), what="the report's wait")
        time.sleep(house.chance.random() / 2)
        try:
            stranger.execute("SELECT 1 FROM residents WHERE phone = %s FOR UPDATE", [phone])
            stranger.rollback()
        except DeadlockDetected:
            stranger.rollback()
        assert reported.result()[0] in HONEST
    assert web.report(key, phone=phone)[0] == 201
    house.acknowledged(key)
    house.start_all()
    assert house.settled() == {"accepted": 2}
