"""Servers, cities and processes for measuring: an embedded PostgreSQL and Valkey, databases of wanted sizes, gunicorn as run."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench import floor
from service_desk.local.plan import WEB_THREADS, WEB_WORKERS
from service_desk.local.state import free_port

ROOT = Path(__file__).resolve().parent.parent
SERVICE_DESK = (sys.executable, "-m", "service_desk")


def made_by(*folders):
    """Return a short mark of these folders' contents."""
    mark = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                mark.update(path.read_bytes())
    return mark.hexdigest()[:8]


class Stage:
    """Running servers and what is started on them. folder: holds photos and logs of this run."""

    def __init__(self, servers, folder):
        self.servers, self.folder = servers, folder
        self._secret = secrets.token_hex(32)

    def environment(self, database_url, **more):
        """Return the environment of the product's processes on this database, without rate limits and request logs."""
        keep = {
            key: value
            for key, value in os.environ.items()
            if key in {"PATH", "HOME", "LANG", "LD_LIBRARY_PATH"}
        }
        metrics = self.folder / "metrics"
        metrics.mkdir(exist_ok=True)
        return keep | {
            "DATABASE_URL": database_url,
            "REDIS_URL": self.servers.redis_url,
            "SECRET_KEY": self._secret,
            "KESHET_DEMO": "1",
            "QUIET_HOURS": "0",
            "MESSAGE_TRANSPORT": "sandbox",
            "RATELIMIT_ENABLED": "0",
            "PHOTO_DIR": str(self.folder / "photos"),
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            "PYTHONPATH": str(ROOT),
            **more,
        }

    def cached_city(self, tickets):
        """Return the address of a founded city with so many lean tickets: made once, kept between runs while nothing about it changed."""
        name = f"city_{tickets}_{made_by('migrations/versions', 'service_desk/flow/demo', 'service_desk/city/seed', 'service_desk/catalog/seed')}"
        if self._has(name):
            return self._address(name)
        self._drop_like(
            rf"city\_{tickets}\_%"
        )  # an underscore alone would be any sign, and a larger city go too
        print(f"  … a city of {tickets:,} tickets is made (once)", flush=True)
        url = self.servers.create_database(f"{name}_new")
        env = self.environment(url)
        self._run(
            env,
            sys.executable,
            "-m",
            "alembic",
            "-c",
            str(ROOT / "migrations" / "alembic.ini"),
            "upgrade",
            "head",
        )
        self._run(env, *SERVICE_DESK, "seed", "rehovot")
        if tickets:
            self._run(env, *SERVICE_DESK, "seed", "demo", "--tickets", str(tickets), "--lean")
        self._as_superuser(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
        return self._address(name)

    def fresh_city(self, tickets):
        """Return the address of a copy of that city, for measures that write; only the latest copy is kept."""
        self.cached_city(tickets)
        self._drop_like("fresh_%")
        name = f"fresh_{secrets.token_hex(4)}"
        template = next(
            each
            for each in self._names()
            if each.startswith(f"city_{tickets}_") and not each.endswith("_new")
        )
        return self.servers.create_database(name, template)

    def multiplied_city(self, name, tickets, fill):
        """Return the address of the database of that name: a copy of the city of so many tickets, filled by fill(url) once."""
        if not self._has(name):
            self.cached_city(tickets)
            template = next(
                each
                for each in self._names()
                if each.startswith(f"city_{tickets}_") and not each.endswith("_new")
            )
            fill(self.servers.create_database(f"{name}_new", template))
            self._as_superuser(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
        return self._address(name)

    def kept_city(self, name, others, fill):
        """Return the address of the database of that name: a founded city filled by fill(url) once. others: LIKE pattern of its older kin."""
        if not self._has(name):
            self._drop_like(others)
            self.cached_city(0)
            founded = next(
                each for each in self._names() if each.startswith("city_0_") and not each.endswith("_new")
            )
            fill(self.servers.create_database(f"{name}_new", founded))
            self._as_superuser(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
        return self._address(name)

    def floor(self, rows):
        """Return the address of a database with the floor's table of so many rows: made once."""
        name = f"floor_{rows}"
        if not self._has(name):
            floor.fill(self.servers.create_database(f"{name}_new"), rows)
            self._as_superuser(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
        return self._address(name)

    def _address(self, name):
        return self.servers.postgres.url(name)

    def _names(self):
        with psycopg.connect(self.servers.superuser_url) as connection:
            return [name for (name,) in connection.execute("SELECT datname FROM pg_database")]

    def _has(self, name):
        self._drop_like("%_new")
        return name in self._names()

    def _drop_like(self, pattern):
        with psycopg.connect(self.servers.superuser_url) as connection:
            found = connection.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s", (pattern,)
            ).fetchall()
        for (name,) in found:
            self._as_superuser(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _as_superuser(self, statement):
        with psycopg.connect(self.servers.superuser_url, autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, env, *words):
        done = subprocess.run(words, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{done.stderr[-3000:]}")

    @contextmanager
    def web(self, app, env, *, workers=WEB_WORKERS):
        """Run an app under gunicorn exactly as `make run` does; yields its port and the master's pid."""
        port = free_port()
        words = (
            f"-m gunicorn {app} --preload --bind 127.0.0.1:{port} --worker-class gthread --workers {workers}"
        )
        words += f" --threads {WEB_THREADS} --timeout 60 --graceful-timeout 4 --no-control-socket --log-level warning"
        if app != "wsgi:app":
            words += " --config python:bench"  # a floor is without what ours is set up with
        with (self.folder / "web.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words.split()], env=env, cwd=ROOT, stdout=log, stderr=log
            )
        try:
            wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(port, process, seconds=40):
    """Wait until something answers on the port. Raises SystemExit when its process ended or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(
                f"a web under measure ended with {process.returncode}; see the log in the bench folder"
            )
        try:
            with socket.create_connection(("127.0.0.1", port), 0.5):
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("a web under measure did not answer")


def children_of(pid):
    """Return the pids of a process's children."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_mb(pid):
    """Return the resident memory of a process (MB)."""
    line = next(
        each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS")
    )
    return int(line.split()[1]) / 1024
