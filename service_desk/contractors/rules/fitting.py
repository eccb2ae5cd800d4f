"""Refuses terms that are each possible and together are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.contractors.rules import CLOCK_KINDS

if TYPE_CHECKING:
    from service_desk.contractors.rules.contract import ContractTerms, DutyTerms
    from service_desk.contractors.rules.reading import Reading


def check_together(terms: ContractTerms, read: Reading) -> None:
    """Note what does not fit together: a duty due after the next, a price of nothing, a metric priced twice, no fee to take from."""
    if not terms.domains:
        read.refuse("domains", "required")
    if terms.areas == ():
        read.refuse("areas", "required")
    complete = terms.duties.get("complete")
    if complete is None or complete.minutes is None:
        read.refuse("duties.complete.minutes", "required")
    _check_order(terms, read)
    _check_prices(terms, read)
    if terms.prices and terms.cap_agorot == 0:
        read.refuse(
            "cap_percent" if terms.monthly_fee_agorot else "monthly_fee_agorot", "nothing_to_take_from"
        )
    if terms.needs_place and not terms.proofs:
        read.refuse("needs_place", "needs_proofs")


def _check_order(terms: ContractTerms, read: Reading) -> None:
    """Each duty must fall due no later than the next: accept, arrive, make safe, complete."""
    services = {code for row in terms.duties.values() for code in row.by_service}
    for service in ("", *sorted(services)):
        _check_rising(read, [(kind, *_usual(row, kind, service)) for kind, row in _in_order(terms)])
    hazards = [(kind, row.hazard_minutes, f"duties.{kind}.hazard_minutes") for kind, row in _in_order(terms)]
    _check_rising(read, hazards)


def _in_order(terms: ContractTerms) -> list[tuple[str, DutyTerms]]:
    return [(kind, terms.duties[kind]) for kind in CLOCK_KINDS if kind in terms.duties]


def _usual(row: DutyTerms, kind: str, service: str) -> tuple[int | None, str]:
    if service in row.by_service:
        return row.by_service[service], f"duties.{kind}.by_service.{service}"
    return row.minutes, f"duties.{kind}.minutes"


def _check_rising(read: Reading, rows: list[tuple[str, int | None, str]]) -> None:
    before = 0
    for _kind, minutes, path in rows:
        if minutes is None:
            continue
        if minutes < before:
            read.problems.setdefault(path, "before_the_duty_ahead")
        before = max(before, minutes)


def _check_prices(terms: ContractTerms, read: Reading) -> None:
    seen: set[str] = set()
    for n, price in enumerate(terms.prices):
        code = ""
        if price.metric in seen:
            code = "twice"
        elif price.metric in CLOCK_KINDS and price.metric not in terms.duties:
            code = "no_such_duty"
        elif price.metric == "repeat" and terms.repeat_days == 0:
            code = "needs_repeat_days"
        elif price.metric == "evidence" and not terms.proofs:
            code = "needs_proofs"
        seen.add(price.metric)
        if code:
            read.problems.setdefault(f"prices.{n}.metric", code)
