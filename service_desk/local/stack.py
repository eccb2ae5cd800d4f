"""One start of the whole city, from the locked state folder to the clean stop; and the servers alone, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk import config
from service_desk.local import metrics
from service_desk.local.external import check_database, check_redis
from service_desk.local.plan import environment, keshet_plan
from service_desk.local.postgres import Postgres
from service_desk.local.prepare import Preparation
from service_desk.local.state import InUse, StateFolder, Trouble, port_trouble
from service_desk.local.supervisor import Supervisor
from service_desk.local.valkey import Valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from service_desk.local.console import Console
    from service_desk.local.plan import Plan
    from service_desk.local.supervisor import Server


@dataclass(frozen=True)
class Servers:
    """Running servers. database_url: as the owner of `keshet` (no superuser); superuser_url: of database `postgres`."""

    database_url: str
    superuser_url: str
    redis_url: str
    postgres: Postgres
    valkey: Valkey

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database owned by `keshet`, with the extensions, or as a copy of a template; return its address."""
        return self.postgres.create_database(name, template)


def _start_together(*servers: Server) -> None:
    """Start servers side by side. The first trouble is raised after all have ended their attempt."""
    with ThreadPoolExecutor(len(servers) or 1) as pool:
        waits = [pool.submit(server.start) for server in servers]
    for wait in waits:
        wait.result()


@contextmanager
def embedded_servers(folder: Path, *, lasting: bool = False) -> Iterator[Servers]:
    """Start PostgreSQL and Valkey with their data in the folder, and stop them at the end.

    lasting: keep the data where `nobody` had to keep them (tests under a private folder leave nothing behind).
    Raises Trouble.
    """
    with StateFolder(folder) as state, ExitStack() as ending:
        postgres, valkey = Postgres(state, lasting=lasting), Valkey(state)
        ending.callback(postgres.place.remove_aside)
        ending.callback(postgres.stop)
        ending.callback(valkey.stop)
        _start_together(postgres, valkey)
        yield Servers(postgres.url(), postgres.url("postgres", superuser=True), valkey.url, postgres, valkey)


class Stack:
    """One start of the city. root: the checkout; environ: what the operator set; plan: what is run (tests give their own)."""

    def __init__(
        self,
        root: Path,
        state: StateFolder,
        console: Console,
        *,
        environ: Mapping[str, str] | None = None,
        plan: Callable[[Path, Mapping[str, str], int], Plan] = keshet_plan,
    ) -> None:
        self.root, self.state, self.console, self.make_plan = root, state, console, plan
        self.environ = dict(os.environ if environ is None else environ)
        self.stopping = threading.Event()
        self.supervisor = Supervisor(state, console, self.stopping)
        self.postgres: Postgres | None = None

    def run(self, port: int) -> None:
        """Run the city until a signal asks it to stop. Raises Trouble."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if (
                number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
            ):  # nohup keeps its meaning
                signal.signal(number, lambda *_: self.stopping.set())
        try:
            self.supervisor.clear_leftovers()
            if trouble := port_trouble(port):
                raise Trouble(trouble)
            self.state.remember(
                launcher={"pid": os.getpid(), "port": port, "url": f"http://127.0.0.1:{port}/"}
            )
            self._open(port)
            self.supervisor.watch()
        finally:
            self._close()

    def servers(self) -> tuple[str, str]:
        """Start the servers that the operator has not named; return the addresses of database and queue."""
        database_url, redis_url = self.environ.get("DATABASE_URL", ""), self.environ.get("REDIS_URL", "")
        if database_url:
            check_database(database_url)
        if redis_url:
            check_redis(redis_url)
        self.postgres = None if database_url else Postgres(self.state)
        valkey = None if redis_url else Valkey(self.state)
        self.supervisor.servers = [server for server in (self.postgres, valkey) if server]
        names = " and ".join(server.name for server in self.supervisor.servers)
        if names:
            with self.console.step(f"{names} started"):
                _start_together(*self.supervisor.servers)
        return database_url or (self.postgres.url() if self.postgres else ""), redis_url or (
            valkey.url if valkey else ""
        )

    def load(self, port: int) -> tuple[Plan, Mapping[str, str], Preparation]:
        """Start the servers; return what is to run on them, the environment, and who prepares. Raises Trouble."""
        self._check_settings(port)
        metrics.make_fresh(self.state)
        (self.state.path / "photos").mkdir(exist_ok=True)
        env = environment(self.state, *self.servers(), port, self.environ)
        preparation = Preparation(self.root, self.state, self.console, self.stopping, self.postgres)
        return self.make_plan(self.root, env, port), env, preparation

    def _check_settings(self, port: int) -> None:
        """Read the operator's settings as the city's processes will, before anything is started. Raises Trouble."""
        try:
            config.read(environment(self.state, "postgresql://", "", port, self.environ))
        except config.BadConfiguration as error:
            raise Trouble(str(error)) from None

    def _open(self, port: int) -> None:
        """Start everything in order; return early when asked to stop."""
        plan, env, preparation = self.load(port)
        preparation.perform([step for step in plan.steps if not step.is_beside_web], env)
        if self.stopping.is_set():
            return
        with self.console.step(f"Web started on port {port}"):
            web = self.supervisor.start(plan.web)
            preparation.perform([step for step in plan.steps if step.is_beside_web], env)
            self.supervisor.wait_for_web(web, port)
        if self.stopping.is_set():
            return
        for service in plan.helpers:
            self.supervisor.start(service)
        if plan.helpers:
            self.console.say(
                f"  {' and '.join(service.name.capitalize() for service in plan.helpers)} started"
            )
        title = f"Keshet is open after {self.console.seconds():.1f} s. Data and logs: {self.state.path}"
        self.console.panel(title, plan.addresses)
        self.console.close_panel(preparation.logins(plan.logins, env))

    def _close(self) -> None:
        """Stop everything that runs, and say so."""
        running = bool(self.supervisor.children or self.supervisor.servers)
        if running:
            self.console.say("\nStopping …")
        self.supervisor.stop()
        with suppress(OSError):
            metrics.remove(self.state)
            self.state.remember(launcher=None)
        if running:
            self.console.say("Stopped; the data are kept.")


def execute(root: Path, folder: Path, argv: Sequence[str], console: Console, port: int) -> int:
    """Run one command on a prepared city: the one that runs now, or else one started for it. Returns its exit code."""
    try:
        with StateFolder(folder) as state:
            stack = Stack(root, state, console)
            try:
                stack.supervisor.clear_leftovers()
                plan, env, preparation = stack.load(port)
                preparation.perform(plan.steps, env)
                return subprocess.call(argv, cwd=root, env=env)
            finally:
                stack.supervisor.stop()
                metrics.remove(state)
    except InUse:
        return subprocess.call(argv, cwd=root, env=running_environment(folder, port))


def running_environment(folder: Path, port: int) -> dict[str, str]:
    """Return the environment of the city that another launcher runs with this state folder."""
    state = StateFolder(folder)
    postgres, valkey = Postgres(state), Valkey(state)
    postgres.port, valkey.port = state.recall("postgres_port", 0), state.recall("valkey_port", 0)
    urls = os.environ.get("DATABASE_URL") or postgres.url(), os.environ.get("REDIS_URL") or valkey.url
    return environment(state, *urls, state.recall("launcher", {}).get("port", port))
