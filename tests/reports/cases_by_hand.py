"""Rows of figures_cases written by hand, for what is made of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from sqlalchemy import insert

from service_desk.clock import local
from service_desk.reports.models import FigureCase

_ids = count(9_000_000_000_000)


def case(opened_at, *, took=None, **parts):
    """Return a row: opened then, done after so many minutes or still open."""
    done_at = None if took is None else opened_at + timedelta(minutes=took)
    usual = {
        "authority_id": 1,
        "ticket_id": next(_ids),
        "round": 0,
        "centre_id": 1,
        "area_code": None,
        "service_code": "RD-POTHOLE",
        "handler_kind": "centre",
        "unit_id": None,
        "is_open": took is None,
        "is_hazard": False,
        "is_sensitive": False,
        "opened_at": opened_at,
        "opened_day": local(opened_at).date(),
        "done_at": done_at,
        "done_day": local(done_at).date() if done_at else None,
        "took_minutes": took,
        "ended_day": local(done_at).date() if done_at else None,
        "told_half_minutes": None,
        "told_most_minutes": None,
        "lon": None,
        "lat": None,
    }
    return usual | parts


def put_cases(owner, rows):
    """Write the rows past row-level security."""
    with owner.begin() as connection:
        connection.execute(insert(FigureCase), rows)
