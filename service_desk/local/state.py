"""The state folder (`var/`): its lock, what is remembered between starts, secrets, ports and logs."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import shutil
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

#: Free space (bytes) below which nothing is started: a fresh database alone takes about 50 MB.
LEAST_FREE_BYTES = 200 * 1024 * 1024
_LOG_KEPT_BYTES = 5 * 1024 * 1024
_PORTS = range(20_000, 32_000)
_FULL = {errno.ENOSPC, errno.EDQUOT}


class Trouble(Exception):
    """Something the person at the console must mend; the message is one sentence."""


class InUse(Trouble):
    """Another launcher holds the state folder."""


def disk_is_full(folder: Path) -> str:
    """Return the sentence for a disk without space."""
    return f"The disk that holds {folder} is full: free at least 200 MB and start again"


def why(words: str, folder: Path) -> str | None:
    """Return the sentence for what a program wrote before it ended, where its words are known; None otherwise."""
    return disk_is_full(folder) if "No space left on device" in words else None


def sentence(error: OSError, folder: Path) -> str:
    """Say an operating-system error as one sentence for the person at the console."""
    if error.errno in _FULL:
        return disk_is_full(folder)
    return f"{error.filename or folder}: {error.strerror or error}"


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that nobody uses now. Raises Trouble when every one of many is taken.

    Of those that no system hands to outgoing connections (Linux: from 32768 on): none takes it before the server starts.
    """
    for _ in range(200):
        port = secrets.choice(_PORTS)
        if is_free(port):
            return port
    raise Trouble("No free port was found on 127.0.0.1 between 20000 and 32000")


def port_trouble(port: int) -> str | None:
    """Say why no server of ours could listen on this port of 127.0.0.1 now; None when one could."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return f"Port {port} is reserved for the administrator of this machine; choose one above 1023: make run PORT=8000"
        except OSError:
            return f"Port {port} of 127.0.0.1 is taken by another program; choose another: make run PORT={port + 1}"
    return None


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of 127.0.0.1 now."""
    return port_trouble(port) is None


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner alone (0600)."""
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


class StateFolder:
    """Everything one installation keeps on disk. Use as a context manager: it is locked while open.

    path: absolute folder, made when missing. Raises Trouble when it cannot be written or is in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._lock: int | None = None
        self._writing = threading.Lock()  # the two servers start side by side

    def __enter__(self) -> Self:
        try:
            (self.path / "log").mkdir(parents=True, exist_ok=True)
            self._take_lock()
            self._check_space()
        except OSError as error:
            self.close()
            if error.errno in _FULL:
                raise Trouble(sentence(error, self.path)) from error
            raise Trouble(
                f"Keshet keeps its data in {self.path} and cannot write there ({error.strerror}); "
                "make the folder writable, or name another one in KESHET_STATE"
            ) from error
        except Trouble:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the folder go; the lock also falls by itself when this process dies."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self) -> None:
        self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self.recall("launcher", {})
            where = f" at {holder['url']}" if holder.get("url") else ""
            raise InUse(
                f"Keshet is already running{where} (process {holder.get('pid', 'unknown')}, data in {self.path}); "
                "stop it with Ctrl-C in its own window first"
            ) from None

    def _check_space(self) -> None:
        write_private(self.path / "probe", "written to see whether it can be\n")
        (self.path / "probe").unlink()
        if shutil.disk_usage(self.path).free < LEAST_FREE_BYTES:
            raise OSError(errno.ENOSPC, "No space left on device", str(self.path))

    def _memory(self) -> dict[str, Any]:
        try:
            memory = json.loads((self.path / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):  # absent on the first start; torn files cost a new port, no data
            return {}
        return memory if isinstance(memory, dict) else {}

    def recall(self, key: str, default: Any = None) -> Any:
        """Return what was remembered under the key, or the default."""
        return self._memory().get(key, default)

    def remember(self, **values: Any) -> None:
        """Remember JSON values until they are replaced; None forgets."""
        with self._writing:
            memory = {**self._memory(), **values}
            kept = {key: value for key, value in memory.items() if value is not None}
            write_private(self.path / "state.json", json.dumps(kept, indent=1, sort_keys=True))

    def secret(self, name: str) -> str:
        """Return the installation's secret of this name, made up on first use (256 bits, URL-safe)."""
        with self._writing:
            path = self.path / "secrets.json"
            known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
            if name not in known:
                known[name] = secrets.token_urlsafe(32)
                write_private(path, json.dumps(known, indent=1, sort_keys=True))
            return known[name]

    def port(self, name: str) -> int:
        """Return the port that this server had last time if it is still free, else a new one."""
        port = self.recall(f"{name}_port")
        if not isinstance(port, int) or not is_free(port):
            port = free_port()
            self.remember(**{f"{name}_port": port})
        return port

    def log(self, name: str) -> Path:
        """Return the log file of a process; a long one is first moved to `.log.1`."""
        path = self.path / "log" / f"{name}.log"
        if path.exists() and path.is_file() and path.stat().st_size > _LOG_KEPT_BYTES:
            path.replace(path.with_name(f"{name}.log.1"))
        return path
