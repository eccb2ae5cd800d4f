"""The log: every line that web, workers and timers write is one JSON object, and none says who."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy.exc import IntegrityError

from service_desk import config, telemetry
from service_desk.app import _bell
from service_desk.local.state import StateFolder
from service_desk.local.valkey import Valkey

TOKEN = "QmFzZTY0IGlzIG5vdCBhIHNlY3JldA"
SHAPE = {"event", "level", "timestamp", "logger"}
OURS = """
import logging
from service_desk import telemetry

telemetry.configure("WARN")
telemetry.log.warning("ours")
logging.getLogger("a.library").warning("theirs")
telemetry.log.info("not asked for")
"""
#: What the three services call first, then whatever else writes: RQ's way of adding a handler, warnings, threads, the end.
SERVED = """
import logging, sys, threading, warnings
from rq.logutils import setup_loghandlers
from service_desk import telemetry

telemetry.serve("INFO")
setup_loghandlers("INFO", name="rq.worker")
telemetry.log.info("ours")
logging.getLogger("rq.worker").error("Worker w: job failed")
lonely = logging.getLogger("lonely")
lonely.propagate = False
lonely.warning("nobody takes it")
logging.getLogger("a").info("%d of them", "not a number")
warnings.warn("it is old")
def fall():
    raise KeyError("0525550001")
for what in (fall, sys.exit):
    thread = threading.Thread(target=what)
    thread.start()
    thread.join()
raise ValueError("no such street: 'רחוב הרצל 3'")
"""
#: what a process needs before it starts; nobody answers there
SETTINGS = {"SECRET_KEY": "s" * 32, "DATABASE_URL": "postgresql://", "REDIS_URL": "", "LOG_LEVEL": "INFO"}


def run(program, *words):
    """Return how a program ended, and its lines."""
    done = subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=config.ROOT,
        env={**os.environ, "LOG_LEVEL": "INFO"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done, [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def queue_in(folder):
    """Run a queue's server while the block runs; yield its address and the queue."""
    with StateFolder(folder / "state") as state:
        valkey = Valkey(state)
        valkey.start()
        try:
            with Redis.from_url(valkey.url) as connection:
                yield valkey.url, Queue("keshet", connection=connection, serializer=JSONSerializer)
        finally:
            valkey.stop()


@pytest.fixture
def told():
    """Return a record of a library, and lines of ours, as the log tells them."""

    def tell(name="a.library", words="", *args, error=None, level=logging.WARNING):
        info = (type(error), error, error.__traceback__) if error else None
        return json.loads(
            telemetry.Lines().format(logging.LogRecord(name, level, "file.py", 1, words, args, info))
        )

    return tell


def test_our_lines_and_those_of_libraries_are_json_on_standard_output():
    done, lines = run(OURS)
    assert (done.returncode, done.stderr) == (0, "")
    assert [(line["event"], line["logger"]) for line in lines] == [
        ("ours", "keshet"),
        ("theirs", "a.library"),
    ]


def test_every_line_of_a_service_has_one_shape_whoever_writes_it():
    done, lines = run(SERVED)
    assert done.returncode == 1
    assert done.stderr == ""
    assert all(line.keys() >= SHAPE for line in lines)
    assert [line["event"] for line in lines] == [
        "ours",
        "Worker w: job failed",
        "nobody takes it",
        "%d of them",
        "<string>:14: UserWarning: it is old",
        "thread_failed",
        "process_failed",
    ]
    assert lines[-1]["exception"][0]["exc_value"] == "no such street: …"
    assert "0525550001" not in done.stdout


def test_the_worker_writes_into_the_log_each_line_with_its_job(tmp_path):
    with queue_in(tmp_path) as (url, queue):
        words = {"description": "ask"}
        fine = queue.enqueue("service_desk.telemetry.note_request", "GET", "page", 200, 0.1, **words).id
        broken = queue.enqueue("builtins.int", f"נועה 0525550001 /t/{TOKEN}", **words).id
        done = subprocess.run(
            [sys.executable, "-m", "service_desk.worker", "--burst"],
            cwd=config.ROOT,
            env={**os.environ, **SETTINGS, "REDIS_URL": url},
            capture_output=True,
            text=True,
            check=True,
        )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.stderr == ""
    assert all(line.keys() >= SHAPE for line in lines)
    assert [line["job_id"] for line in lines if line["event"] == "request"] == [fine]
    failed = next(line for line in lines if line["level"] == "error")
    assert failed["job_id"] == broken
    assert failed["exception"][0]["exc_value"] == "invalid literal for int() with base 10: …"
    assert {line.get("job_id") for line in lines} == {None, fine, broken}
    assert not any(word in done.stdout for word in ("נועה", "0525550001", TOKEN))


