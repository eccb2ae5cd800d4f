"""Expected times as they are kept: told to residents from memory, shown to management from the table, replaced each night."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, func, select
from sqlalchemy.orm import defer

from service_desk.extensions import db
from service_desk.reports.lasted import Judged, Times
from service_desk.reports.models import Expected
from service_desk.reports.survival import as_said
from service_desk.work import ForAMoment, put_many, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Table

    from service_desk.reports.lasted import Key
    from service_desk.reports.survival import Estimate

#: the centre id of the whole city
CITY = 0
#: the period that the cases come from
DAYS = 365
#: what is told changes once a night; a process looks again after so long
FRESH_SECONDS = 300.0
_NOTHING = Times(None, None)
_kept: ForAMoment[dict[Key, Times]] = ForAMoment(FRESH_SECONDS)


def told(service_code: str, centre_id: int | None) -> Times:
    """Return what is told of a type at a centre (None: not known yet): its own times, or the city's, or nothing.

    From memory; one statement when what is kept there is old.
    """
    known = _kept.get("all", _read)
    own = known.get((service_code, centre_id or CITY))
    return own or known.get((service_code, CITY)) or _NOTHING


def told_by(times: Mapping[Key, Times], service_code: str, centre_id: int) -> Times:
    """Return what these times would tell of a type at a centre."""
    return times.get((service_code, centre_id)) or times.get((service_code, CITY)) or _NOTHING


def _read() -> dict[Key, Times]:
    query = select(
        Expected.service_code, Expected.centre_id, Expected.half_minutes, Expected.most_minutes
    ).where(Expected.authority_id == tenant_id())
    with db.session.no_autoflush:
        return {
            (row[0], row[1]): Times(as_said(row[2]), as_said(row[3])) for row in db.session.execute(query)
        }


def forget() -> None:
    """Read again at the next question: after the table was replaced, and between tests."""
    _kept.forget()


def of_types() -> list[Expected]:
    """Return the city's row of each type, by code; curves are not read. One statement."""
    return _rows(Expected.centre_id == CITY, options=(defer(Expected.curve, raiseload=True),))


def of_type(service_code: str) -> list[Expected]:
    """Return a type's rows, the city's first, with their curves. One statement."""
    return _rows(Expected.service_code == service_code)


def _rows(*where: Any, options: Sequence[Any] = ()) -> list[Expected]:
    query = (
        select(Expected)
        .options(*options)
        .where(Expected.authority_id == tenant_id(), *where)
        .order_by(Expected.service_code, Expected.centre_id)
    )
    return list(db.session.scalars(query))


def made_at() -> datetime | None:
    """Return when the rows were made, None before the first time. One statement."""
    return db.session.scalar(select(func.max(Expected.made_at)).where(Expected.authority_id == tenant_id()))


def replace(
    found: Mapping[Key, Estimate],
    back_tests: Mapping[str, Iterable[list[Any]]],
    kept: Mapping[str, Judged],
    now: datetime,
) -> None:
    """Put these estimates in the place of all others.

    back_tests: {type: months}, as `Expected.back_test` has them; kept: {type: judged} of those really told.
    """
    db.session.execute(delete(Expected).where(Expected.authority_id == tenant_id()))
    rows = [
        {
            "authority_id": tenant_id(),
            "service_code": service,
            "centre_id": centre_id,
            "half_minutes": each.half.minutes,
            "most_minutes": each.most.minutes,
            "half_low": each.half.low,
            "half_high": each.half.high,
            "most_low": each.most.low,
            "most_high": each.most.high,
            "cases": each.done,
            "still_open": each.waiting,
            "curve": [list(point) for point in each.points],
            "back_test": list(back_tests.get(service, ())) if centre_id == CITY else [],
            "kept": list(astuple(kept.get(service, Judged()))) if centre_id == CITY else [],
            "made_at": now,
        }
        for (service, centre_id), each in sorted(found.items())
    ]
    if rows:
        put_many(cast("Table", Expected.__table__), rows)
