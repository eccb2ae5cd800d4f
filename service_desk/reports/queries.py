"""Figures over what happened, per centre and for the city, each aggregated by the database in one statement."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, literal, select, tuple_, union_all

from service_desk import clock
from service_desk.extensions import db
from service_desk.reports.populations import came_back, cases, is_met, source
from service_desk.reports.rules import FEWEST, USUAL_DAYS, WEEKS, Period, Share, Spread, last_days, percent
from service_desk.slas.models import Clock
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

#: key of the whole city beside the centres' ids
CITY = 0
_HOUR = 3600.0
_PUBLIC_SECONDS = 60.0


@dataclass
class Figures:
    """All figures of one centre, or of the city."""

    received: int = 0
    received_before: int = 0
    open: int = 0
    late: int = 0
    on_time: Share = field(default_factory=Share)
    reopened: Share = field(default_factory=Share)
    to_resolve: Spread = field(default_factory=Spread)
    to_answer: Spread = field(default_factory=Spread)
    #: share on time of each of the last WEEKS weeks, oldest first; None where nothing fell due
    trend: list[float | None] = field(default_factory=lambda: [None] * WEEKS)


def overview(period: Period, now: datetime, centre_ids: list[int]) -> dict[int, Figures]:
    """Return {centre id: figures} with CITY for the whole. Four statements, whatever the number of tickets."""
    found = {CITY: Figures()} | {centre_id: Figures() for centre_id in centre_ids}
    _count(found, period, now)
    _judge(found, period, now)
    _measure(found, period, now)
    _follow(found, now)
    return found


def _count(found: dict[int, Figures], period: Period, now: datetime) -> None:
    """Fill in received, open and late."""
    wanted = (
        ("received", "received", period),
        ("received_before", "received", period.before),
        ("open", "open", period),
        ("late", "late", period),
    )
    parts = [
        select(literal(into).label("into"), Ticket.centre_id, func.count().label("number"))
        .select_from(source(name))
        .where(cases(name, span, now))
        .group_by(Ticket.centre_id)
        for into, name, span in wanted
    ]
    for row in db.session.execute(union_all(*parts)):
        for key in {CITY, row.centre_id} & found.keys():
            setattr(found[key], row.into, getattr(found[key], row.into) + row.number)


def _judge(found: dict[int, Figures], period: Period, now: datetime) -> None:
    """Fill in the share of promises kept, of those that fell due in the period and in the one before."""
    is_now = Clock.due_at >= period.since
    query = (
        select(
            Ticket.centre_id,
            func.count().filter(is_now, is_met()),
            func.count().filter(is_now),
            func.count().filter(~is_now, is_met()),
            func.count().filter(~is_now),
        )
        .select_from(source("due"))
        .where(cases("due", Period(period.before.since, period.until), now))
        .group_by(Ticket.centre_id)
    )
    sums: dict[int, list[int]] = {}
    for centre_id, *numbers in db.session.execute(query):
        for key in (CITY, centre_id):
            sums[key] = [a + b for a, b in zip(sums.get(key, [0] * 4), numbers, strict=True)]
    for key, numbers in sums.items():
        if key in found:
            found[key].on_time = Share(*numbers)


def _measure(found: dict[int, Figures], period: Period, now: datetime) -> None:
    """Fill in the times to resolve and to answer, and the share that came back."""
    seconds = func.extract("epoch", Clock.stopped_at - Clock.started_at)
    is_now = Clock.stopped_at >= period.since
    both = Period(period.before.since, period.until)
    half, nine = (func.percentile_cont(share).within_group(seconds) for share in (0.5, 0.9))
    query = (
        select(
            Clock.kind,
            func.coalesce(Ticket.centre_id, CITY),
            func.count().filter(is_now),
            half.filter(is_now),
            nine.filter(is_now),
            func.count().filter(~is_now),
            half.filter(~is_now),
            func.count().filter(is_now, Clock.kind == "resolve", came_back()),
            func.count().filter(~is_now, Clock.kind == "resolve", came_back()),
        )
        .select_from(source("done"))
        .where(cases("done", both, now) | cases("answered", both, now))
        .group_by(func.grouping_sets(tuple_(Clock.kind, Ticket.centre_id), tuple_(Clock.kind)))
    )
    for kind, key, number, p50, p90, number_before, p50_before, back, back_before in db.session.execute(
        query
    ):
        if key not in found:
            continue
        spread = Spread(number, _hours(p50), _hours(p90), number_before, _hours(p50_before))
        if kind == "resolve":
            found[key].to_resolve = spread
            found[key].reopened = Share(back, number, back_before, number_before)
        else:
            found[key].to_answer = spread


def _hours(seconds: Any) -> float | None:
    return None if seconds is None else float(seconds) / _HOUR


def _follow(found: dict[int, Figures], now: datetime) -> None:
    """Fill in the share on time of each of the last weeks."""
    span = last_days(7 * WEEKS, now)
    age = func.extract("epoch", literal(now) - Clock.due_at)
    week = (WEEKS - 1 - func.floor((age - 0.000001) / (7 * 86_400))).label("week")
    query = (
        select(Ticket.centre_id, week, func.count().filter(is_met()), func.count())
        .select_from(source("due"))
        .where(cases("due", span, now))
        .group_by(Ticket.centre_id, week)
    )
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    for centre_id, index, met, due in db.session.execute(query):
        for key in (CITY, centre_id):
            before = sums.get((key, int(index)), (0, 0))
            sums[key, int(index)] = (before[0] + met, before[1] + due)
    for (key, index), (met, due) in sums.items():
        if key in found and 0 <= index < WEEKS:
            found[key].trend[index] = percent(met, due)


_public: dict[int, tuple[float, dict[str, Any] | None]] = {}
_public_lock = threading.Lock()


def public_figures() -> dict[str, Any] | None:
    """Return what the city says of itself: {"on_time": percent, "median_hours": hours, "cases": number, "days": 30}.

    None while fewer than FEWEST promises fell due. Kept in memory for a minute: the home page asks nothing then.
    """
    here, at = tenant_id(), time.monotonic()
    kept = _public.get(here)
    if kept is not None and at - kept[0] < _PUBLIC_SECONDS:
        return kept[1]
    with _public_lock:
        fresh = _count_public(clock.now())
        _public[here] = (at, fresh)
    return fresh


def forget_public() -> None:
    """Let the next question be counted anew (tests, the seed)."""
    _public.clear()


def _count_public(now: datetime) -> dict[str, Any] | None:
    found = {CITY: Figures()}
    period = last_days(USUAL_DAYS, now)
    _judge(found, period, now)
    _measure(found, period, now)
    city = found[CITY]
    if city.on_time.whole < FEWEST or city.to_resolve.half is None:
        return None
    return {
        "on_time": city.on_time.percent,
        "median_hours": round(city.to_resolve.half, 1),
        "cases": city.on_time.whole,
        "days": USUAL_DAYS,
    }
