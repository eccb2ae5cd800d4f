"""A house under fire: real workers and sweeps on a real PostgreSQL and Valkey, a carrier with a ledger, and the oracle."""

import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
import redis
from fake_carrier import Carrier
from fake_carrier.carrier import ACCOUNT
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from bench.stage import free_port, wait_for
from service_desk import config, work
from service_desk.flow.receive import receive_report
from service_desk.flow.verify_history import verify_history
from service_desk.people.rules import Actor

ROOT = Path(__file__).resolve().parents[2]
SEEDS = int(os.environ.get("FAULT_SEEDS", "2"))
BASE = "https://keshet.city.example"
#: states in which a message may rest
ENDED = {"accepted", "sent", "delivered", "read", "undelivered", "failed", "manual", "expired", "superseded", "skipped"}  # fmt: skip
_survived, _broken = Counter(), Counter()


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        # Workers of one run must draw the same seeds, or they do not collect the same tests.
        # A usual run draws the usual seeds, so that what it says of a change is of the change; `make faults` draws new ones.
        drawn = os.environ.get("PYTEST_XDIST_TESTRUNUID") or random.randrange(10**9)
        chance = random.Random(drawn if "FAULT_SEEDS" in os.environ else "usual")
        metafunc.parametrize("seed", [chance.randrange(10**9) for _ in range(SEEDS)])


def pytest_runtest_logreport(report):
    name = report.nodeid.partition("[")[0].rpartition("::")[2]
    if "faults/" in report.nodeid and (report.when == "call" or report.failed):
        (_survived if report.passed else _broken)[name] += 1


def pytest_terminal_summary(terminalreporter):
    """Print which faults were survived how often."""
    if _survived or _broken:
        terminalreporter.section("faults")
    for name in sorted(_survived | _broken):
        said = name.removeprefix("test_").replace("_", " ")
        terminalreporter.write_line(f"{_survived[name]:4} survived {_broken[name]:3} broken  {said}")


@pytest.fixture(scope="session")
def line():
    """The carrier of all faults: the workers' environment names its address."""
    with Carrier(slow_seconds=0.5, retry_after_seconds=1) as carrier:
        yield carrier


@pytest.fixture(scope="session")
def environment(settings, founded, servers, line):
    """What the processes of the house are told."""
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_BASE_URL": BASE,
        "MESSAGE_TRANSPORT": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": line.auth_token,
        "TWILIO_API_BASE": line.address,
        "TWILIO_TIMEOUT_SECONDS": "1",
        "QUIET_HOURS": "0",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "KESHET_DEMO": "1",
        "RATELIMIT_ENABLED": "0",
        "PHOTO_DIR": str(settings.photo_dir),
    }


