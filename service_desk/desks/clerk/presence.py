"""Who looks at a ticket at this moment: ids in Valkey for half a minute, and nothing when Valkey is away.

Only numbers leave the process: the ticket's, and the ids of staff. Nothing depends on the answer.
"""

from __future__ import annotations

import threading
import time
from functools import lru_cache
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from service_desk import config
from service_desk.telemetry import log
from service_desk.work import tenant_id

#: how long a look is remembered: three polls of an open page (s)
LOOK_SECONDS = 30
#: how long a silent server is left alone, so that no poll waits for it again and again (s)
REST_SECONDS = 30.0
_PATIENCE_SECONDS = 0.1


class Presence:
    """The looks kept at one address."""

    def __init__(self, url: str) -> None:
        """url: of the server; empty for none."""
        self._client = (
            Redis.from_url(url, socket_timeout=_PATIENCE_SECONDS, socket_connect_timeout=_PATIENCE_SECONDS)
            if url
            else None
        )
        self._rests_until = 0.0
        self._lock = threading.Lock()

    def look(self, authority_id: int, ticket_id: int, staff_id: int, now: float) -> list[int]:
        """Note that a person looks at a ticket, and return the ids of the others who do. now: seconds since 1970.

        One round trip. Without a server, or while it is silent: nobody.
        """
        if self._client is None or time.monotonic() < self._rests_until:
            return []
        key = f"keshet:looks:{authority_id}:{ticket_id}"
        try:
            with self._client.pipeline(transaction=False) as line:
                line.zadd(key, {str(staff_id): now})
                line.zremrangebyscore(key, "-inf", now - LOOK_SECONDS)
                line.expire(key, LOOK_SECONDS)
                line.zrange(key, 0, -1)
                found = cast("list[bytes]", line.execute()[-1])
        except (RedisError, OSError) as error:
            self._rest(error)
            return []
        return [int(each) for each in found if int(each) != staff_id]

    def _rest(self, error: Exception) -> None:
        with self._lock:
            self._rests_until = time.monotonic() + REST_SECONDS
        log.warning("presence_silent", error=type(error).__name__)


@lru_cache(maxsize=4)
def _at(url: str) -> Presence:
    return Presence(url)


def look(ticket_id: int, staff_id: int) -> list[int]:
    """Note a look of the present tenant's staff member, and return the ids of the others who look."""
    return _at(config.current().redis_url).look(tenant_id(), ticket_id, staff_id, time.time())
