"""Work orders and breaches as columns, for judging a year of them at once. All times are epoch seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from service_desk.contractors.rules import FINDINGS
from service_desk.slas.rules import whole_second

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from service_desk.contractors.rules.facts import OrderFacts

    Seconds = NDArray[np.int64]
    Flags = NDArray[np.bool_]

#: a time that has not come
NEVER = 1 << 62


@dataclass(frozen=True)
class OrderColumns:
    """Orders in columns of equal length, and their pauses and failures as rows that name the order's position.

    ends: NEVER or when each duty's own fact came, one row per duty in the order of CLOCK_KINDS, then the order's end.
    service: index into `services`. repeated_after: seconds, or -1. pause_from, pause_to: NEVER while it stands;
    sorted by order and start. failure_finding: index into FINDINGS; sorted by order and time.
    """

    order_id: Seconds
    issued: Seconds
    ends: Seconds
    is_hazard: Flags
    has_passed: Flags
    has_evidence: Flags
    repeated_after: Seconds
    service: NDArray[np.int32]
    services: tuple[str, ...]
    pause_order: NDArray[np.int64]
    pause_from: Seconds
    pause_to: Seconds
    failure_order: NDArray[np.int64]
    failure_at: Seconds
    failure_finding: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Return the number of orders."""
        return len(self.order_id)


@dataclass(frozen=True)
class BreachColumns:
    """Breaches in columns. order: position among the orders. metric: index into METRICS. month: years × 12 + month − 1.

    is_rest: of a lateness that an earlier month counted.
    """

    order: NDArray[np.int64]
    metric: NDArray[np.int64]
    round: NDArray[np.int64]
    breached: Seconds
    month: NDArray[np.int64]
    units: NDArray[np.int64]
    amount_agorot: NDArray[np.int64]
    is_settled: Flags
    is_rest: Flags


def columns_of(orders: Sequence[OrderFacts]) -> OrderColumns:
    """Return the columns of orders that are values already; rows of a database come by `queries.judged`."""
    services = tuple(sorted({each.service_code for each in orders}))
    pauses = [(n, pause) for n, each in enumerate(orders) for pause in each.pauses]
    failures = [(n, failure) for n, each in enumerate(orders) for failure in each.failures]
    facts = [(o.accepted_at, o.arrived_at, o.made_safe_at, o.done_at, o.ended_at) for o in orders]
    ends = np.array([[_second(at) for at in row] for row in facts], dtype=np.int64).reshape(-1, 5).T
    after = [-1 if o.repeated_after_seconds is None else o.repeated_after_seconds for o in orders]
    return OrderColumns(
        order_id=np.array([o.order_id for o in orders], dtype=np.int64),
        issued=np.array([_second(o.issued_at) for o in orders], dtype=np.int64),
        ends=ends,
        is_hazard=np.array([o.is_hazard for o in orders], dtype=bool),
        has_passed=np.array([o.end == "passed" for o in orders], dtype=bool),
        has_evidence=np.array([o.has_evidence for o in orders], dtype=bool),
        repeated_after=np.array(after, dtype=np.int64),
        service=np.array([services.index(o.service_code) for o in orders], dtype=np.int32),
        services=services,
        pause_order=np.array([n for n, _ in pauses], dtype=np.int64),
        pause_from=np.array([_second(pause.started_at) for _, pause in pauses], dtype=np.int64),
        pause_to=np.array([_second(pause.ended_at) for _, pause in pauses], dtype=np.int64),
        failure_order=np.array([n for n, _ in failures], dtype=np.int64),
        failure_at=np.array([_second(failure.decided_at) for _, failure in failures], dtype=np.int64),
        failure_finding=np.array(
            [FINDINGS.index(failure.finding) for _, failure in failures], dtype=np.int64
        ),
    )


def _second(at: datetime | None) -> int:
    return NEVER if at is None else whole_second(at)
