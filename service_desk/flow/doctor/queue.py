"""The queue's server: there, lasting, and never forgetting under pressure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis import Redis
from redis.exceptions import RedisError

from service_desk.flow.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service_desk.config import Settings

WAIT_SECONDS = 3


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what Redis or Valkey says of itself."""
    if not settings.redis_url:
        yield warn(
            "Queue",
            "REDIS_URL is not set",
            "Messages go out only through the sweep of `service-desk timers`; set it.",
        )
        return
    try:
        client = Redis.from_url(
            settings.redis_url, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS
        )
        told = client.info()
    except (RedisError, OSError, ValueError) as error:
        yield fail(
            "Queue",
            f"does not answer ({type(error).__name__})",
            "Start Redis or Valkey, or mend REDIS_URL. Reports are taken meanwhile; messages wait.",
        )
        return
    assert isinstance(told, dict)  # the client is a synchronous one
    name = "Valkey" if "valkey_version" in told else "Redis"
    yield ok("Queue", f"{name} {told.get('valkey_version') or told.get('redis_version')}")
    if int(told.get("aof_enabled", 0)):
        yield ok("Queue lasting", "append-only file is on")
    else:
        yield warn(
            "Queue lasting",
            "append-only file is off",
            "Set `appendonly yes`: a restart then forgets no rate limit and no job.",
        )
    policy = told.get("maxmemory_policy", "noeviction")
    if policy == "noeviction":
        yield ok("Queue memory", "noeviction")
    else:
        yield fail(
            "Queue memory",
            f"policy is {policy}",
            "Set `maxmemory-policy noeviction`: otherwise jobs vanish when memory is short.",
        )
