"""A work order as a value: what its history amounts to. `rebuild.follow` is the only thing that changes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules import WITH_CONTRACTOR, clocks, is_open_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from service_desk.contractors.rules.clocks import DutyClock

#: kinds of ticket events that change an order
ORDER_EVENTS = (
    "order_issued",
    "order_accepted",
    "order_refused",
    "order_scheduled",
    "order_arrived",
    "order_made_safe",
    "order_done",
    "order_paused",
    "order_resumed",
    "order_verified",
    "order_cancelled",
    "order_late_entry",
    "order_noted",
    "order_breached",
)
#: kind of an entry → kind of the event that it leaves when it is taken
EVENT_OF_ENTRY = {
    "accept": "order_accepted",
    "refuse": "order_refused",
    "schedule": "order_scheduled",
    "arrive": "order_arrived",
    "make_safe": "order_made_safe",
    "done": "order_done",
    "photo": "order_noted",
    "note": "order_noted",
}


@dataclass(frozen=True, slots=True)
class OrderFact:
    """One event of the ticket that concerns the order. at: when it was written (aware); data: as in the event."""

    kind: str
    at: datetime
    actor_id: int | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProofFact:
    """A photo that proves work. is_near: at the order's place; None when the contract does not ask or it is unknown."""

    photo_id: int
    kind: str
    taken_at: datetime
    received_at: datetime
    is_near: bool | None


@dataclass(frozen=True, slots=True)
class Check:
    """One verification. why, state, finding: codes. is_failed_until_decided: a resident's «not done» nobody judged yet."""

    id: int
    why: str
    state: str
    asked_at: datetime
    is_failed_until_decided: bool = False
    decided_at: datetime | None = None
    decided_by: int | None = None
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A pause, open while ended_at is None. reason: one of PAUSE_REASONS."""

    id: int
    reason: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A work order as its history tells it; the fields are those of the table, see models.WorkOrder.

    repeat_after_seconds: since the work that it repeats was done. failed_at: when verification last failed. doubted: the order as it was before a resident's «not done» that nobody
    has decided, to go back to when she was mistaken.
    """

    id: int
    number: int
    contract_id: int
    unit_id: int
    domain: str
    service_code: str
    is_hazard: bool
    origin: str
    issued_at: datetime
    issued_by: int | None
    last_fact_at: datetime
    may_see_phone: bool = False
    area_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    repeat_of_id: int | None = None
    repeat_after_seconds: int | None = None
    state: str = "issued"
    accepted_at: datetime | None = None
    scheduled_for: datetime | None = None
    arrived_at: datetime | None = None
    made_safe_at: datetime | None = None
    done_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    failed_count: int = 0
    failed_at: datetime | None = None
    clocks: tuple[DutyClock, ...] = ()
    pauses: tuple[Held, ...] = ()
    checks: tuple[Check, ...] = ()
    proofs: tuple[ProofFact, ...] = ()
    doubted: Order | None = field(default=None, repr=False)

    @property
    def is_open(self) -> bool:
        """Say whether the order still asks something of somebody."""
        return is_open_order(self.state)

    @property
    def due_at(self) -> datetime | None:
        """Return the next duty to fall due, None when none runs."""
        return clocks.next_due(self.clocks)

    @property
    def pause(self) -> Held | None:
        """Return the pause that holds the order now, or None."""
        return next((each for each in self.pauses if each.ended_at is None), None)

    @property
    def asked(self) -> Check | None:
        """Return the verification nobody has decided, or None."""
        return next((each for each in reversed(self.checks) if each.state == "asked"), None)

    def clock(self, kind: str) -> DutyClock | None:
        """Return the clock of a duty, or None when the contract asks none."""
        return next((each for each in self.clocks if each.kind == kind), None)


#: columns of the table that the value holds under the same names
COLUMNS = (
    "id", "number", "contract_id", "unit_id", "domain", "service_code", "is_hazard", "origin", "issued_at", "issued_by",
    "last_fact_at", "may_see_phone", "area_code", "lon", "lat", "repeat_of_id", "repeat_after_seconds", "state", "accepted_at", "scheduled_for",
    "arrived_at", "made_safe_at", "done_at", "ended_at", "reason", "failed_count", "is_open", "due_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What a ticket's orders need to say for the ticket to know whose move it is. Fields as in the table."""

    number: int
    unit_id: int
    state: str
    issued_at: datetime
    due_at: datetime | None
    ended_at: datetime | None


def order_state(orders: Iterable[Standing]) -> str | None:
    """Return what a ticket's orders wait for: with_contractor, to_verify, refused (nobody took it over), or None.

    A refusal is taken over by any order issued after it.
    """
    held = list(orders)
    if any(each.state in WITH_CONTRACTOR for each in held):
        return "with_contractor"
    if any(each.state == "done" for each in held):
        return "to_verify"
    newest = max((each.issued_at for each in held), default=None)
    is_left = any(
        each.state == "refused" and each.ended_at and newest and each.ended_at > newest for each in held
    )
    return "refused" if is_left else None


def who_has_it(orders: Iterable[Standing]) -> Standing | None:
    """Return the order whose contractor has the ball: on site first, then the earliest due; None when none of them has."""
    held = [each for each in orders if each.state in WITH_CONTRACTOR]
    return min(
        held,
        key=lambda each: (
            each.state != "on_site",
            each.due_at is None,
            each.due_at or each.issued_at,
            each.number,
        ),
        default=None,
    )
