"""A year of figures written by hand, for what makes booklets of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from reports.sums_by_hand import put_days
from sqlalchemy import insert, text

from service_desk.reports.models import FigureSpread
from service_desk.reports.rules import Steps

#: a Tuesday in the month after, ten in the morning
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MONTH = date(2026, 10, 1)
POTHOLE, LAMP = "RD-POTHOLE", "LGT-LAMP"


def put_months(owner, centre_ids, months, **counted):
    """Write thirty reports of two types in each month and centre, on its fifth, done within a day or two. counted: other numbers."""
    usual = {
        "received": 20, "hazards": 6, "due": 20, "met": 15, "breached": 5, "done": 20, "answered": 20, "ended": 20, "said_yes": 8,
        "said_no": 2, "without_work": 3, "came_back": 1,
    }  # fmt: skip
    rows = {}
    for centre_id in centre_ids:
        for month in months:
            rows[centre_id, POTHOLE, month + timedelta(days=4)] = usual | counted
            rows[centre_id, LAMP, month + timedelta(days=9)] = {
                "received": 10,
                "due": 10,
                "met": 10,
                "done": 10,
            }
    put_days(owner, rows)
    put_spreads(owner, centre_ids, months)


def put_spreads(owner, centre_ids, months):
    """Write how long things took: by month, and by its fifth day."""
    took = {"resolve": [600, 1500, 3000] * 10, "answer": [30, 90] * 10, "over": [100, 900, 5000] * 2}
    rows = [
        {"authority_id": 1, "measure": measure, "span": span, "day": day, "centre_id": centre_id, "steps": Steps.of(minutes).kept}
        for centre_id in centre_ids
        for month in months
        for measure, minutes in took.items()
        for span, day in (("month", month), ("day", month + timedelta(days=4)))
    ]  # fmt: skip
    with owner.begin() as connection:
        connection.execute(insert(FigureSpread), rows)


def correct(owner, centre_id):
    """A request is found to have been none: nineteen potholes instead of twenty."""
    with owner.begin() as connection:
        where = "authority_id = 1 AND centre_id = :id AND day = '2026-10-05' AND received > 0"
        connection.execute(
            text(f"UPDATE figures_days SET received = received - 1 WHERE {where}"), {"id": centre_id}
        )
