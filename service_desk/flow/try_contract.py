"""A what-if: a contractor's orders of the last quarter judged under the terms in force and under others. Stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from service_desk import clock
from service_desk.contractors.queries import contracts
from service_desk.contractors.queries.judged import Selection, orders_under
from service_desk.contractors.rules import METRICS
from service_desk.contractors.rules.contract import ALWAYS
from service_desk.contractors.rules.judging_many import judge_many
from service_desk.contractors.rules.month_many import assess_many
from service_desk.errors import NotAllowed
from service_desk.people.rules import may
from service_desk.slas.queries import standards
from service_desk.slas.rules import whole_second

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.contractors.rules.month_many import MonthColumns
    from service_desk.people.rules import Actor

__all__ = ["MetricSum", "MonthSum", "Side", "WhatIf", "judge_under", "last_quarter", "try_contract"]


@dataclass(frozen=True)
class MetricSum:
    """A metric's breaches: how many, how many of them free, and what they come to before the cap."""

    count: int
    free: int
    stepped_agorot: int


@dataclass(frozen=True)
class MonthSum:
    """A month's breaches: how many, what they come to before the cap, and what is charged."""

    count: int
    stepped_agorot: int
    charged_agorot: int

    @property
    def is_capped(self) -> bool:
        """Say whether the cap took something off."""
        return self.charged_agorot < self.stepped_agorot


@dataclass(frozen=True)
class Side:
    """What one set of terms makes of the orders. by_month: first day → sum; only months with breaches."""

    orders: int
    breaches: int
    by_metric: Mapping[str, MetricSum]
    by_month: Mapping[date, MonthSum]
    cap_agorot: int
    stepped_agorot: int
    charged_agorot: int


@dataclass(frozen=True)
class WhatIf:
    """Both sides. old: None when there is no contract yet. since, before: local dates of issue, before excluded.

    is_repeat_cut: the new terms look for repeats further back than the orders were compared when they were issued.
    """

    since: date
    before: date
    old: Side | None
    new: Side
    is_repeat_cut: bool


def last_quarter(now: datetime) -> tuple[date, date]:
    """Return the first day of the last whole quarter of the year and the day after its end (local dates)."""
    today = clock.local(now).date()
    before = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    end = before - timedelta(days=1)
    return date(end.year, 3 * ((end.month - 1) // 3) + 1, 1), before


def try_contract(unit_id: int, terms: ContractTerms, code: str | None, actor: Actor) -> WhatIf:
    """Judge the contractor's orders of the last quarter, as known now, under the terms and under those in force.

    code: of the contract whose last version is the old side, or None for a new contract. Six statements when the
    contracts and calendars are in memory. Raises NotAllowed, NotFound for a calendar that is not there.
    """
    if not may(actor, "manage_contracts"):
        raise NotAllowed
    now = clock.now()
    since, before = last_quarter(now)
    selection = Selection(unit_id, _midnight(since), _midnight(before))
    versions = contracts.versions_of(code) if code else []
    old = contracts.terms_of(versions[-1].id) if versions else None
    return WhatIf(
        since,
        before,
        judge_under(selection, old, now) if old else None,
        judge_under(selection, terms, now),
        is_repeat_cut=old is not None
        and terms.price("repeat") is not None
        and (terms.repeat_days > old.repeat_days or terms.repeat_radius_m > old.repeat_radius_m),
    )


def judge_under(selection: Selection, terms: ContractTerms, now: datetime) -> Side:
    """Return what the terms make of the selected orders as known now, month by month. Three statements."""
    orders = orders_under(selection, terms)
    kept = standards()
    calendars = {code: kept.calendar(code)[1] for code in (terms.calendar, ALWAYS)}
    breaches = judge_many(orders, terms, calendars, whole_second(now))
    lines = assess_many(breaches, orders.order_id, terms)
    by_month = {_month(number): _of_month(lines, number) for number in np.unique(lines.month).tolist()}
    return Side(
        orders=orders.count,
        breaches=len(lines.month),
        by_metric={METRICS[n]: _of_metric(lines, n) for n in np.unique(lines.metric).tolist()},
        by_month=by_month,
        cap_agorot=terms.cap_agorot,
        stepped_agorot=int(lines.stepped_agorot.sum()),
        charged_agorot=int(lines.charged_agorot.sum()),
    )


def _of_metric(lines: MonthColumns, metric: int) -> MetricSum:
    here = lines.metric == metric
    return MetricSum(int(here.sum()), int(lines.is_free[here].sum()), int(lines.stepped_agorot[here].sum()))


def _of_month(lines: MonthColumns, month: int) -> MonthSum:
    here = lines.month == month
    stepped, charged = lines.stepped_agorot[here], lines.charged_agorot[here]
    return MonthSum(int(here.sum()), int(stepped.sum()), int(charged.sum()))


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.CITY_ZONE)
