"""One line of the examination."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """level: ok, warn or FAIL. what: was looked at; found: in words; mend: what to do, empty when it is well."""

    level: str
    what: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        """Return the line as it is printed."""
        line = f"{self.level:<4}  {self.what}: {self.found}"
        return f"{line}\n      → {self.mend}" if self.mend else line


def ok(what: str, found: str) -> Finding:
    """Return a finding that is well."""
    return Finding("ok", what, found)


def warn(what: str, found: str, mend: str) -> Finding:
    """Return a finding that will hurt one day."""
    return Finding("warn", what, found, mend)


def fail(what: str, found: str, mend: str) -> Finding:
    """Return a finding that hurts now."""
    return Finding("FAIL", what, found, mend)
