"""Memory of a web worker and of an RQ worker after some work, against a Flask and SQLAlchemy hello world."""

from __future__ import annotations

import random
import subprocess
import time
import urllib.parse

import psycopg

from bench.load import burst, get
from bench.pages import CREATES, FLOOR, QUICK_CREATES, QUICK_SMALL, SMALL, post, report_form, sign_in
from bench.report import absolute, against_floor
from bench.stage import ROOT, SERVICE_DESK, children_of, memory_mb

LIMIT = 2.5


def measure(stage, *, quick=False):
    """Return the lines: resident memory (MB) of the larger web worker and of the RQ worker.

    The floor is the larger of its workers too: of two, one may have answered nearly all and the other nothing, and a
    process that has done nothing yet says little of one that has.
    """
    chance = random.Random(5)
    size, total = (QUICK_SMALL, QUICK_CREATES) if quick else (SMALL, CREATES // 2)
    city, plain = stage.fresh_city(size), stage.floor(size)
    env = stage.environment(city)
    reports = [post("/open311/v2/requests.json", report_form(chance)) for _ in range(200)]
    rows = [
        post(
            "/rows", urllib.parse.urlencode({"service_code": "RD-POTHOLE", "description": "a deep pothole"})
        ),
        get("/"),
    ]
    with stage.web(FLOOR, stage.environment(plain)) as (port, pid):
        burst(port, rows, total)
        floor_mb = max(map(memory_mb, children_of(pid)))
    with stage.web("wsgi:app", env) as (port, pid):
        burst(port, reports, total)
        burst(port, [get("/"), get("/desk/", Cookie=sign_in(port))], total // 4)
        web_mb = max(map(memory_mb, children_of(pid)))
    queue_mb, done = _worker(stage, env)
    return [
        against_floor("memory of a web worker", web_mb, "MB", floor_mb, LIMIT, least=False),
        against_floor("memory of an RQ worker", queue_mb, "MB", floor_mb, LIMIT, least=False),
        absolute("messages the RQ worker sent before", done, ""),
    ]


def _worker(stage, env):
    """Run a worker on what the reports before have rung for; return its memory (MB) and how many messages it settled."""
    with (stage.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen([*SERVICE_DESK, "worker"], env=env, cwd=ROOT, stdout=log, stderr=log)
    try:
        settled, since = -1, time.monotonic()
        while time.monotonic() - since < 45:
            time.sleep(2)
            with psycopg.connect(env["DATABASE_URL"]) as connection:
                now = connection.execute("SELECT count(*) FROM messages WHERE state <> 'pending'").fetchone()[
                    0
                ]
            if now == settled and now:
                break
            settled = now
        return memory_mb(process.pid), settled
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
