"""The log of the web: gunicorn's own lines go into it, wherever and with whatever settings of its own it is started."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

from service_desk import config

TOKEN = "QmFzZTY0IGlzIG5vdCBhIHNlY3JldA"
SHAPE = {"event", "level", "timestamp", "logger"}
SETTINGS = {"SECRET_KEY": "s" * 32, "DATABASE_URL": "postgresql://", "REDIS_URL": "", "LOG_LEVEL": "INFO"}
#: gunicorn's own start, up to the loggers, with the settings that it finds where it is started; then the app, if asked for.
GUNICORN = f"""
import logging, sys
from gunicorn.app.wsgiapp import WSGIApplication
from service_desk import telemetry

loads, *words = sys.argv[1:]
sys.argv = ["gunicorn", "wsgi:app", *words]
gunicorn = WSGIApplication()
cfg = gunicorn.cfg
log = cfg.logger_class(cfg)
log.info("Booting worker with pid: %s", 7)
if loads == "app":
    gunicorn.wsgi()
if loads == "app":
    log.setup(cfg)  # what gunicorn does at SIGHUP
telemetry.request_id.set("abc123")
try:
    raise OSError("away")
except OSError:
    log.exception("Error handling request %s %s", "GET", "/t/{TOKEN}/received?phone=0525550001")
cfg.post_request(None, None, {{}}, None)
log.warning("Invalid request from ip=10.0.0.7: Invalid HTTP request line: 'GET /t/{TOKEN}'")
logging.getLogger("gunicorn.http.wsgi").warning("body dropped")
logging.getLogger("gunicorn.access").info("GET /t/{TOKEN}")
print(log.access_log_enabled, type(log).__name__, file=sys.stderr)
"""
LOG_CONFIG = """
[loggers]
keys=root
[handlers]
keys=own
[formatters]
keys=own
[logger_root]
level=INFO
handlers=own
[handler_own]
class=FileHandler
formatter=own
args=("{file}",)
[formatter_own]
format=%(message)s
"""


def start(*words, loads="nothing", folder=config.ROOT, **env):
    """Start the program above. words: gunicorn's own; loads: app or nothing. Returns how it ended."""
    return subprocess.run(
        [sys.executable, "-c", GUNICORN, loads, *words],
        cwd=folder,
        env={**os.environ, **SETTINGS, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def lines_of(text):
    """Return lines of JSON."""
    return [json.loads(line) for line in text.splitlines()]


def test_gunicorn_writes_into_the_log_and_keeps_no_list_of_requests():
    done = start()
    lines = lines_of(done.stdout)
    assert done.stderr == "False Logger\n"
    assert [(line["level"], line["event"]) for line in lines] == [
        ("info", "Booting worker with pid: 7"),
        ("error", "Error handling request GET /t/…/received?…"),
        ("warning", "Invalid request from ip=…: Invalid HTTP request line: …"),
        ("warning", "body dropped"),
    ]
    assert all(line.keys() >= SHAPE for line in lines)
    assert [line.get("request_id") for line in lines] == [None, "abc123", None, None]
    assert lines[1]["exception"][0]["exc_type"] == "OSError"


def test_where_gunicorn_finds_no_settings_of_ours_the_app_sees_to_its_lines(tmp_path):
    (tmp_path / "own.py").write_text("accesslog = '-'")
    for words in ((), ("-c", "own.py")):
        done = start("--chdir", str(config.ROOT), *words, loads="app", folder=tmp_path)
        lines = lines_of(done.stdout)
        assert [line["event"] for line in lines] == [
            "Error handling request GET /t/…/received?…",
            "Invalid request from ip=…: Invalid HTTP request line: …",
            "body dropped",
        ]
        assert TOKEN not in done.stderr
        assert "0525550001" not in done.stderr


def test_log_level_holds_for_gunicorn_s_lines_too(tmp_path):
    done = start("--error-logfile", str(tmp_path / "own.log"), LOG_LEVEL="ERROR")
    assert done.stdout == ""
    assert [line["level"] for line in lines_of((tmp_path / "own.log").read_text())] == ["error"]


@pytest.mark.parametrize("loads", ["nothing", "app"])
def test_the_operator_still_chooses_a_file_for_gunicorn_s_lines(tmp_path, loads):
    done = start("--error-logfile", str(tmp_path / "own.log"), loads=loads)
    assert done.returncode == 0
    assert [line["logger"] for line in lines_of(done.stdout)] == ["gunicorn.http.wsgi"]
    assert len(lines_of((tmp_path / "own.log").read_text())) == 3
    assert TOKEN not in (tmp_path / "own.log").read_text()


@pytest.mark.parametrize("loads", ["nothing", "app"])
def test_the_operator_still_chooses_handlers_and_they_write_our_lines(tmp_path, loads):
    (tmp_path / "log.ini").write_text(LOG_CONFIG.format(file=tmp_path / "own.log"))
    done = start("--log-config", str(tmp_path / "log.ini"), loads=loads)
    assert done.returncode == 0
    own = lines_of((tmp_path / "own.log").read_text())
    assert [line["level"] for line in own] == ["info", "error", "warning", "warning"]
    assert TOKEN not in (tmp_path / "own.log").read_text()
    assert done.stdout == ""


@pytest.mark.parametrize("loads", ["nothing", "app"])
def test_syslog_gets_our_lines_and_no_list_of_requests(loads):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as syslog:
        syslog.bind(("127.0.0.1", 0))
        syslog.setblocking(False)
        port = syslog.getsockname()[1]
        done = start("--log-syslog", "--log-syslog-to", f"udp://127.0.0.1:{port}", loads=loads)
        told = [syslog.recv(65_536).partition(b">")[2].rstrip(b"\0") for _ in range(3)]
        with pytest.raises(BlockingIOError):
            syslog.recv(65_536)
    assert [json.loads(line)["level"] for line in told] == ["info", "error", "warning"]
    assert len(lines_of(done.stdout)) == 4
    assert TOKEN not in done.stdout + str(told)


def test_statsd_still_counts():
    assert start("--statsd-host", "127.0.0.1:1").stderr == "False Statsd\n"


@pytest.mark.parametrize("words", [("--preload",), ()])
def test_web_with_a_wrong_setting_says_so_in_one_sentence_and_ends(tmp_path, words):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:app",
            "--bind",
            f"unix:{tmp_path}/web",
            "--no-control-socket",
            *words,
        ],
        cwd=config.ROOT,
        env={**os.environ, **SETTINGS, "SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stderr == "wsgi: SECRET_KEY must be set to at least 32 random characters.\n"
    assert "exception" not in done.stdout
