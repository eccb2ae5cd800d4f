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

    On an embedded database a step is left out when its input and the database are what they were after it last ran;
    on another database every step runs each time, since others may have changed it.
    """

    def __init__(
        self,
        root: Path,
        state: StateFolder,
        console: Console,
        stopping: threading.Event,
        postgres: Postgres | None,
    ) -> None:
        self.root, self.state, self.console, self.stopping, self.postgres = (
            root,
            state,
            console,
            stopping,
            postgres,
        )
        self._print: str | None = None

    def perform(self, step: Step, env: Mapping[str, str]) -> None:
        """Run one step, unless nothing changed since it last did. Raises Trouble."""
        done = self.state.recall("done", {})
        if self.stopping.is_set() or (self.postgres and done.get(step.name) == self._stamp(step)):
            return
        log = self.state.log(step.name)
        with self.console.step(step.says):
            code = self._run(step, env, log)
        self._print = None
        if code == 0:
            self.state.remember(done={**done, step.name: self._stamp(step)})
        elif step.is_needed and not self.stopping.is_set():
            self._give_up(step, code, log)

    def _stamp(self, step: Step) -> list[str]:
        if self._print is None:
            self._print = self.postgres.fingerprint() if self.postgres else ""
        return [step.digest(), self._print]

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
        """Return the lines that the step printed, now or at an earlier start; none when it cannot say."""
        if step is None:
            return ()
        self.perform(step, env)
        if step.name not in self.state.recall("done", {}):
            return ()
        with suppress(OSError):
            return ["", *self.state.log(step.name).read_text(encoding="utf-8").splitlines()]
        return ()
