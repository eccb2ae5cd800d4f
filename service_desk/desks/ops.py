"""Doors for operators: is it alive, is it ready, its figures for Prometheus."""

from __future__ import annotations

import os

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from service_desk import config
from service_desk.extensions import db

desk = Blueprint("ops", __name__)


@desk.get("/healthz")
def healthz() -> Response:
    """Answer that the process lives; asks nothing of any server."""
    return jsonify(status="alive")


@desk.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer whether reports can be taken. A silent queue is shown but does not stop intake."""
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        database = "ok"
    except SQLAlchemyError:
        database = "away"
    return jsonify(database=database, queue=_queue()), 200 if database == "ok" else 503


def _queue() -> str:
    url = config.current().redis_url
    if not url:
        return "none"
    try:
        Redis.from_url(url, socket_timeout=0.3, socket_connect_timeout=0.3).ping()
    except RedisError:
        return "away"
    return "ok"


@desk.get("/metrics")
def metrics() -> Response:
    """Give the counters, to callers on this machine or network only (never through a proxy)."""
    if request.headers.get("X-Forwarded-For") or not (request.remote_addr or "").startswith(
        ("127.", "10.", "::1")
    ):
        abort(404)
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
