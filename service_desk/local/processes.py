"""Processes that we start: where their output goes, whether they live, how they are stopped, which are left over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class Service:
    """A program to keep running. env: the whole environment; grace_seconds: what it gets to finish its work."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(repr=False)
    #: The folder it works in.
    folder: Path = Path("/")
    grace_seconds: float = 8
    #: The signal that asks it to stop.
    stop_signal: signal.Signals = signal.SIGTERM


def birth(pid: int) -> str | None:
    """Return a mark of when this process began, or None if it is not alive. Two lives of a pid differ."""
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _birth_by_ps(pid)
    try:
        after_name = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if after_name[0] in "ZX" else after_name[19]


def _birth_by_ps(pid: int) -> str | None:
    said = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, began = said.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else began.strip()


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until the condition holds, at most so many seconds. Returns whether it does."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def stop_leftover(
    mark: Mapping[str, Any], *, ask: signal.Signals = signal.SIGTERM, seconds: float = 8
) -> bool:
    """Stop a process of an earlier launcher that was killed. mark: {"pid", "birth"}. Returns whether there was one.

    A pid that now belongs to another program is left alone. The whole process group goes: a killed gunicorn master
    leaves its workers on the port.
    """
    pid, born = int(mark.get("pid", 0)), mark.get("birth")
    if pid <= 1 or birth(pid) != born:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, ask)
    if not wait_until(lambda: birth(pid) != born, seconds):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        wait_until(lambda: birth(pid) != born, 2)
    return True


def plain(line: str) -> str:
    """Return a line of the log in words for the console: level, event, error; any other line as it is."""
    try:
        told = json.loads(line)
    except ValueError:
        return line
    if not isinstance(told, dict) or "event" not in told:
        return line
    errors = [f"{each['exc_type']}: {each['exc_value']}" for each in told.get("exception") or ()]
    return "; ".join([f"{told.get('level', '')}: {told['event']}", *errors])


class Child:
    """A running service: its process and its log."""

    def __init__(self, service: Service, log: Path, **popen: Any) -> None:
        """Start it in its own session, so that Ctrl-C reaches only the launcher. popen: more for Popen."""
        self.service, self.log = service, log
        with log.open("ab") as out:
            self._log_begins = out.tell()
            popen.setdefault("stdin", subprocess.DEVNULL)
            self.process = subprocess.Popen(
                service.argv,
                env=dict(service.env),
                cwd=service.folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **popen,
            )
        self.started_at = time.monotonic()

    @property
    def mark(self) -> dict[str, Any]:
        """Return what finds this process again after the launcher was killed."""
        return {"pid": self.process.pid, "birth": birth(self.process.pid)}

    def is_alive(self) -> bool:
        """Say whether the process runs."""
        return self.process.poll() is None

    def output(self) -> str:
        """Return what it has written since it was started."""
        with suppress(OSError), self.log.open("rb") as log:
            log.seek(self._log_begins)
            return log.read().decode("utf-8", "replace")
        return ""

    def tail(self, lines: int = 8) -> list[str]:
        """Return its last lines that are not blank, those of the log in words."""
        return [plain(line) for line in self.output().splitlines() if line.strip()][-lines:]

    def ending(self) -> str:
        """Say how it ended: «exit code 3» or «killed by SIGKILL»."""
        code = self.process.returncode
        if code is not None and code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"exit code {code}"

    def stop(self) -> None:
        """Ask it to stop, wait its grace, then end its whole group."""
        if self.is_alive():
            self.process.send_signal(self.service.stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.service.grace_seconds)
        self.end_group()
        self.process.wait()

    def end_group(self) -> None:
        """Kill whatever is left of its process group (children of a process that died)."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
