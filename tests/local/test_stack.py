"""One start of the city, with stand-ins for its own processes: starts, deaths, refusals and the clean stop."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import redis

from service_desk.local import metrics
from service_desk.local.processes import birth, wait_until
from service_desk.local.stack import running_environment
from service_desk.local.state import StateFolder, free_port

STUB = Path(__file__).with_name("stub_city.py")


class City:
    """A launcher under test, with what it printed."""

    def __init__(self, folder: Path, kind: str = "", port: int = 0, **env: str) -> None:
        self.folder, self.port = folder, port or free_port()
        self.out = folder.parent / f"console-{time.monotonic_ns()}"
        clean = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
        argv = [sys.executable, str(STUB), str(folder), str(self.port), kind]
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                argv, stdout=out, stderr=out, env={**clean, **env}, start_new_session=True
            )

    def printed(self) -> str:
        return self.out.read_text()

    def wait_for(self, text: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while text not in self.printed():
            assert time.monotonic() < end, f"{text!r} never came:\n{self.printed()}"
            assert self.process.poll() is None or text in self.printed(), self.printed()
            time.sleep(0.03)

    def wait_for_helpers(self) -> None:
        """Wait until the worker and the timers have set up what they do when asked to stop."""
        for name in ("worker", "timers"):
            log = self.folder / "log" / f"{name}.log"
            assert wait_until(lambda log=log: log.exists() and "works" in log.read_text(), 30)

    def stop(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)

    def session_pids(self) -> list[int]:
        """Return the processes that the launcher started (each leads its own session) and that still live."""
        children = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = stat.read_text(errors="replace")
                command = (stat.parent / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if (
                words.rpartition(")")[2].split()[1] == str(self.process.pid)
                or str(self.folder.parent) in command
            ):
                children.append(int(stat.parent.name))
        return [pid for pid in children if pid not in {self.process.pid, os.getpid()} and birth(pid)]


@pytest.fixture
def ground():
    """A folder that `nobody` can walk to, as a checkout is: PostgreSQL's data then stay in it when root runs the tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path


@pytest.fixture
def start(ground):
    cities = []

    def begin(kind: str = "", **more) -> City:
        city = City(ground / "city" / "var", kind, **more)
        cities.append(city)
        return city

    (ground / "city").mkdir()
    yield begin
    for city in cities:
        left = city.session_pids()  # before it dies: orphans are nobody's children any more
        city.stop(signal.SIGKILL)
        for pid in {*left, *city.session_pids()}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(OSError):  # a folder that could not be written remembers nothing
            metrics.remove(StateFolder(city.folder))


def test_ctrl_c_stops_all_in_order_and_leaves_nobody(start, ground):
    city = start()
    city.wait_for("Ctrl-C stops everything")
    city.wait_for_helpers()
    assert urllib.request.urlopen(f"http://127.0.0.1:{city.port}/").read() == b"open"
    began = time.monotonic()
    assert city.stop(signal.SIGINT) == 0
    assert time.monotonic() - began < 30
    assert (ground / "city" / "diary").read_text().split() == ["prepared", "web", "timers", "worker"]
    assert city.session_pids() == []
    assert "shut down" in (city.folder / "log" / "postgres.log").read_text()


def test_second_start_skips_what_is_done_and_keeps_the_ports(start, ground):
    first = start()
    first.wait_for("Ctrl-C stops everything")
    ports = (first.folder / "state.json").read_text().split('_port": ')[1:]
    assert first.stop(signal.SIGTERM) == 0
    second = start()
    second.wait_for("Ctrl-C stops everything")
    assert (second.folder / "state.json").read_text().split('_port": ')[1][:5] == ports[0][:5]
    assert second.stop() == 0
    assert (ground / "city" / "diary").read_text().count("prepared") == 1


def test_a_database_made_anew_is_prepared_anew(start, ground):
    assert_opens(start())
    shutil.rmtree(ground / "city" / "var" / "postgres")
    assert_opens(start())
    assert (ground / "city" / "diary").read_text().count("prepared") == 2


def assert_opens(city: City) -> None:
    city.wait_for("Ctrl-C stops everything")
    assert city.stop() == 0


def test_a_second_launcher_is_told_where_the_first_is(start):
    city = start()
    city.wait_for("Ctrl-C stops everything")
    second = start()
    assert second.process.wait(60) == 1
    assert second.printed().startswith(f"Keshet is already running at http://127.0.0.1:{city.port}/")
    assert len(second.printed().splitlines()) == 1
    assert city.process.poll() is None


