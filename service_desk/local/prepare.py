"""What is done to the database before the web opens: each step once, and again only when its input changed."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

from service_desk.local.state import Trouble, why

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from service_desk.local.console import Console
    from service_desk.local.plan import Step
    from service_desk.local.postgres import Postgres
    from service_desk.local.state import StateFolder


class Preparation:
    """The steps of one start. postgres: the embedded server, or None when the operator runs his own.

    On an embedded database a step is left out when its input is what it was after it last ran, and the database is
    still the one it ran on; on another database every step runs each time, since others may have changed it.
    """

    def __init__(
        self,
        root: Path,
        state: StateFolder,
        console: Console,
        stopping: threading.Event,
        postgres: Postgres | None,
    ) -> None:
        self.root, self.state, self.console, self.stopping = root, state, console, stopping
        self.postgres = postgres
        if postgres is None or state.recall("database") != postgres.fingerprint():
            state.remember(done=None, database=None)

    def perform(self, steps: Sequence[Step], env: Mapping[str, str]) -> None:
        """Run the steps in order, but for those that nothing changed for. Raises Trouble."""
        performed = [step for step in steps if self._perform(step, env)]
        if performed and self.postgres and not self.stopping.is_set():
            self.state.remember(database=self.postgres.fingerprint())

    def _perform(self, step: Step, env: Mapping[str, str]) -> bool:
        """Run one step if it is due; return whether it was run. Raises Trouble."""
        done = self.state.recall("done", {})
        if self.stopping.is_set() or done.get(step.name) == step.digest():
            return False
        log = self.state.log(step.name)
        with self.console.step(step.says):
            code = self._run(step, env, log)
        if code == 0:
            self.state.remember(done={**done, step.name: step.digest()})
        elif step.is_needed and not self.stopping.is_set():
            self._give_up(step, code, log)
        return True

    def _run(self, step: Step, env: Mapping[str, str], log: Path) -> int:
        """Run the command to its end, or until we are asked to stop; return its exit code."""
        with log.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                step.argv,
                cwd=self.root,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        while process.poll() is None:
            if self.stopping.wait(0.02):
                process.terminate()
                break
        return process.wait()

    def _give_up(self, step: Step, code: int, log: Path) -> None:
        lines = [
            line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()
        ]
        if known := why("".join(lines[-30:]), self.state.path):
            raise Trouble(known)
        self.console.warn(f"«{step.name}» failed; its last lines:", lines[-8:])
        raise Trouble(f"«{step.name}» failed with exit code {code}; everything it said is in {log}")

    def logins(self, step: Step | None, env: Mapping[str, str]) -> Sequence[str]:
        """Return the lines that the step printed, now or at an earlier start; none when it cannot say.

        The city is open by now: a disk that filled up meanwhile must not close it.
        """
        if step is None:
            return ()
        with suppress(OSError):
            self.perform([step], env)
            if step.name not in self.state.recall("done", {}):
                return ()
            return self.state.log(step.name).read_text(encoding="utf-8").splitlines()
        return ()
