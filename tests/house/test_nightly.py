"""What is done once a day is done at its hour on the city's clocks, also when they change."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, time, timedelta

import pytest
import time_machine

from service_desk import config, jobs


@pytest.fixture
def nights(app, monkeypatch):
    """Nothing ran yet, and figures can be trusted."""
    monkeypatch.setattr(jobs, "beside", {})
    monkeypatch.setattr(jobs, "needs_rebuild", lambda: False)


def look(work, at=time(3, 10)):
    """Let the timetable look once, and whatever it began end."""
    jobs._run(jobs.Timer("work", 1, lambda: jobs._at_night(work, at)))
    for each in jobs.beside.values():
        each.thread.join()


@pytest.mark.parametrize(
    ("now", "at", "shown"),
    [
        ("2026-11-24T01:00Z", time(3, 10), "2026-11-23T01:10Z"),
        ("2026-11-24T01:10Z", time(3, 10), "2026-11-24T01:10Z"),
        ("2026-11-24T20:00Z", time(6, 30), "2026-11-24T04:30Z"),
        ("2026-07-01T04:00Z", time(6, 30), "2026-07-01T03:30Z"),
        ("2026-10-25T03:00Z", time(6, 30), "2026-10-24T03:30Z"),
        ("2026-10-25T12:00Z", time(6, 30), "2026-10-25T04:30Z"),
        ("2027-03-26T12:00Z", time(6, 30), "2027-03-26T03:30Z"),
    ],
    ids=[
        "not yet",
        "just now",
        "today",
        "in summer",
        "before the end of summer time",
        "after it",
        "after its beginning",
    ],
)
def test_the_hour_is_the_one_that_the_city_s_clocks_last_showed(now, at, shown):
    assert jobs.last_time(at, datetime.fromisoformat(now)) == datetime.fromisoformat(shown)


def test_a_night_s_work_is_done_once_for_each_authority_and_again_the_next_night(nights):
    ran = []

    def work():
        ran.append(jobs.tenant_id())

    with time_machine.travel("2026-11-24T01:00Z", tick=False) as traveller:
        look(work)  # the process has just begun
        traveller.move_to("2026-11-24T01:10Z")
        look(work)
        traveller.shift(timedelta(hours=12))
        look(work)
        traveller.move_to("2026-11-25T01:11Z")
        look(work)
    assert sorted(ran) == [1, 1, 1, 2, 2, 2]


def test_what_failed_for_one_authority_comes_again_for_it_alone(nights):
    ran = []

    def work():
        ran.append(jobs.tenant_id())
        if ran.count(1) == 1 and ran[-1] == 1:
            raise RuntimeError("no")

    for _each in range(3):
        look(work)
    assert sorted(ran) == [1, 1, 2]


def test_while_figures_of_one_authority_are_made_anew_the_others_are_served(nights, monkeypatch):
    ran = []

    def work():
        ran.append(jobs.tenant_id())

    monkeypatch.setattr(jobs, "needs_rebuild", lambda: jobs.tenant_id() == 1)
    look(work)
    assert ran == [2]
    monkeypatch.setattr(jobs, "needs_rebuild", lambda: False)
    look(work)
    assert ran == [2, 1]


def test_every_night_s_work_is_looked_for_within_the_hour():
    wanted = {"raise_changes", "make_expected", "find_hot_spots", "make_booklets"}
    assert {
        each.name for each in jobs.TIMETABLE if each.name in wanted and each.every_seconds <= 3600
    } == wanted


def test_a_web_worker_does_not_load_what_only_the_night_s_work_needs():
    look = "import sys, service_desk.app; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], cwd=config.ROOT, check=False).returncode == 0