@pytest.fixture(scope="session")
def web(environment, tmp_path_factory):
    """The web as it is run; yields its port and the pid of its master."""
    port = free_port()
    words = f"-m gunicorn wsgi:app --preload --bind 127.0.0.1:{port} --worker-class gthread --workers 2 --threads 4 --log-level error"
    with (tmp_path_factory.mktemp("faults") / "web.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *words.split()], env=environment, cwd=ROOT, stdout=log, stderr=log)  # fmt: skip
        wait_for(port, process)
        yield port, process.pid
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def nursery(environment, tmp_path_factory):
    """The process that forks workers and sweeps."""
    log = (tmp_path_factory.mktemp("faults") / "workers.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("process.py"))],
        env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
    )  # fmt: skip
    yield process
    process.stdin.close()
    process.wait(10)
    process.stdout.close()
    log.close()


class House:
    """What a fault may do, and what must hold after it."""

    def __init__(self, nursery, line, servers, app, owner, said, seed):
        self.nursery, self.line, self.servers, self.app, self.owner, self._said = nursery, line, servers, app, owner, said  # fmt: skip
        self.chance, self.keys, self.pids, self.cut = random.Random(seed), [], [], 0
        self.superuser_url, self.redis = servers.superuser_url, redis.Redis.from_url(servers.redis_url)

    def start(self, kind, moment="never"):
        """Start a worker or a sweep; return its pid."""
        self.nursery.stdin.write(f"{kind} {moment}\n")
        self.nursery.stdin.flush()
        self.pids.append(int(self.nursery.stdout.readline()))
        return self.pids[-1]

    def start_all(self, workers=2):
        return self.start("sweep"), [self.start("worker") for _ in range(workers)]

    def report(self, count=1, **parts):
        """Receive reports, each of another person as a rule; what returns is acknowledged."""
        for _ in range(count):
            phone = f"+97250{self.chance.randrange(2_100_000, 4_000_000)}"
            said = self._said(**{"phone": phone, **parts})
            receive_report(said, Actor("resident"))
            self.keys.append(said.submission_key)

    def receive(self, said):
        """Receive one report in the present thread."""
        with work.tenant(1):
            return receive_report(said, Actor("resident"))

    def post(self, port, key, seconds=20):
        """Post one report to the web under a key of the caller's; return the answer's status, 0 for none, and the seconds."""
        phone = f"050{int(key, 16) % 10**7:07d}"
        form = {"api_key": "demo", "service_code": "RD-POTHOLE", "description": "בור", "attribute[position]": "lane", "phone": phone, "address_string": "הרצל 5"}  # fmt: skip
        url = f"http://127.0.0.1:{port}/open311/v2/requests.json"
        asked = urllib.request.Request(url, urlencode(form).encode(), {"Idempotency-Key": key})
        began = time.monotonic()
        try:
            with urllib.request.urlopen(asked, timeout=seconds) as answer:
                answer.read()
                return answer.status, time.monotonic() - began
        except urllib.error.HTTPError as error:
            error.close()
            return error.code, time.monotonic() - began
        except (OSError, http.client.HTTPException):
            return 0, time.monotonic() - began

    def acknowledged(self, key):
        """Remember that a report under the key was taken: there must be exactly one."""
        with self.owner.connect() as connection:
            found = connection.execute(text("SELECT submission_key FROM reports WHERE submission_key LIKE :key"), {"key": f"%{key}"})  # fmt: skip
            self.keys.append(found.scalars().one())

    def rows(self, where="true"):
        with self.owner.connect() as connection:
            return connection.execute(text(f"SELECT * FROM messages WHERE {where} ORDER BY created_at, id")).all()  # fmt: skip

    def until(self, is_so, seconds=25, what="it"):
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, f"{what} did not come: {Counter((row.state, row.reason, row.error_code) for row in self.rows())}"  # fmt: skip
            time.sleep(0.05)

    def callback(self, kept, status, code=None, **changed):
        """Report a status at our own door, signed. Returns the answer's status."""

        def post(path, form, headers):
            return self.app.test_client(use_cookies=False).post(path, data=form | changed, headers=headers)

        return self.line.call_back(post, kept, status, code).status_code

    def hear(self, form):
        """Let the carrier hand over what a person wrote, signed. Returns the answer's status."""
        path = "/hooks/twilio/inbound"
        signature = RequestValidator(self.line.auth_token).compute_signature(BASE + path, form)
        door = self.app.test_client(use_cookies=False)
        return door.post(path, data=form, headers={"X-Twilio-Signature": signature}).status_code

    def count(self, table):
        with self.owner.connect() as connection:
            return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()

    def end(self, pid, how=signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, how)

    def stop_all(self):
        """Kill all that was started, and wait until it is gone."""
        for pid in self.pids:
            self.end(pid)
        end = time.monotonic() + 5
        while any(map(self.is_alive, self.pids)) and time.monotonic() < end:
            time.sleep(0.02)

    def change(self, statement):
        with self.owner.begin() as connection:
            connection.execute(text(statement))

    def is_alive(self, pid):
        return Path(f"/proc/{pid}").exists()

    @contextmanager
    def every(self, seconds, act):
        """Do something again and again beside the block."""
        over = threading.Event()

        def go():
            while not over.wait(seconds):
                act()

        thread = threading.Thread(target=go)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def cut_connections(self):
        """End a random connection of the product's to the database from outside; count it."""
        with psycopg.connect(self.superuser_url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'keshet' ORDER BY random() LIMIT 1"
            ).fetchall()
        self.cut += len(found)

    def settled(self, *, duplicates=0):
        """Wait until every message rests, then hold everything against the carrier's ledger and the history."""
        self.until(lambda: all(row.state in ENDED for row in self.rows()), what="rest")
        with self.owner.connect() as connection:
            found = connection.execute(text("SELECT submission_key, count(*) FROM reports GROUP BY 1")).all()
            tickets = connection.execute(text("SELECT count(*) FROM tickets")).scalar_one()
        assert dict.fromkeys(self.keys, 1) == {key: count for key, count in found if key in self.keys}
        assert tickets == len(found)
        rows = self.rows()
        taken = Counter((kept.form["To"], kept.form["Body"]) for kept in self.line.ledger)
        for row in rows:
            times = taken.pop((row.address, row.body), 0)
            assert times <= 1 + row.is_possible_duplicate, (row.state, row.reason, times)
            if row.state in {"accepted", "sent", "delivered"}:
                assert times >= 1
                assert row.provider_id in {kept.sid for kept in self.line.ledger}
        assert not taken, "the carrier has what we never wrote"
        assert sum(row.is_possible_duplicate for row in rows) <= duplicates
        verified = verify_history()
        assert verified.count == 0, verified.places
        return Counter(row.state for row in rows)


@pytest.fixture
def house(nursery, line, servers, app, owner, said, seed):
    """A house at rest; all that it started is killed after the test."""
    line.ledger.clear()
    line.seen.clear()
    line._answers.clear()
    line.usual, line.listed_after_seconds = "ok", 0
    usual = config.current()
    config.use(replace(usual, twilio_auth_token=line.auth_token, public_base_url=BASE))
    house = House(nursery, line, servers, app, owner, said, seed)
    house.redis.flushall()
    yield house
    house.stop_all()
    house.redis.close()
    config.use(usual)
