"""Servers that the operator runs: DATABASE_URL and REDIS_URL are tried once, and a failure is said in one sentence."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
import redis

from service_desk.local.state import Trouble

_CONNECT_SECONDS = 5


def _place(url: str, default_port: int) -> str:
    """Return «host:port» of an address, or its socket file, never its user or password. Raises ValueError when it cannot be read."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return parts.path
    return f"{parts.hostname or 'localhost'}:{parts.port or default_port}"


def _why(error: Exception) -> str:
    """Return the reason in a few words; the driver's own text can hold the address, so it is only matched."""
    said = f"{type(error).__name__} {error}".lower()
    reasons = {
        "refused": "nothing listens there",
        "error 2 connecting": "nothing listens there",  # a socket file that is not there
        "resolve": "the host name is unknown",
        "name or service": "the host name is unknown",
        "timeout": "no answer in time",
        "timed out": "no answer in time",
        "password": "user or password is refused",
        "auth": "user or password is refused",
        "wrongpass": "user or password is refused",
        "does not exist": "the database or user does not exist there",
        "invalidresponse": "what answers there is no Redis or Valkey",
        "ssl": "the encrypted connection failed",
        "unreachable": "the network is unreachable",
    }
    return next((reason for sign, reason in reasons.items() if sign in said), type(error).__name__)


def check_database(url: str) -> None:
    """Connect once. Raises Trouble naming host and port when that fails, never the password."""
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    if not plain.startswith(("postgresql://", "postgres://")):
        raise Trouble(
            "DATABASE_URL must begin with postgresql://, as in postgresql://user:password@host:5432/keshet"
        )
    try:
        place = _place(plain, 5432)
    except ValueError:
        raise Trouble("DATABASE_URL cannot be read as an address: its host or port is malformed") from None
    try:
        psycopg.connect(plain, connect_timeout=_CONNECT_SECONDS).close()
    except psycopg.Error as error:
        raise Trouble(f"The database of DATABASE_URL at {place} cannot be used: {_why(error)}") from None


def check_redis(url: str) -> None:
    """Ping once. Raises Trouble naming host and port, or the socket file, when that fails, never the password."""
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise Trouble(
            "REDIS_URL must begin with redis://, rediss:// or unix://, as in redis://:password@host:6379/0"
        )
    try:
        place = _place(url, 6379)
    except ValueError:
        raise Trouble("REDIS_URL cannot be read as an address: its host or port is malformed") from None
    try:
        client = redis.Redis.from_url(
            url, socket_connect_timeout=_CONNECT_SECONDS, socket_timeout=_CONNECT_SECONDS
        )
        with client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        raise Trouble(f"The queue of REDIS_URL at {place} cannot be used: {_why(error)}") from None