def test_threads_of_a_job_write_its_id_and_what_comes_after_does_not(told):
    with telemetry.during("job-1"), ThreadPoolExecutor(1) as threads:
        assert threads.submit(told, "rq.worker").result()["job_id"] == "job-1"
    assert "job_id" not in told()


def test_a_job_waits_in_the_queue_as_a_name_and_numbers(tmp_path, monkeypatch):
    """What RQ keeps of a job, and may tell of one that fails, is who and what by number."""
    monkeypatch.setattr("service_desk.app.RING_SECONDS", 20)
    with queue_in(tmp_path) as (url, queue):
        _bell(config.read({**SETTINGS, "REDIS_URL": url}))("service_desk.jobs.deliver", (1, 7))
        (job,) = queue.get_jobs()
    assert (job.func_name, job.args, job.kwargs) == ("service_desk.jobs.deliver", [1, 7], {})
    assert (job.description, job.meta) == ("service_desk.jobs.deliver", {})


def test_ctrl_c_is_no_failure_and_tells_nothing():
    program = """
import signal
from service_desk import telemetry
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs us in the background may have it ignored
telemetry.serve("INFO")
signal.raise_signal(signal.SIGINT)
"""
    done, lines = run(program)
    assert (done.returncode, lines, done.stderr) == (-signal.SIGINT, [], "")


def test_a_line_that_cannot_be_written_fails_nobody():
    """The answer is given after the commit: a full disk must not turn it into an error."""
    program = """
import sys
import wsgi
print(wsgi.app.test_client().get("/healthz").status_code, file=sys.stderr, flush=True)
"""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=config.ROOT,
            env={**os.environ, **SETTINGS},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.stderr.startswith("200\n")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"REDIS_URL": ""}, "REDIS_URL must name the queue's server, e.g. redis://127.0.0.1:6379."),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set to at least 32 random characters."),
    ],
)
def test_a_worker_with_a_wrong_setting_says_so_in_one_sentence(wrong, sentence):
    done = subprocess.run(
        [sys.executable, "-m", "service_desk", "worker"],
        cwd=config.ROOT,
        env={**os.environ, **SETTINGS, **wrong},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"service-desk: {sentence}\n")


def test_a_worker_takes_no_module_from_the_folder_that_it_is_started_in(tmp_path):
    (tmp_path / "rq.py").write_text("raise SystemExit('taken')")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "service_desk", "worker"],
        cwd=tmp_path,
        env={**os.environ, **SETTINGS, "REDIS_URL": "redis://127.0.0.1:1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "Connection refused" in json.loads(done.stdout)["event"]


def test_an_error_is_told_by_kind_and_place_without_the_row_that_was_refused(told):
    refused = (
        'new row for relation "people" violates check\nDETAIL:  Failing row contains (נועה, +972525550001).'
    )
    error = IntegrityError("INSERT INTO people", {}, ValueError(refused))
    error.add_note("said by נועה")
    try:
        raise error
    except IntegrityError as caught:
        line = told(words="it failed", error=caught)
    assert line["exception"][0]["exc_type"] == "IntegrityError"
    assert line["exception"][0]["exc_value"].endswith('new row for relation "people" violates check')
    assert line["exception"][0]["frames"]
    assert "נועה" not in json.dumps(line, ensure_ascii=False)
    assert "525550001" not in json.dumps(line)


def test_an_error_within_a_group_tells_no_more(told):
    group = ExceptionGroup("many", [ValueError("bad: 'Noa Cohen'"), ValueError("call 052-5550001")])
    assert "Noa" not in json.dumps(told(error=group))
    assert "5550001" not in json.dumps(told(error=group))


def test_a_request_id_that_the_caller_chose_is_no_way_in_for_a_number(told):
    token = telemetry.request_id.set("0525550001")
    try:
        assert told()["request_id"] == "…"
    finally:
        telemetry.request_id.reset(token)
