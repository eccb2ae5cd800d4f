"""Judges a year of orders at once, for the what-if of a contract. Row by row the same as `judging`, which says what it means."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from service_desk.contractors.rules import CLOCK_KINDS, FINDINGS, METRICS
from service_desk.contractors.rules.columns import NEVER, BreachColumns
from service_desk.contractors.rules.contract import ALWAYS
from service_desk.contractors.rules.judging import DAY_SECONDS, evidence_metric
from service_desk.contractors.rules.lateness import LATE_FACTS
from service_desk.contractors.rules.lateness_many import Line, Pauses, units_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from service_desk.contractors.rules.columns import OrderColumns
    from service_desk.contractors.rules.contract import ContractTerms, Price
    from service_desk.slas.rules import Calendar

    Ints = NDArray[np.int64]


def judge_many(
    orders: OrderColumns, terms: ContractTerms, calendars: Mapping[str, Calendar], until: int
) -> BreachColumns:
    """Return the priced breaches of many orders as known at ``until`` (epoch seconds), in no promised order.

    calendars: by code. Raises CalendarError, KeyError. Time and memory grow with the orders: about 1 s and 100 MiB
    for 200,000.
    """
    if orders.count == 0:
        return _joined([])
    judge = _Judge(orders, terms, calendars, until)
    return _joined([*judge.late(), *judge.found()])


class _Judge:
    """What the judging of one set of orders shares: lines of the calendars, and the pauses."""

    def __init__(
        self, orders: OrderColumns, terms: ContractTerms, calendars: Mapping[str, Calendar], until: int
    ) -> None:
        self.orders, self.terms, self.calendars, self.until = orders, terms, calendars, until
        self._first = int(orders.issued.min())
        self._lines: dict[str, Line] = {}
        ends = np.where(orders.pause_to == NEVER, until, orders.pause_to)
        self.pauses = Pauses.of(orders.pause_order, orders.pause_from, ends)

    def line(self, code: str) -> Line:
        if code not in self._lines:
            self._lines[code] = Line(self.calendars[code], self._first, max(self.until, self._first))
        return self._lines[code]

    def late(self) -> Iterator[BreachColumns]:
        """Yield the breaches of each duty: hazards with minutes of their own first, then everything else."""
        for n, kind in enumerate(CLOCK_KINDS):
            price, row = self.terms.price(kind), self.terms.duties.get(kind)
            if price is None or row is None:
                continue
            usual = np.ones(self.orders.count, dtype=bool)
            if row.hazard_minutes is not None:
                usual = ~self.orders.is_hazard
                rows = np.flatnonzero(self.orders.is_hazard)
                yield from self._duty(n, rows, np.full(len(rows), row.hazard_minutes), ALWAYS, price)
            if price.is_hazard_only:
                usual &= self.orders.is_hazard
            by_service = np.array(
                [row.by_service.get(code, row.minutes or 0) for code in self.orders.services], dtype=np.int64
            )
            minutes = by_service[self.orders.service]
            rows = np.flatnonzero(usual & (minutes > 0))
            yield from self._duty(n, rows, minutes[rows], self.terms.calendar, price)

    def _duty(self, n: int, rows: Ints, minutes: Ints, code: str, price: Price) -> Iterator[BreachColumns]:
        if len(rows) == 0:
            return
        line, pauses = self.line(code), self.pauses.only(rows, self.orders.count)
        due = pauses.forward(self.orders.issued[rows], 60 * minutes, line)
        ended = self.orders.ends[n:].min(axis=0)[rows]
        end = np.minimum(ended, self.until)
        rows, due, end, ended, pauses = _only(due < end, rows, due, end, ended, pauses)
        grace = 60 * price.grace_minutes
        over = line.position(end) - line.position(due) - pauses.within(due, end, line)
        rows, due, end, ended, pauses = _only(over > grace, rows, due, end, ended, pauses)
        if len(rows) == 0:
            return
        began = pauses.forward(due, np.full(len(due), grace), line) if grace else due
        yield from self._parts(n, rows, (due, began, end, ended), pauses, line, price)

    def _parts(
        self,
        n: int,
        rows: Ints,
        times: tuple[Ints, Ints, Ints, Ints],
        pauses: Pauses,
        line: Line,
        price: Price,
    ) -> Iterator[BreachColumns]:
        """Yield what each month bears of breaches that began to cost at ``began`` and lasted until ``end``."""
        due, began, end, ended = times
        month, counted = line.month(began), np.zeros(len(rows), dtype=np.int64)
        round_ = 0
        while len(rows):
            closes = line.month_starts[month + 1]
            cut = np.minimum(end, closes)
            over = line.position(cut) - line.position(due) - pauses.within(due, cut, line)
            units = units_of(price.unit, began, over - 60 * price.grace_minutes, line)
            new = units > counted
            settled = (ended <= self.until) | (closes + LATE_FACTS <= self.until)
            yield _breaches(
                rows[new],
                METRICS.index(CLOCK_KINDS[n]),
                np.full(int(new.sum()), round_),
                np.maximum(began, line.month_starts[month])[new],
                line.month_numbers[month[new]],
                (units - counted)[new],
                price,
                (settled[new], (counted > 0)[new]),
            )
            goes_on = closes < end
            rows, due, end, ended, pauses = _only(goes_on, rows, due, end, ended, pauses)
            began, month, counted = began[goes_on], month[goes_on] + 1, units[goes_on]
            round_ += 1

    def found(self) -> Iterator[BreachColumns]:
        """Yield the breaches without length."""
        orders, ended = self.orders, self.orders.ends[-1]
        known = np.flatnonzero(orders.failure_at <= self.until)
        turn = _turns(orders.failure_order)
        for index, finding in enumerate(FINDINGS):
            which = known[orders.failure_finding[known] == index]
            metric = evidence_metric(finding, self.terms)
            yield from self._cases(
                metric, orders.failure_order[which], orders.failure_at[which], turn[which] + 1
            )
        passed = orders.has_passed & (ended <= self.until)
        after = orders.repeated_after
        again = passed & (after >= 0) & (after <= self.terms.repeat_days * DAY_SECONDS)
        for metric, flags in (
            ("evidence", passed & ~orders.has_evidence),
            ("repeat", again & (self.terms.repeat_days > 0)),
        ):
            rows = np.flatnonzero(flags)
            yield from self._cases(metric, rows, ended[rows], np.zeros(len(rows), dtype=np.int64))

    def _cases(self, metric: str, rows: Ints, at: Ints, round_: Ints) -> Iterator[BreachColumns]:
        price = self.terms.price(metric)
        if price is None or len(rows) == 0:
            return
        if price.is_hazard_only:
            hazards = self.orders.is_hazard[rows]
            rows, at, round_ = rows[hazards], at[hazards], round_[hazards]
        line = self.line(self.terms.calendar)
        one, yes = np.ones(len(rows), dtype=np.int64), np.ones(len(rows), dtype=bool)
        months = line.month_numbers[line.month(at)]
        yield _breaches(rows, METRICS.index(metric), round_, at, months, one, price, (yes, ~yes))


def _only(
    flags: NDArray[np.bool_], rows: Ints, due: Ints, end: Ints, ended: Ints, pauses: Pauses
) -> tuple[Ints, Ints, Ints, Ints, Pauses]:
    """Return the flagged rows of a working set, their pauses numbered anew."""
    kept = pauses.only(np.flatnonzero(flags), len(flags)) if pauses.turns else pauses
    return rows[flags], due[flags], end[flags], ended[flags], kept


def _turns(order: Ints) -> Ints:
    """Return 0, 1, 2 … within each run of equal values."""
    if len(order) == 0:
        return order
    starts = np.flatnonzero(np.concatenate(([True], order[1:] != order[:-1])))
    return np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))


def _breaches(
    rows: Ints,
    metric: int,
    round_: Ints,
    breached: Ints,
    month: Ints,
    units: Ints,
    price: Price,
    settled_and_rest: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> BreachColumns:
    metrics = np.full(len(rows), metric, dtype=np.int64)
    amount = units * price.amount_agorot
    return BreachColumns(rows, metrics, round_, breached, month, units, amount, *settled_and_rest)


def _joined(parts: list[BreachColumns]) -> BreachColumns:
    names = [each.name for each in fields(BreachColumns)]
    empty = {name: np.zeros(0, dtype=bool if name.startswith("is_") else np.int64) for name in names}
    if not parts:
        return BreachColumns(**empty)
    return BreachColumns(**{name: np.concatenate([getattr(each, name) for each in parts]) for name in names})
