"""Open files as made once a day and process: many readers cost the database one reading, and a slow one holds no connection."""

from __future__ import annotations

import hashlib
import os
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from datetime import date

#: files kept at once; the oldest makes room
ROOM = 24
#: bytes that are passed on at a time
CHUNK = 1 << 16


@dataclass(frozen=True)
class Made:
    """A file as it was made on a day. digest: sha-256 of its bytes; size in bytes. It lies on the disk without a name.

    is_final: it holds for the day; one that does not is made anew for the next reader.
    """

    day: date
    file: IO[bytes]
    size: int
    digest: str
    is_final: bool

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes; any number of readers side by side."""
        for start in range(0, self.size, CHUNK):
            yield os.pread(self.file.fileno(), CHUNK, start)

    def __del__(self) -> None:
        """Close it with the last reader: each one's iterator holds on to this."""
        self.file.close()


class Shelf:
    """The files that were made today."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._made: dict[Hashable, Made] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, day: date, write: Callable[[IO[bytes]], bool]) -> Made:
        """Return the file under the key, made by `write` when there is none of the day. One file is made at a time.

        write: says whether what it wrote holds for the day.
        """
        with self._lock:
            found = self._made.get(key)
            if found is None or found.day != day:
                self._made.pop(key, None)
                found = _make(day, write)
                if found.is_final:
                    self._made[key] = found
                while len(self._made) > ROOM:
                    self._made.pop(next(iter(self._made)))
            return found

    def forget(self) -> None:
        """Make everything anew (tests)."""
        with self._lock:
            self._made.clear()


def _make(day: date, write: Callable[[IO[bytes]], bool]) -> Made:
    # Unnamed: it goes with the last reader, and with the process however that ends.
    file = tempfile.TemporaryFile(prefix="keshet-open-")  # noqa: SIM115 — kept open as long as it is kept
    try:
        is_final = write(file)
        file.flush()
    except BaseException:
        file.close()
        raise
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return Made(day, file, size, digest.hexdigest(), is_final)
