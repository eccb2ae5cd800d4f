"""The factory: one app from one set of settings, put together in a readable list of steps."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from flask import Flask

from service_desk import config, telemetry, work
from service_desk.desks import edge, repeated
from service_desk.extensions import babel, db, load_tables, login

if TYPE_CHECKING:
    from collections.abc import Callable


DAY_SECONDS = 86_400
#: how long a report waits for the queue (s): the timetable finds what was not rung
RING_SECONDS = 0.3


def create_app(settings: config.Settings | None = None) -> Flask:
    """Build the application. settings: read from the environment when not given. Raises BadConfiguration."""
    settings = settings or config.read()
    config.use(settings)
    telemetry.configure(settings.log_level)
    app = Flask(
        "service_desk",
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
    )
    app.jinja_environment = repeated.Pages
    app.config.update(_flask_settings(settings))
    load_tables()
    db.init_app(app)
    babel.init_app(app, locale_selector=edge.locale, timezone_selector=lambda: "Asia/Jerusalem")
    login.init_app(app)
    edge.init_app(app)
    work.set_bell(_bell(settings))
    return app


def _flask_settings(settings: config.Settings) -> dict[str, object]:
    prefix = "__Host-" if settings.is_secure else ""
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.sqlalchemy_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "hide_parameters": True,
            "pool_size": 8,
            "max_overflow": 4,
            "pool_timeout": 5,
            "connect_args": {
                "connect_timeout": 5,
                "options": "-c statement_timeout=15000 -c lock_timeout=4000 -c timezone=UTC",
            },
        },
        "SESSION_COOKIE_NAME": f"{prefix}keshet",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": 60 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 300,
        "TRUSTED_HOSTS": list(settings.trusted_hosts),
        "BABEL_DEFAULT_LOCALE": "he",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Jerusalem",
        "BABEL_TRANSLATION_DIRECTORIES": str(config.ROOT / "service_desk" / "translations"),
        "WTF_CSRF_TIME_LIMIT": DAY_SECONDS,
        "RATELIMIT_STORAGE_URI": _limits_kept_at(settings.redis_url),
        "RATELIMIT_STORAGE_OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}
        if settings.redis_url
        else {},
        "RATELIMIT_ENABLED": settings.is_rate_limited,
        "SEND_FILE_MAX_AGE_DEFAULT": None,
    }


def _limits_kept_at(redis_url: str) -> str:
    """Return the address of the queue's server as the limiter wants it, which has a name of its own for a socket file."""
    return f"redis+{redis_url}" if redis_url.startswith("unix://") else redis_url or "memory://"


def _bell(settings: config.Settings) -> Callable[[str, tuple[int, ...]], None] | None:
    """Return the doorbell: an RQ enqueue by dotted name that gives up after a third of a second."""
    if not settings.redis_url:
        return None
    from redis import Redis  # noqa: PLC0415 — a process without a queue needs no client
    from redis.exceptions import RedisError  # noqa: PLC0415
    from rq import Queue  # noqa: PLC0415
    from rq.serializers import JSONSerializer  # noqa: PLC0415

    queue = Queue(
        "keshet",
        connection=Redis.from_url(
            settings.redis_url, socket_timeout=RING_SECONDS, socket_connect_timeout=RING_SECONDS
        ),
        serializer=JSONSerializer,
    )

    def ring(job: str, ids: tuple[int, ...]) -> None:
        try:
            queue.enqueue(job, *ids, description=job, result_ttl=60, failure_ttl=3600, job_timeout=120)
        except RedisError as error:
            raise OSError(type(error).__name__) from error

    return _Bell(ring)


class _Bell:
    """Rings at once, then at most every QUIET_SECONDS for the same job: one job drains all that is due.

    What is asked for in between is rung at the end of the quiet; if the process dies first, the sweep finds the rows.
    """

    QUIET_SECONDS = 0.2

    def __init__(self, ring: Callable[[str, tuple[int, ...]], None]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._quiet: dict[tuple[str, tuple[int, ...]], bool] = {}

    def __call__(self, job: str, ids: tuple[int, ...]) -> None:
        """Ring, or leave it to the ring that is due in a moment. Raises OSError when the queue is silent."""
        with self._lock:
            if (job, ids) in self._quiet:
                self._quiet[job, ids] = True
                return
            self._quiet[job, ids] = False
        self._rest(job, ids)
        self._ring(job, ids)

    def _rest(self, job: str, ids: tuple[int, ...]) -> None:
        timer = threading.Timer(self.QUIET_SECONDS, self._wake, (job, ids))
        timer.daemon = True
        timer.start()

    def _wake(self, job: str, ids: tuple[int, ...]) -> None:
        with self._lock:
            is_asked = self._quiet.pop((job, ids), False)
            if is_asked:
                self._quiet[job, ids] = False
        if is_asked:
            self._rest(job, ids)
            with suppress(OSError):  # the sweep rings again within seconds
                self._ring(job, ids)
