"""Where the city's processes keep the figures of /metrics: in memory, where the machine lets us.

Each process maps its file. On a disk that fills up, the first touch of a page that has no block yet ends the process by
SIGBUS: a full disk would then take down pages that only read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service_desk.local.state import StateFolder

#: A file system in memory, on Linux.
MEMORY = Path("/dev/shm")  # noqa: S108 — a folder of our own is made in it, with a name that nobody foresees


def folder(state: StateFolder) -> Path:
    """Return where the figures of the present start are."""
    return Path(state.recall("metrics") or state.path / "metrics")


def make_fresh(state: StateFolder, memory: Path = MEMORY) -> None:
    """Make an empty folder for a new start; what a killed one left is removed. Raises OSError."""
    remove(state)
    if memory.is_dir() and os.access(memory, os.W_OK):
        state.remember(metrics=tempfile.mkdtemp(prefix="keshet-metrics-", dir=memory))
    else:
        folder(state).mkdir()


def remove(state: StateFolder) -> None:
    """Remove the folder: figures begin anew with each start."""
    shutil.rmtree(folder(state), ignore_errors=True)
    state.remember(metrics=None)
