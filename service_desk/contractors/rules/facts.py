"""What a work order's history says, as far as judging needs it; and the breaches that judging finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules.month import Item

if TYPE_CHECKING:
    from datetime import date, datetime

    from service_desk.contractors.rules.contract import Price


@dataclass(frozen=True)
class Standstill:
    """A pause of the order's clocks. ended_at None: it still stands."""

    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Failure:
    """A failed verification, decided. finding: one of FINDINGS."""

    decided_at: datetime
    finding: str


@dataclass(frozen=True)
class OrderFacts:
    """One work order's life. All times aware; None: it has not happened (yet).

    done_at: of the report that stands; None again after a failed verification. ended_at, end: passed, refused or
    cancelled. pauses: oldest first, not overlapping. failures: oldest first, decided ones only. has_evidence: whether
    the proofs are complete as the work stands now. repeated_after_seconds: since the earlier order's work was done at
    the same place, when this order is for the same thing; None: there was none.
    """

    order_id: int
    service_code: str
    is_hazard: bool
    issued_at: datetime
    accepted_at: datetime | None = None
    arrived_at: datetime | None = None
    made_safe_at: datetime | None = None
    done_at: datetime | None = None
    ended_at: datetime | None = None
    end: str | None = None
    pauses: tuple[Standstill, ...] = ()
    failures: tuple[Failure, ...] = ()
    has_evidence: bool = True
    repeated_after_seconds: int | None = None


@dataclass(frozen=True)
class Breach:
    """One priced breach, or the part of a growing one that falls in one month.

    round: 0; the number of the month since the duty was broken, for a duty priced by time; the number of the failed
    verification, for what a verification found. due_at: None for breaches without a due time. happened_at: None while
    the duty is still open. breached_at: when it began to cost (in a later month: that month's start). over_minutes:
    open time beyond due, pauses taken out, up to the end of the part. units: of this part. month: first day (city's
    time). is_settled: it will not change any more, so it may be proposed.
    """

    order_id: int
    metric: str
    round: int
    due_at: datetime | None
    happened_at: datetime | None
    breached_at: datetime
    over_minutes: int
    units: int
    amount_agorot: int
    month: date
    is_settled: bool
    price: Price
    #: what else the working shows: the duty's minutes and calendar, the finding, is_rest when it was counted before
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def grace_minutes(self) -> int:
        """Return the open minutes beyond due that were forgiven."""
        return self.price.grace_minutes

    @property
    def unit(self) -> str:
        """Return what the price is for: case, hour or day."""
        return self.price.unit

    @property
    def working(self) -> dict[str, Any]:
        """Return the calculation as JSON, whole: nothing else is needed to show or assess it."""
        return {
            "due": self.due_at.isoformat() if self.due_at else None,
            "happened": self.happened_at.isoformat() if self.happened_at else None,
            "over_minutes": self.over_minutes,
            "grace_minutes": self.price.grace_minutes,
            "unit": self.price.unit,
            "units": self.units,
            "price_agorot": self.price.amount_agorot,
            "amount_agorot": self.amount_agorot,
            "allowance": self.price.allowance,
            "step_percent": self.price.step_percent,
            "step_max_percent": self.price.step_max_percent,
            **self.more,
        }

    @property
    def item(self) -> Item:
        """Return the breach as `month.assess` takes it."""
        price = self.price
        return Item(
            self.order_id, self.metric, self.round, self.breached_at, self.amount_agorot,
            price.allowance, price.step_percent, price.step_max_percent, is_rest=bool(self.more.get("is_rest")),
        )  # fmt: skip
