"""A house under fire: real workers and sweeps on a real PostgreSQL and Valkey, a carrier with a ledger, and the oracle."""

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from fake_carrier import Carrier
from fake_carrier.carrier import ACCOUNT
from fault_doors import BASE, Doors
from fault_house import House

from bench.stage import wait_for
from service_desk import config
from service_desk.local.state import free_port

ROOT = Path(__file__).resolve().parents[2]
#: how often each fault is tried; 0: a usual run, see below
SEEDS = int(os.environ.get("FAULT_SEEDS", "0"))
_survived, _broken = Counter(), Counter()


def pytest_generate_tests(metafunc):
    """Draw the seeds of a fault. A usual run tries each fault twice, and each variant of one once."""
    if "seed" not in metafunc.fixturenames:
        return
    # Workers of one run must draw the same seeds, or they do not collect the same tests.
    # A usual run draws the usual seeds, so that what it says of a change is of the change; `make faults` draws new ones.
    drawn = os.environ.get("PYTEST_XDIST_TESTRUNUID") or random.randrange(10**9)
    chance = random.Random(drawn if SEEDS else "usual")
    has_variants = metafunc.definition.get_closest_marker("parametrize") is not None
    seeds = [chance.randrange(10**9) for _ in range(SEEDS or 2 - has_variants)]
    if "flood" in metafunc.fixturenames:  # the first of many is the great one
        sizes = [10_000, *[900] * (SEEDS - 1)] if SEEDS > 2 else [900]
        metafunc.parametrize(("seed", "flood"), list(zip(seeds, sizes, strict=False)))
    else:
        metafunc.parametrize("seed", seeds)


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
    with Carrier(slow_seconds=1.5, retry_after_seconds=1) as carrier:
        yield carrier


@pytest.fixture(scope="session")
def figures(tmp_path_factory):
    """Where the processes leave their figures for Prometheus."""
    return tmp_path_factory.mktemp("figures")


@pytest.fixture(scope="session")
def environment(settings, founded, servers, line, figures):
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
        "TWILIO_WHATSAPP_SENDER": "+97289392223",
        "QUIET_HOURS": "0",
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
        "KESHET_DEMO": "1",
        "RATELIMIT_ENABLED": "0",
        "PHOTO_DIR": str(settings.photo_dir),
    }


@pytest.fixture(scope="session")
def web(environment, line, tmp_path_factory):
    """The web as it is run, for the session."""
    port = free_port()
    words = f"-m gunicorn wsgi:app --preload --bind 127.0.0.1:{port} --worker-class gthread --workers 2 --threads 4 --log-level error"
    with (tmp_path_factory.mktemp("faults") / "web.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, *words.split()], env=environment, cwd=ROOT, stdout=log, stderr=log)  # fmt: skip
        wait_for(port, process, 300)
        yield Doors(port, process.pid, line)
        process.terminate()
        process.wait(40)


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
    process.wait(40)
    process.stdout.close()
    log.close()


@pytest.fixture
def house(nursery, line, servers, app, owner, said, seed, figures):
    """A house at rest; all that it started is killed after the test."""
    line.ledger.clear()
    line.seen.clear()
    line._answers.clear()
    line.answers_to.clear()
    line.usual, line.listed_after_seconds, line.is_down = "ok", 0, False
    line.answers.set()
    usual = config.current()
    config.use(replace(usual, twilio_account_sid=ACCOUNT, twilio_auth_token=line.auth_token, public_base_url=BASE))  # fmt: skip
    house = House(nursery, line, servers, app, owner, said, seed, figures)
    house.redis.flushall()
    yield house
    house.stop_all()
    house.redis.close()
    config.use(usual)


@pytest.fixture
def hasty(house):
    """A house whose leases and patience with the carrier end within seconds: for faults that are about them."""
    house.is_hasty = True
    return house
