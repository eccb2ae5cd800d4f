"""What is done once a day is done at its hour on the city's clocks, also when they change."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta

import pytest

from service_desk import config, jobs


@pytest.mark.parametrize(
    ("now", "at", "due"),
    [
        ("2026-11-24T01:00Z", time(3, 10), "2026-11-24T01:10Z"),
        ("2026-11-24T01:10Z", time(3, 10), "2026-11-25T01:10Z"),
        ("2026-11-24T20:00Z", time(6, 30), "2026-11-25T04:30Z"),
        ("2026-07-01T04:00Z", time(6, 30), "2026-07-02T03:30Z"),
        ("2026-10-24T12:00Z", time(6, 30), "2026-10-25T04:30Z"),
        ("2027-03-25T12:00Z", time(6, 30), "2027-03-26T03:30Z"),
    ],
    ids=["soon", "just now", "tomorrow", "in summer", "over the end of summer time", "over its beginning"],
)
def test_it_is_due_when_the_city_s_clocks_next_show_the_hour(now, at, due):
    then = datetime.fromisoformat(now)
    assert then + timedelta(seconds=jobs.seconds_until(at, then)) == datetime.fromisoformat(due).astimezone(
        UTC
    )


def test_every_night_s_work_comes_again_within_the_hour_when_it_could_not_run():
    nightly = {each.name: each for each in jobs.TIMETABLE if each.daily_at is not None}
    assert set(nightly) == {"raise_changes", "make_expected", "find_hot_spots"}
    assert nightly["raise_changes"].daily_at == time(6, 30)
    assert all(each.every_seconds <= 3600 for each in nightly.values())


def test_while_figures_are_made_anew_it_waits(app, monkeypatch):
    ran = []
    monkeypatch.setattr(jobs, "needs_rebuild", lambda: True)
    with pytest.raises(jobs.NotCounted):
        jobs._at_night(lambda: ran.append(1))
    assert not jobs._run(jobs.Timer("x", 1, lambda: jobs._at_night(lambda: ran.append(1))))
    assert ran == []


def test_it_runs_beside_the_timetable_for_each_authority_and_a_failure_is_logged_not_raised(app, monkeypatch):
    ran = []

    def work():
        ran.append(jobs.tenant_id())
        raise RuntimeError("no")

    monkeypatch.setattr(jobs, "needs_rebuild", lambda: False)
    monkeypatch.setattr(jobs, "_app", lambda: app)
    assert jobs._run(jobs.Timer("x", 1, lambda: jobs._at_night(work)))
    for thread in [each for (name, _here), each in jobs._aside.items() if name == "work"]:
        thread.join()
    assert sorted(ran) == [1, 2]


def test_a_web_worker_does_not_load_what_only_the_night_s_work_needs():
    look = "import sys, service_desk.app; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], cwd=config.ROOT, check=False).returncode == 0
