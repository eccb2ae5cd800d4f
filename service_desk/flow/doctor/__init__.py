"""The installation is examined: what is well, what to watch, what to mend, and how. Works without a running app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import config
from service_desk.flow.doctor import database, host, queue
from service_desk.flow.doctor.finding import Finding, fail

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Finding", "examine"]


def examine(environ: Mapping[str, str] | None = None) -> Iterator[Finding]:
    """Yield one finding a check, as each is made. environ: the process's own when not given. Raises nothing."""
    yield host.python()
    try:
        settings = config.read(environ)
    except (config.BadConfiguration, ValueError) as error:
        yield fail(
            "settings", str(error), "Set it in the environment; README, «Configuration», lists every setting."
        )
        return
    yield from host.examine(settings)
    yield from queue.examine(settings)
    yield from database.examine(settings)
