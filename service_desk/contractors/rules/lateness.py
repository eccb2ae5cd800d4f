"""Lateness of one order's duties, in whole seconds of open time. What is late, and what it costs, is said in `judging`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from service_desk.contractors.rules import CLOCK_KINDS
from service_desk.contractors.rules.facts import Breach
from service_desk.slas.rules import DAY_MINUTES, instant_of, whole_second

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service_desk.contractors.rules.contract import ContractTerms, Duty, Price
    from service_desk.contractors.rules.facts import OrderFacts
    from service_desk.slas.rules import Calendar

#: how late a phone's entry may come and still be believed (seconds): no month is settled before
LATE_FACTS = 24 * 3600
HOUR_SECONDS = 3600
Stretch = tuple[int, int]


def ends_of(facts: OrderFacts) -> dict[str, datetime | None]:
    """Return when each duty ended, None while it is open."""
    facts_in_order = (facts.accepted_at, facts.arrived_at, facts.made_safe_at, facts.done_at)
    return {
        kind: min((at for at in (*facts_in_order[n:], facts.ended_at) if at is not None), default=None)
        for n, kind in enumerate(CLOCK_KINDS)
    }


def late(
    facts: OrderFacts, terms: ContractTerms, calendars: Mapping[str, Calendar], until: int
) -> Iterator[Breach]:
    """Yield the priced breaches of the four duties. until: epoch seconds."""
    for kind, ended_at in ends_of(facts).items():
        price = terms.price(kind)
        duty = terms.duty(kind, is_hazard=facts.is_hazard, service_code=facts.service_code)
        if duty is None or price is None or (price.is_hazard_only and not facts.is_hazard):
            continue
        run = Run(duty, price, calendars[duty.calendar_code], _stretches(facts, until))
        yield from run.breaches(kind, facts, ended_at, until)


def _stretches(facts: OrderFacts, until: int) -> list[Stretch]:
    """Return the pauses in whole seconds; one that still stands lasts until now."""
    return [
        (whole_second(each.started_at), whole_second(each.ended_at) if each.ended_at else until)
        for each in facts.pauses
    ]


@dataclass(frozen=True)
class Run:
    """One duty of one order on its calendar. pauses: whole seconds, in order."""

    duty: Duty
    price: Price
    calendar: Calendar
    pauses: list[Stretch]

    def breaches(
        self, kind: str, facts: OrderFacts, ended_at: datetime | None, until: int
    ) -> Iterator[Breach]:
        """Yield the breach, or its part in each month. ended_at: of the duty; until: epoch seconds."""
        due = self._forward(whole_second(facts.issued_at), 60 * self.duty.minutes)
        end = min(until, whole_second(ended_at)) if ended_at else until
        is_open = ended_at is None or whole_second(ended_at) > until
        if self._over(due, end) <= 60 * self.price.grace_minutes:
            return
        began = self._forward(due, 60 * self.price.grace_minutes) if self.price.grace_minutes else due
        counted = 0
        duty = {"duty_minutes": self.duty.minutes, "calendar": self.duty.calendar_code}
        for round_, (month, starts, closes) in enumerate(_months(self.calendar, began, end)):
            cut = min(end, closes)
            over = self._over(due, cut)
            units = self._units(began, over - 60 * self.price.grace_minutes)
            if units > counted:
                yield Breach(
                    order_id=facts.order_id,
                    metric=kind,
                    round=round_,
                    due_at=instant_of(due),
                    happened_at=None if is_open else ended_at,
                    breached_at=instant_of(max(began, starts)),
                    over_minutes=over // 60,
                    units=units - counted,
                    amount_agorot=(units - counted) * self.price.amount_agorot,
                    month=month,
                    is_settled=not is_open or until >= closes + LATE_FACTS,
                    price=self.price,
                    more={**duty, "is_rest": True} if counted else duty,
                )
            counted = units

    def _forward(self, start: int, seconds: int) -> int:
        """Return when so much open time has passed since start, pauses that begin before then given back."""
        table = self.calendar.table
        reached = table.due(start, seconds)
        for begin, end in self.pauses:
            first = max(begin, start)
            if first >= reached:
                break
            if end > first:
                seconds += table.position(end) - table.position(first)
                reached = table.due(start, seconds)
        return reached

    def _over(self, due: int, end: int) -> int:
        """Return open seconds from due to end, pauses taken out; negative when it ended in time."""
        position = self.calendar.table.position
        paused = sum(
            position(min(stop, end)) - position(max(start, due))
            for start, stop in self.pauses
            if min(stop, end) > max(start, due)
        )
        return position(end) - position(due) - paused

    def _units(self, began: int, seconds: int) -> int:
        """Return what has begun of the price's unit within so many open seconds since it began to cost."""
        if seconds <= 0:
            return 0
        if self.price.unit == "case":
            return 1
        if self.price.unit == "hour":
            return -(-seconds // HOUR_SECONDS)
        return self._days(began, seconds)

    def _days(self, began: int, seconds: int) -> int:
        """Return on how many local days with open time so many open seconds fall."""
        position, days = self.calendar.table.position, 0
        day, at = self.calendar.local(instant_of(began)).date(), position(began)
        while seconds > 0:
            closes = position(self.calendar.second_at(day, DAY_MINUTES))
            if closes > at:
                days += 1
                seconds -= closes - at
                at = closes
            day += timedelta(days=1)
        return days


def _months(calendar: Calendar, began: int, end: int) -> Iterator[tuple[date, int, int]]:
    """Yield each local month from ``began`` to ``end``: its first day, and where it starts and closes (epoch seconds)."""
    month = calendar.local(instant_of(began)).date().replace(day=1)
    starts = calendar.second_at(month, 0)
    while starts < end:
        following = (month + timedelta(days=32)).replace(day=1)
        closes = calendar.second_at(following, 0)
        yield month, starts, closes
        month, starts = following, closes
