"""Judges one work order by a contract's terms. The same for a hundred thousand at once is in `judging_many`.

**When a duty ends.** By its own fact, or by a later one (who has finished has also arrived), or by the order's end.
**When it is late.** Due time is issue + the duty's minutes of open time, moved on by pauses that began before it; later
pauses mend nothing, and yet they are not counted as lateness either. It costs once lateness exceeds the grace.
**A duty that is still open grows.** Priced by the case it falls in the month in which it was broken. Priced by hour or
day it is cut where a month ends: each month bears the units that began in it, so the parts add up to the whole. It is one
breach nevertheless: the first part counts for allowance and step-up, the others are its rest (`is_rest`).
A part is settled when the duty has ended, or a day after its month's end: that long a phone without network may speak.
**What a verification found** counts when it is decided; missing evidence and repeated failure when the order has passed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules.facts import Breach, Failure, OrderFacts, Standstill
from service_desk.contractors.rules.lateness import late
from service_desk.slas.rules import whole_second

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.slas.rules import Calendar

__all__ = ["Breach", "Failure", "OrderFacts", "Standstill", "evidence_metric", "judge"]

DAY_SECONDS = 86_400
#: which metric a failed verification's finding belongs to; every other finding is quality
METRIC_OF_FINDING = {"not_done": "false_done", "no_evidence": "evidence"}


def judge(
    facts: OrderFacts, terms: ContractTerms, calendars: Mapping[str, Calendar], until: datetime
) -> list[Breach]:
    """Return the priced breaches of one order as known at ``until`` (aware), in the order in which they happened.

    calendars: by code, the contract's and 24x7; of the versions that the order's clocks were started by, with the
    days known then, or those in force for a what-if. Raises CalendarError, KeyError for a calendar that is not given.
    """
    zone = calendars[terms.calendar]
    found = [*late(facts, terms, calendars, whole_second(until)), *_found(facts, terms, zone, until)]
    return sorted(found, key=lambda each: (each.breached_at, each.metric, each.round))


def evidence_metric(finding: str, terms: ContractTerms) -> str:
    """Return the metric of a failed verification: by its finding if the contract prices that, else quality."""
    metric = METRIC_OF_FINDING.get(finding, "quality")
    return metric if terms.price(metric) else "quality"


@dataclass(frozen=True)
class _Case:
    """A breach without length, before it is priced."""

    metric: str
    round: int
    happened_at: datetime | None
    breached_at: datetime
    more: dict[str, Any]


def _cases(facts: OrderFacts, terms: ContractTerms) -> Iterator[_Case]:
    """Yield what verifications found, missing evidence, and a repeated failure."""
    for number, failure in enumerate(facts.failures, 1):
        metric = evidence_metric(failure.finding, terms)
        yield _Case(metric, number, failure.decided_at, failure.decided_at, {"finding": failure.finding})
    if facts.end != "passed" or facts.ended_at is None:
        return
    if not facts.has_evidence:
        yield _Case("evidence", 0, facts.done_at, facts.ended_at, {})
    after = facts.repeated_after_seconds
    if after is not None and terms.repeat_days and after <= terms.repeat_days * DAY_SECONDS:
        yield _Case("repeat", 0, facts.issued_at, facts.ended_at, {"after_days": after // DAY_SECONDS})


def _found(facts: OrderFacts, terms: ContractTerms, zone: Calendar, until: datetime) -> Iterator[Breach]:
    """Yield the cases that the contract prices and that were known by then."""
    for case in _cases(facts, terms):
        price = terms.price(case.metric)
        if price is None or case.breached_at > until or (price.is_hazard_only and not facts.is_hazard):
            continue
        yield Breach(
            order_id=facts.order_id,
            metric=case.metric,
            round=case.round,
            due_at=None,
            happened_at=case.happened_at,
            breached_at=case.breached_at,
            over_minutes=0,
            units=1,
            amount_agorot=price.amount_agorot,
            month=zone.local(case.breached_at).date().replace(day=1),
            is_settled=True,
            price=price,
            more=case.more,
        )
