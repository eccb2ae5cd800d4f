"""Keep the city's processes running: start, watch, restart with back-off, stop in order."""

from __future__ import annotations

import http.client
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from service_desk.local.processes import Child, Service, stop_leftover
from service_desk.local.state import Trouble

if TYPE_CHECKING:
    import threading

    from service_desk.local.console import Console
    from service_desk.local.state import StateFolder

#: Pauses before the first, second … restart (s); a process that then lives a minute starts over at the first.
BACK_OFF_SECONDS = (0.2, 1.0, 3.0, 10.0, 30.0)
_HEALTHY_SECONDS = 60.0
_WEB_SECONDS = 60.0
_LOOK_SECONDS = 0.2


class Server(Protocol):
    """An embedded server: what the supervisor needs of it."""

    name: str
    child: Child | None

    def start(self) -> None:
        """Start it on its data. Raises Trouble."""

    def stop(self) -> None:
        """Shut it down cleanly."""


class _Restarts:
    """How often a process was restarted lately, and when it may be again."""

    def __init__(self) -> None:
        self.count, self.due_at, self.is_waiting = 0, 0.0, False

    def plan(self, lived_seconds: float) -> float:
        """Return the pause before the next start (s)."""
        self.count = 0 if lived_seconds > _HEALTHY_SECONDS else self.count
        pause = BACK_OFF_SECONDS[min(self.count, len(BACK_OFF_SECONDS) - 1)]
        self.count, self.due_at, self.is_waiting = self.count + 1, time.monotonic() + pause, True
        return pause


class Supervisor:
    """The processes of one start, in the order in which they were started."""

    def __init__(self, state: StateFolder, console: Console, stopping: threading.Event) -> None:
        self.state, self.console, self.stopping = state, console, stopping
        self.servers: list[Server] = []
        self.children: dict[str, Child] = {}
        self._restarts: dict[str, _Restarts] = {}

    def clear_leftovers(self) -> None:
        """Stop what a killed launcher left behind, doors first."""
        marks = self.state.recall("children", {})
        found = [name for name in sorted(marks, key=_stop_order) if stop_leftover(marks[name])]
        if found:
            self.console.say(f"  Stopped what the last run had left: {', '.join(found)}")
        self.state.remember(children=None)

    def start(self, service: Service) -> Child:
        """Start one process and remember it."""
        child = Child(service, self.state.log(service.name))
        self.children[service.name] = child
        self._note({name: each.mark for name, each in self.children.items()})
        return child

    def _note(self, marks: dict[str, Any] | None) -> None:
        """Remember who runs, for the next launcher. A disk that filled up meanwhile must not stop the city."""
        with suppress(OSError):
            self.state.remember(children=marks)

    def wait_for_web(self, child: Child, port: int) -> None:
        """Wait for the web's first answer. Raises Trouble with its last lines if it ends instead."""
        end = time.monotonic() + _WEB_SECONDS
        while not self.stopping.is_set() and not _answers(port):
            if not child.is_alive() or time.monotonic() > end:
                self.console.warn("The web did not start; its last lines:", child.tail(12))
                how = "no answer" if child.is_alive() else child.ending()
                raise Trouble(f"The web did not start ({how}); everything it said is in {child.log}")
            self.stopping.wait(0.05)

    def watch(self) -> None:
        """Look after all processes until asked to stop."""
        while not self.stopping.wait(_LOOK_SECONDS):
            for server in self.servers:
                if server.child is not None:
                    self._look(server.name, server.child, server)
            for name, child in list(self.children.items()):
                self._look(name, child, child.service)

    def _look(self, name: str, child: Child, what: Server | Service) -> None:
        restarts = self._restarts.setdefault(name, _Restarts())
        if child.is_alive():
            return
        if not restarts.is_waiting:
            child.end_group()
            pause = restarts.plan(time.monotonic() - child.started_at)
            self.console.warn(
                f"{name} ended ({child.ending()}); starting it again in {pause:g} s. Its last lines:",
                child.tail(),
            )
        elif time.monotonic() >= restarts.due_at:
            restarts.is_waiting = False
            try:
                self.start(what) if isinstance(what, Service) else what.start()
            except (
                Trouble,
                OSError,
            ) as error:  # a full disk, no process to be had: the next look plans another try
                self.console.warn(f"{name} could not be started again. {error}.")
            else:
                self.console.say(f"  {name} started again")

    def stop(self) -> None:
        """Stop everything: web, timers, workers, then Valkey and PostgreSQL."""
        for name in sorted(self.children, key=_stop_order):
            with suppress(ProcessLookupError):
                self.children[name].stop()
        for server in reversed(self.servers):
            server.stop()
        self._note(None)


def _stop_order(name: str) -> int:
    """Return the place of a process in the order of stopping: doors, clocks, then those who finish work."""
    order = ("web", "timers", "worker")
    return order.index(name) if name in order else len(order)


def _answers(port: int) -> bool:
    """Say whether the web answers with its first page, for which it loads the city: before helpers want the processors too."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/", headers={"Connection": "close"})
        connection.getresponse().read()
        return True
    connection.close()
    return False
