"""Figures follow what happens, whoever counts, in whatever order, however often."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from service_desk import jobs, work
from service_desk.commands.figures import figures
from service_desk.errors import InvalidMove
from service_desk.extensions import db
from service_desk.flow import count_figures, finish, receive
from service_desk.flow.verify_counts import verify_counts
from service_desk.people.rules import Actor
from service_desk.reports import counting, rebuilding
from service_desk.reports.rules import Days
from service_desk.reports.sums import CITY, standing, sums
from service_desk.tickets.models import Uncounted

RESIDENT = Actor("resident", 1)


def test_what_happens_is_counted_once_and_nothing_is_left_to_count(app, said, clerk, counted):
    counted()
    ticket_id = receive.receive_report(said(), RESIDENT).ticket_id
    assert standing()[CITY].open == 0
    counted()
    assert standing()[CITY].open == 1
    assert db.session.query(Uncounted).count() == 0
    db.session.rollback()
    finish.reject_ticket(ticket_id, None, clerk, "not_found", "לא נמצא")
    counted()
    counted()
    assert standing() == {CITY: type(standing()[CITY])()}, "what has become nothing is removed"


def test_figures_that_were_never_made_are_not_counted_but_asked_for(app, said):
    receive.receive_report(said(), RESIDENT)
    assert count_figures.needs_rebuild()
    assert count_figures.count() == 0
    assert db.session.query(Uncounted).count() > 0
    db.session.rollback()
    assert count_figures.rebuild() == 1
    assert not count_figures.needs_rebuild()
    assert count_figures.count() > 0
    assert standing()[CITY].open == 1


def test_two_counters_do_not_count_the_same_twice(app, said, counted):
    counted()
    for _each in range(3):
        receive.receive_report(said(), RESIDENT)
    holding, finished = threading.Event(), threading.Event()

    def count_slowly():
        with app.app_context(), work.tenant(1), work.transaction():
            assert counting.lock()
            ids, _rows = counting.take(1000)
            counting.count_tickets(ids)
            holding.set()
            finished.wait()

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(count_slowly)
        holding.wait()
        assert count_figures.count() == 0, "while one counts the other leaves it to him"
        finished.set()
        slow.result()
    assert count_figures.count() == 0
    assert standing()[CITY].open == 3
    assert verify_counts().differences == []


KILLED = """
import sys
from service_desk import config, work
from service_desk.app import create_app
from service_desk.reports import counting
app = create_app(config.read())
with app.app_context(), work.tenant(1), work.transaction():
    assert counting.lock()
    ids, rows = counting.take(1000)
    counting.count_tickets(ids)
    print(rows, flush=True)
    sys.stdin.read()
"""


def test_a_counter_that_is_killed_amid_a_batch_loses_nothing(app, servers, settings, said, counted):
    counted()
    for _each in range(3):
        receive.receive_report(said(), RESIDENT)
    waiting = db.session.query(Uncounted).count()
    db.session.rollback()
    environment = os.environ | {
        "DATABASE_URL": servers.database_url,
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_BASE_URL": "http://localhost",
        "KESHET_DEMO": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-c", KILLED],
        cwd=Path(__file__).parents[2],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert int(process.stdout.readline()) == waiting, "it has counted, and not yet committed"
        process.kill()
    with work.transaction():
        rebuilding.hold(is_waiting=True)  # until the database has seen that he is gone
        assert db.session.query(Uncounted).count() == waiting
    assert standing()[CITY].open == 0
    counted()
    assert standing()[CITY].open == 3
    assert verify_counts().differences == []


def test_a_rebuild_that_stopped_halfway_is_made_again(app, said, counted, monkeypatch):
    receive.receive_report(said(), RESIDENT)
    counted()

    def fails(_now):
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(rebuilding, "sum_up", fails)
        with pytest.raises(ConnectionError):
            count_figures.rebuild()
    assert count_figures.needs_rebuild()
    assert count_figures.count() == 0, "nothing is added to what is half made"
    assert standing()[CITY].open == 1, "pages show the figures of before"
    counted()
    assert verify_counts().differences == []


def test_what_happens_during_a_rebuild_is_counted_after_it(app, said, counted):
    receive.receive_report(said(), RESIDENT)

    def one_more(_done, _parts):
        receive.receive_report(said(), RESIDENT)

    with ThreadPoolExecutor(1) as pool:

        def in_a_process_of_its_own(done, parts):
            def report():
                with app.app_context(), work.tenant(1):
                    one_more(done, parts)

            pool.submit(report).result()

        count_figures.rebuild(in_a_process_of_its_own)
    assert sums(Days(date(2000, 1, 1), date(2999, 1, 1)), by="city")[CITY].received == 1
    counted()
    assert standing()[CITY].open == 2
    assert verify_counts().differences == []


def test_the_command_proves_the_figures_in_one_line(app, said, counted):
    receive.receive_report(said(), RESIDENT)
    runner = app.test_cli_runner()
    assert runner.invoke(figures, ["rebuild"]).exit_code == 0
    counted()
    proof = runner.invoke(figures, ["verify"])
    assert proof.exit_code == 0
    assert proof.output.startswith("figures: 1 cases in ")
    assert proof.output.endswith(": all equal to their history\n")
    assert proof.output.count("\n") == 1


def test_the_command_tells_what_differs(app, owner, said, counted):
    receive.receive_report(said(), RESIDENT)
    counted()
    runner = app.test_cli_runner()
    runner.invoke(figures, ["rebuild"])
    with owner.begin() as connection:
        connection.execute(text("UPDATE figures_days SET received = 7"))
    proof = runner.invoke(figures, ["verify"])
    assert proof.exit_code == 1
    assert "rehovot: figures_days" in proof.output


def test_the_timetable_makes_figures_anew_beside_itself_and_then_counts(app, said, monkeypatch):
    monkeypatch.setattr(jobs, "beside", {})
    receive.receive_report(said(), RESIDENT)
    jobs.count_figures()
    jobs.beside["make_figures", 1].thread.join()
    assert not count_figures.needs_rebuild()
    receive.receive_report(said(), RESIDENT)
    jobs.count_figures()
    assert standing()[CITY].open == 2
    assert verify_counts().differences == []


def test_a_rebuild_that_failed_is_not_begun_again_at_once(app, said, monkeypatch):
    monkeypatch.setattr(jobs, "beside", {})
    monkeypatch.setattr(jobs, "_REBUILD_AGAIN_SECONDS", 1e9)
    tried = []

    def fails(**_given):
        tried.append(1)
        raise ConnectionError

    monkeypatch.setattr(jobs, "rebuild", fails)
    for _each in range(2):
        jobs.count_figures()
        jobs.beside["make_figures", 1].thread.join()
    assert len(tried) == 1
    assert count_figures.needs_rebuild()


def test_a_rebuild_waits_for_who_counts(app, said, counted):
    receive.receive_report(said(), RESIDENT)
    counted()
    holding, finished = threading.Event(), threading.Event()

    def hold():
        with app.app_context(), work.tenant(1), work.transaction():
            assert counting.lock()
            holding.set()
            finished.wait()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        holding.wait()
        with pytest.raises(InvalidMove):
            count_figures.rebuild(is_waiting=False)
        assert not count_figures.needs_rebuild(), "it had not begun"
        finished.set()
        held.result()
    assert count_figures.rebuild() == 1
