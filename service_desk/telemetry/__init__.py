"""Logs as JSON lines with a request id and no personal data, and the counters Prometheus reads."""

from __future__ import annotations

from functools import lru_cache

from prometheus_client import Counter, Gauge, Histogram

from service_desk.telemetry.lines import Lines, configure, during, log, request_id
from service_desk.telemetry.serving import serve

__all__ = [
    "Lines",
    "budget_spent",
    "configure",
    "during",
    "log",
    "messages_settled",
    "note_request",
    "outbox_oldest_seconds",
    "outbox_unknown",
    "outbox_waiting",
    "reports_received",
    "request_id",
    "request_seconds",
    "requests",
    "rung",
    "serve",
]

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
