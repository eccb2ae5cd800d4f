"""A contractor's month: which breaches are free, what repeats add, and where the cap cuts. Pure, and in agorot throughout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True)
class Item:
    """One breach as the month counts it.

    order_id, metric, round: which breach. breached_at: aware, its place in the month's order. amount_agorot: units ×
    price, before the month's rules. allowance, step_percent, step_max_percent: of the price it was judged by.
    is_rest: what a lateness goes on to cost after it was counted once, in a later month or by a later word of the field.
    """

    order_id: int
    metric: str
    round: int
    breached_at: datetime
    amount_agorot: int
    allowance: int = 0
    step_percent: int = 0
    step_max_percent: int = 0
    is_rest: bool = False

    @classmethod
    def from_working(
        cls, order_id: int, metric: str, round_: int, breached_at: datetime, working: Mapping[str, Any]
    ) -> Item:
        """Return the item of a stored damage, from the working that `judging.Breach.working` wrote."""
        names = ("amount_agorot", "allowance", "step_percent", "step_max_percent")
        amount, allowance, step, most = (int(working[name]) for name in names)
        is_rest = bool(working.get("is_rest"))
        return cls(order_id, metric, round_, breached_at, amount, allowance, step, most, is_rest)


@dataclass(frozen=True)
class Line:
    """One breach's line in the month.

    nth: 1, 2, 3 … among the month's breaches of its metric; 0: the rest of a lateness that another month counted.
    is_free: within the allowance. step_percent: added for repeats. stepped_agorot: with the addition, before the cap.
    charged_agorot: what is left under the cap.
    """

    item: Item
    nth: int
    is_free: bool
    step_percent: int
    stepped_agorot: int
    charged_agorot: int

    @property
    def is_capped(self) -> bool:
        """Say whether the cap took something off this line."""
        return self.charged_agorot < self.stepped_agorot


@dataclass(frozen=True)
class Month:
    """A month assessed. before_cap_agorot: sum of stepped amounts; total_agorot: sum of charged ones, at most the cap."""

    lines: tuple[Line, ...]
    before_cap_agorot: int
    cap_agorot: int
    total_agorot: int


def assess(items: Iterable[Item], cap_agorot: int) -> Month:
    """Apply allowance, step-up and cap to the breaches of one contract's month, in the order in which they happened.

    items: any order; ties go by order, metric and round, so that the same breaches always give the same lines.
    One lateness is counted once, in the month in which it began: its rest takes the same turn there, and in another month
    neither uses up the allowance nor is it free or stepped up. cap_agorot: ≥ 0, of the version in force when the month
    ended. Fractions of an agora are dropped.
    """
    counts: dict[str, int] = {}
    turns: dict[tuple[int, str], int] = {}
    lines: list[Line] = []
    left = cap_agorot
    for item in sorted(items, key=lambda each: (each.breached_at, each.order_id, each.metric, each.round)):
        if item.is_rest:
            nth = turns.get((item.order_id, item.metric), 0)
        else:
            counts[item.metric] = nth = counts.get(item.metric, 0) + 1
            turns[item.order_id, item.metric] = nth
        is_free = 0 < nth <= item.allowance
        step = step_of(item, nth) if nth > item.allowance else 0
        stepped = 0 if is_free else item.amount_agorot * (100 + step) // 100
        charged = min(stepped, left)
        left -= charged
        lines.append(Line(item, nth, is_free, step, stepped, charged))
    before = sum(line.stepped_agorot for line in lines)
    return Month(tuple(lines), before, cap_agorot, cap_agorot - left)


def step_of(item: Item, nth: int) -> int:
    """Return the percent added to the nth breach of a metric in its month: none for the first one priced."""
    return min(item.step_percent * (nth - item.allowance - 1), item.step_max_percent)
