"""The clerk's blueprint, who is at the desk, and what the desk keeps in memory for a moment."""

from __future__ import annotations

import threading
import time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from flask import Blueprint
from flask_login import current_user

from service_desk.people import queries as people
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from service_desk.people.rules import Actor

desk = Blueprint("clerk", __name__)
T = TypeVar("T")
#: how old the roster of staff may be (s)
ROSTER_SECONDS = 30.0
#: how old the counts beside the views may be (s)
COUNT_SECONDS = 3.0
#: scopes kept at once; the oldest makes room
ROOM = 500


class ForAMoment(Generic[T]):
    """Values kept per authority and key for some seconds, so that a page full of people asks the database once."""

    def __init__(self, seconds: float) -> None:
        """seconds: how old a value may be."""
        self._seconds = seconds
        self._held: dict[Hashable, tuple[float, T]] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """Return the value under the key, loaded anew when it is too old."""
        place, now = (tenant_id(), key), time.monotonic()
        with self._lock:
            held = self._held.get(place)
        if held is not None and now - held[0] < self._seconds:
            return held[1]
        value = load()
        with self._lock:
            self._held.pop(place, None)
            self._held[place] = (now, value)
            while len(self._held) > ROOM:
                self._held.pop(next(iter(self._held)))
        return value

    def forget(self) -> None:
        """Load everything anew: this process has just changed it."""
        with self._lock:
            self._held.clear()


counts_kept: ForAMoment[dict[str, int]] = ForAMoment(COUNT_SECONDS)
#: the roster, and the names by id, which a page asks for once a line
_roster: ForAMoment[tuple[list[tuple[int, str, frozenset[int]]], Mapping[int, str]]] = ForAMoment(
    ROSTER_SECONDS
)


def actor() -> Actor:
    """Return who is at the desk; the guard let nobody else in."""
    return cast("Actor", cast("Any", current_user).actor)


def roster() -> list[tuple[int, str, frozenset[int]]]:
    """Return (id, name, centres served) of the authority's active staff, by name."""
    return _roster.get("all", _load_roster)[0]


def staff_names() -> Mapping[int, str]:
    """Return {staff id: name}."""
    return _roster.get("all", _load_roster)[1]


def _load_roster() -> tuple[list[tuple[int, str, frozenset[int]]], Mapping[int, str]]:
    rows = people.roster()
    return rows, MappingProxyType({staff_id: name for staff_id, name, _centres in rows})
