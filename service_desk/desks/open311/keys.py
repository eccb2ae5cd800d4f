"""Who writes: the api_key, looked up by its hash, remembered for seconds; and how much a key may write a minute."""

from __future__ import annotations

from service_desk import config
from service_desk.desks.open311 import refusals
from service_desk.people import queries
from service_desk.people.rules import digest
from service_desk.work import ForAMoment, moments

#: a revoked key is refused by every process within this time
FRESH_SECONDS = 5.0
MINUTE_SECONDS = 60.0
_ROOM = 1000


class Keys:
    """Living keys of this process, and what each wrote in the present minute. Safe between threads: each step is one."""

    def __init__(self) -> None:
        self._known: ForAMoment[int] = ForAMoment(FRESH_SECONDS, _ROOM)
        self._written: dict[tuple[int, int], int] = {}

    def check(self, key: str) -> int:
        """Return the id of the living key. Raises Refused (403). At most one statement, and none within FRESH_SECONDS."""
        return self._known.get(digest(key), lambda: _living(key))

    def count(self, key_id: int) -> None:
        """Count one write of the key. Raises Refused (429) beyond the process's limit of the minute."""
        if not config.current().is_rate_limited:
            return
        minute = int(moments.ticks() // MINUTE_SECONDS)
        if len(self._written) >= _ROOM:
            self._written.clear()
        written = self._written.get((key_id, minute), 0) + 1
        self._written[key_id, minute] = written
        if written > config.current().open311_posts_per_minute:
            raise refusals.too_many()

    def forget(self) -> None:
        """Forget everything. For tests."""
        self._known.forget()
        self._written.clear()


def _living(key: str) -> int:
    row = queries.api_key(key) if key else None
    if row is None:
        raise refusals.bad_key()
    return row.id


KEYS = Keys()
