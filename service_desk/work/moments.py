"""What a process keeps in memory for some seconds, so that many who ask at once cost the database one question."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from weakref import WeakSet

from service_desk.work.tenancy import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
#: how many values are kept at once under one name
ROOM = 500


def ticks() -> float:
    """Return the seconds by which age is told here. Tests that count statements let it stand."""
    return time.monotonic()


class ForAMoment(Generic[T]):
    """Values kept per authority and key for some seconds; the oldest makes room. Safe between threads.

    Who asks while another loads, loads too: nobody waits for another's question.
    """

    _all: ClassVar[WeakSet[ForAMoment[Any]]] = WeakSet()

    def __init__(self, seconds: float, room: int = ROOM) -> None:
        """seconds: how old a value may be."""
        self._seconds, self._room = seconds, room
        self._held: dict[Hashable, tuple[float, T]] = {}
        self._lock = threading.Lock()
        self._all.add(self)

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """Return the value under the key, loaded anew when it is too old; what cannot be loaded is kept no longer."""
        place, now = (tenant_id(), key), ticks()
        with self._lock:
            held = self._held.get(place)
            if held is not None and now - held[0] < self._seconds:
                return held[1]
            self._held.pop(place, None)
        value = load()
        with self._lock:
            self._held.pop(place, None)
            self._held[place] = (now, value)
            while len(self._held) > self._room:
                self._held.pop(next(iter(self._held)))
        return value

    def forget(self) -> None:
        """Load everything anew: this process has just changed it."""
        with self._lock:
            self._held.clear()

    @classmethod
    def forget_all(cls) -> None:
        """Let every keeper of this process forget: whatever was changed by other hands, between tests."""
        for each in list(cls._all):
            each.forget()
