"""Rows of figures_days and figures_now written by hand, for what reads them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import insert

from service_desk.reports.models import FigureDay, FigureNow


def put_days(owner, rows):
    """Write {(centre id, type, day): {counter: number}} with the sums over all types."""
    whole: dict = {}
    for (centre_id, service, day), counted in rows.items():
        for key in ((centre_id, service, day), (centre_id, "", day)):
            whole.setdefault(key, Counter()).update(counted)
    names = [each.name for each in FigureDay.__table__.columns if not each.primary_key]
    values = [
        {"authority_id": 1, "centre_id": centre_id, "service_code": service, "day": day}
        | {name: counted.get(name, 0) for name in names}
        for (centre_id, service, day), counted in whole.items()
    ]
    with owner.begin() as connection:
        connection.execute(insert(FigureDay), values)


def put_now(owner, rows):
    """Write {(centre id, type): {open, late, hazards}}; '' for all types is given like any other."""
    values = [
        {
            "authority_id": 1,
            "centre_id": centre_id,
            "service_code": service,
            "open": 0,
            "late": 0,
            "hazards": 0,
        }
        | counted
        for (centre_id, service), counted in rows.items()
    ]
    with owner.begin() as connection:
        connection.execute(insert(FigureNow), values)


def steady(centre_ids, services, today, number=1, weeks=9):
    """Return nine weeks in which each centre gets so many of each type a day."""
    return {
        (centre_id, service, today - timedelta(days=1 + back)): {"received": number}
        for centre_id in centre_ids
        for service in services
        for back in range(7 * weeks)
    }
