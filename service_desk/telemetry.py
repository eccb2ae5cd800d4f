"""Logs as JSON lines with a request id and no personal data, and the counters Prometheus reads."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import Counter, Gauge, Histogram

if TYPE_CHECKING:
    from collections.abc import MutableMapping

request_id: ContextVar[str] = ContextVar("request_id", default="")
_PHONE = re.compile(r"(?<![\w-])(?:\+?972|0)[\d\- ]{8,12}\d(?![\w-])")
_LONG_TOKEN = re.compile(r"/t/[\w-]{16,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

rung = Counter("keshet_doorbell_total", "Times the queue was rung after a commit", ["outcome"])
requests = Counter("keshet_requests_total", "Requests answered", ["endpoint", "status"])
request_seconds = Histogram("keshet_request_seconds", "Time to answer a request (s)", ["endpoint"])
reports_received = Counter("keshet_reports_total", "Reports received", ["channel", "routing"])
messages_settled = Counter("keshet_messages_total", "Messages by outcome", ["channel", "outcome"])
# The last word counts: the greatest would keep an alarm of a process that has ended since.
outbox_waiting = Gauge(
    "keshet_outbox_waiting", "Messages due and not yet sent", multiprocess_mode="mostrecent"
)
outbox_oldest_seconds = Gauge(
    "keshet_outbox_oldest_seconds",
    "How long the oldest due message has waited (s)",
    multiprocess_mode="mostrecent",
)
outbox_unknown = Gauge(
    "keshet_outbox_unknown",
    "Messages whose fate the carrier is being asked about",
    multiprocess_mode="mostrecent",
)
budget_spent = Gauge(
    "keshet_budget_spent",
    "1 while the day's messages are used up and only hazards and codes go",
    multiprocess_mode="mostrecent",
)

log = structlog.get_logger("keshet")
#: where it failed, never with what: local variables hold people's words and numbers
_TRACES = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
)


@lru_cache(maxsize=512)
def _counters(endpoint: str, status: int) -> tuple[Counter, Histogram]:
    """Return the counters of an endpoint's answers, looked up once."""
    return requests.labels(endpoint=endpoint, status=status), request_seconds.labels(endpoint=endpoint)


def note_request(method: str, endpoint: str, status: int, seconds: float) -> None:
    """Count an answered request and write its line of the log."""
    answered, took = _counters(endpoint, status)
    answered.inc()
    took.observe(seconds)
    log.info("request", method=method, endpoint=endpoint, status=status, ms=round(seconds * 1000, 1))


def scrub(text: str) -> str:
    """Return the text without phone numbers, private-link tokens and control or bidi characters."""
    return _CONTROL.sub(" ", _LONG_TOKEN.sub("/t/…", _PHONE.sub("…", text)))


def _scrub_event(
    _logger: object, _method: str, event: MutableMapping[str, object]
) -> MutableMapping[str, object]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = scrub(value)
    event.setdefault("request_id", request_id.get())
    return event


def configure(level: str) -> None:
    """Send structlog and the standard library through one JSON renderer. level: e.g. INFO."""
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            _TRACES,
            _scrub_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
        ),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=level.upper(), format='{"level": "%(levelname)s", "logger": "%(name)s", "event": "%(message)s"}'
    )
