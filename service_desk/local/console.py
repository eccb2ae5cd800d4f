"""What the person who typed `make run` reads: one line per thing started, then where to go and how to log in."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BOLD, _DIM, _RED, _PLAIN = "\033[1m", "\033[2m", "\033[31m", "\033[0m"


class Console:
    """Plain lines on a stream; colour only on a terminal."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.begun = time.monotonic()
        self._colour = self.out.isatty()

    def _paint(self, text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if self._colour else text

    def say(self, line: str = "") -> None:
        """Print one line at once. A reader that has gone away (a closed window) does not stop the city."""
        try:
            self.out.write(line + "\n")
            self.out.flush()
        except (OSError, ValueError):
            return

    def warn(self, line: str, details: Sequence[str] = ()) -> None:
        """Print what went wrong, with the last lines of the log under it."""
        self.say(self._paint(line, _RED))
        for detail in details:
            self.say(self._paint(f"    {detail}", _DIM))

    def seconds(self) -> float:
        """Return the time since the launcher began (s)."""
        return time.monotonic() - self.begun

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Print what was done and how long it took, once it is done."""
        begun = time.monotonic()
        yield
        self.say(f"  {what:<44}{self._paint(f'{time.monotonic() - begun:5.1f} s', _DIM)}")

    def panel(self, title: str, addresses: Sequence[tuple[str, str]]) -> None:
        """Print where to go, each address with whom it is for."""
        self.say()
        self.say(self._paint(title, _BOLD))
        width = max((len(who) for who, _ in addresses), default=0)
        for who, address in addresses:
            self.say(f"  {who:<{width}}  {self._paint(address, _BOLD)}")
        self.say()

    def close_panel(self, notes: Sequence[str]) -> None:
        """Print notes such as the demo logins, and how to stop."""
        for note in notes:
            self.say(f"  {note}".rstrip())
        self.say()
        self.say("Ctrl-C stops everything; the data stay.")
