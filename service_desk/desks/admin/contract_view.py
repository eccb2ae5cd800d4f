"""What the pages of contracts show: terms in words, versions with their standing, both sides of a what-if."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.contractors.queries import contracts
from service_desk.contractors.rules import CLOCK_KINDS, METRICS
from service_desk.desks import money
from service_desk.desks.admin import contract_words as words
from service_desk.desks.filters import by_language
from service_desk.slas.queries import standards

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from service_desk.contractors.models import Contract
    from service_desk.contractors.rules.contract import ContractTerms, DutyTerms, Price
    from service_desk.flow.try_contract import Side, WhatIf


@dataclass(frozen=True)
class Listed:
    """A contract in the list: the version that holds now or will next, and how many there are."""

    contract: Contract
    terms: ContractTerms
    standing: tuple[str, str]
    versions: int


def listed(now: datetime) -> list[Listed]:
    """Return one row per contract, by contractor's name."""
    rows: dict[str, list[Contract]] = {}
    for row in contracts.every_version():
        rows.setdefault(row.code, []).append(row)
    today = clock.local(now).date()
    shown = []
    for versions in rows.values():
        current = next((row for row in versions if contracts.holds_on(row, today)), versions[-1])
        shown.append(Listed(current, contracts.terms_of(current.id), standing(current, now), len(versions)))
    units = city_map().units
    return sorted(
        shown, key=lambda each: (by_language(units[each.contract.unit_id].name), each.contract.code)
    )


def standing(contract: Contract, now: datetime) -> tuple[str, str]:
    """Return whether a version holds, in words, and the colour of its tag."""
    today = clock.local(now).date()
    if contracts.holds_on(contract, today):
        return _("In force"), "success"
    if today < contract.valid_from:
        return _("Not yet in force"), "info"
    return _("Ended"), "neutral"


def day(on: date) -> str:
    """Return a date in words: 1 January 2026."""
    return str(format_date(on, "d MMMM yyyy"))


def period(contract: Contract) -> str:
    """Return from when until when a version holds."""
    if contract.valid_to is None:
        return _("from %(day)s, without an end", day=day(contract.valid_from))
    return _("from %(day)s until before %(end)s", day=day(contract.valid_from), end=day(contract.valid_to))


def readable(contract: Contract) -> dict[str, Any]:
    """Return the terms of a version in words, as the page lays them out."""
    terms = contracts.terms_of(contract.id)
    calendar = standards().in_force.get(terms.calendar)
    return {
        "terms": terms,
        "period": period(contract),
        "calendar": by_language(calendar.name) if calendar else terms.calendar,
        "duties": [
            (words.DUTY[kind], *_duty(terms.duties[kind])) for kind in CLOCK_KINDS if kind in terms.duties
        ],
        "prices": [(money.METRIC[each.metric], *_price(each)) for each in terms.prices],
        "cap": money.shekels(terms.cap_agorot),
        "fee": money.shekels(terms.monthly_fee_agorot),
        "proofs": [str(words.PROOF[kind]) for kind in terms.proofs],
    }


def _duty(row: DutyTerms) -> tuple[str, str, list[tuple[str, str]]]:
    types = catalogue().types
    usual, urgent = (words.open_time(each) if each else "" for each in (row.minutes, row.hazard_minutes))
    named = [
        (by_language(types[code].name) if code in types else code, words.open_time(minutes))
        for code, minutes in row.by_service.items()
    ]
    return usual, urgent, named


def _price(price: Price) -> tuple[str, list[str]]:
    """Return what a breach costs, and the terms that soften or sharpen it."""
    notes = []
    if price.is_hazard_only:
        notes.append(_("hazards only"))
    if price.grace_minutes:
        notes.append(_("up to %(time)s late is forgiven", time=words.open_time(price.grace_minutes)))
    if price.allowance:
        notes.append(ngettext("%(num)s a month is free", "%(num)s a month are free", price.allowance))
    if price.step_percent:
        notes.append(
            _(
                "each further one in the month costs %(step)s%% more, up to %(most)s%% more",
                step=price.step_percent,
                most=price.step_max_percent,
            )
        )
    return f"{money.shekels(price.amount_agorot)} · {words.UNIT[price.unit]}", notes


def compared(found: WhatIf) -> dict[str, Any]:
    """Return both sides of a what-if, row by row. Amounts are in shekels with their sign."""
    sides: Sequence[Side | None] = (found.old, found.new)
    months = sorted({month for side in sides if side for month in side.by_month})
    return {
        "found": found,
        "since": day(found.since),
        "before": day(found.before),
        "is_empty": not any(side and side.orders for side in sides),
        "metrics": [
            (money.METRIC[metric], *(_metric(side, metric) for side in sides))
            for metric in METRICS
            if any(side and metric in side.by_metric for side in sides)
        ],
        "months": [(money.month_name(month), *(_month(side, month) for side in sides)) for month in months],
        "totals": [_total(side) for side in sides],
    }


def _metric(side: Side | None, metric: str) -> dict[str, Any] | None:
    if side is None:
        return None
    each = side.by_metric.get(metric)
    return {
        "count": each.count if each else 0,
        "free": each.free if each else 0,
        "amount": money.shekels(each.stepped_agorot if each else 0),
    }


def _month(side: Side | None, month: date) -> dict[str, Any] | None:
    if side is None:
        return None
    each = side.by_month.get(month)
    return {
        "count": each.count if each else 0,
        "amount": money.shekels(each.charged_agorot if each else 0),
        "before_cap": money.shekels(each.stepped_agorot) if each and each.is_capped else "",
    }


def _total(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "orders": side.orders,
        "breaches": side.breaches,
        "amount": money.shekels(side.charged_agorot),
        "before_cap": money.shekels(side.stepped_agorot),
        "cap": money.shekels(side.cap_agorot),
    }