def test_another_window_reaches_the_running_city(start):
    city = start()
    city.wait_for("Ctrl-C stops everything")
    env = running_environment(city.folder, 1)
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("keshet",)
    with redis.Redis.from_url(env["REDIS_URL"]) as queue:
        assert queue.ping()
    assert env["PUBLIC_BASE_URL"] == f"http://127.0.0.1:{city.port}"


def test_after_a_killed_launcher_the_next_start_cleans_up(start):
    city = start()
    city.wait_for("Ctrl-C stops everything")
    left = city.session_pids()
    assert len(left) >= 5
    city.process.kill()
    city.process.wait()
    again = start(port=city.port)
    again.wait_for("Ctrl-C stops everything")
    assert not any(birth(pid) for pid in left)
    assert again.stop() == 0


def test_a_killed_database_comes_back_while_the_city_runs(start):
    city = start()
    city.wait_for("Ctrl-C stops everything")
    pid = int(
        next(p for p in city.session_pids() if b"postgres\0-D" in Path(f"/proc/{p}/cmdline").read_bytes())
    )
    os.kill(pid, signal.SIGKILL)
    city.wait_for("PostgreSQL started again")
    assert "PostgreSQL ended (killed by SIGKILL)" in city.printed()
    assert city.stop() == 0


def test_a_dying_worker_is_named_and_started_again(start):
    city = start("frail-worker")
    city.wait_for("worker started again")
    assert "worker ended (exit code 3)" in city.printed()
    assert "the worker has met a bug" in city.printed()
    assert city.stop() == 0


def test_a_web_that_cannot_start_stops_all(start):
    city = start("broken-web")
    assert city.process.wait(60) == 1
    assert "no module named wsgi" in city.printed()
    assert "The web did not start (exit code 3)" in city.printed()
    assert "Traceback" not in city.printed()
    assert city.session_pids() == []


def test_a_failing_migration_stops_all_with_its_last_lines(start):
    city = start("bad-step")
    assert city.process.wait(60) == 1
    assert "relation is missing" in city.printed()
    assert "failed with exit code 4" in city.printed()
    assert city.session_pids() == []


def test_a_taken_port_is_one_sentence(start):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        city = start(port=port)
        assert city.process.wait(60) == 1
    assert (
        city.printed()
        == f"Port {port} of 127.0.0.1 is taken by another program; choose another: make run PORT={port + 1}\n"
    )


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql://keshet:s3cret@127.0.0.1:{port}/keshet"),
        ("REDIS_URL", "redis://:s3cret@127.0.0.1:{port}/0"),
    ],
)
def test_an_unreachable_server_is_named_without_its_password(start, name, url):
    port = free_port()
    city = start(**{name: url.format(port=port)})
    assert city.process.wait(60) == 1
    assert len(city.printed().splitlines()) == 1
    assert f"127.0.0.1:{port}" in city.printed()
    assert name in city.printed()
    assert "nothing listens there" in city.printed()
    assert "s3cret" not in city.printed()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://keshet:s3cret@127.0.0.1:door/keshet"),
        ("DATABASE_URL", "mysql://keshet:s3cret@127.0.0.1/keshet"),
        ("REDIS_URL", "s3cret@127.0.0.1"),
        ("REDIS_URL", "redis://:s3cret@127.0.0.1:door/0"),
        ("SESSION_HOURS", "twelve"),
    ],
)
def test_a_setting_that_cannot_be_read_is_one_sentence(start, name, value):
    city = start(**{name: value})
    assert city.process.wait(60) == 1
    assert len(city.printed().splitlines()) == 1
    assert city.printed().startswith(name)
    assert "s3cret" not in city.printed()


def test_a_folder_that_cannot_be_written_is_one_sentence(start, ground):
    (ground / "city" / "var").write_text("a file, where the folder should be")
    city = start()
    assert city.process.wait(60) == 1
    assert "cannot write there" in city.printed()
    assert len(city.printed().splitlines()) == 1


def test_a_full_disk_is_one_sentence(start, ground):
    (ground / "city" / "var").mkdir()
    (ground / "city" / "var" / "secrets.json.new").symlink_to("/dev/full")
    city = start()
    assert city.process.wait(60) == 1
    assert "is full" in city.printed()
    assert "Traceback" not in city.printed()
    assert city.session_pids() == []
