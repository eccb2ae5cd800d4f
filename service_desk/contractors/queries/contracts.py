"""Reads of contracts: every version, kept in memory and read anew when the city's data version grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk import clock
from service_desk.city.kept import Kept
from service_desk.contractors.models import Contract
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True)
class Contracts:
    """All versions of an authority's contracts, by code and version, with their terms read once."""

    rows: Mapping[int, Contract]
    terms: Mapping[int, ContractTerms]


def _load() -> Contracts:
    query = select(Contract).where(Contract.authority_id == tenant_id())
    rows = db.session.scalars(query.order_by(Contract.code, Contract.version)).all()
    db.session.expunge_all()
    return Contracts(
        {row.id: row for row in rows}, {row.id: ContractTerms.from_json(row.terms) for row in rows}
    )


_kept = Kept(_load)


def by_id(contract_id: int) -> Contract:
    """Return one version, ended or not; no statement when it is in memory. Raises NotFound."""
    rows = _kept.get().rows
    if contract_id not in rows:
        raise NotFound("no_contract")
    return rows[contract_id]


def terms_of(contract_id: int) -> ContractTerms:
    """Return the terms of one version, ended or not. Raises NotFound."""
    terms = _kept.get().terms
    if contract_id not in terms:
        raise NotFound("no_contract")
    return terms[contract_id]


def holds_on(contract: Contract, day: date) -> bool:
    """Say whether the version holds on a local date. valid_to is the first date on which it no longer does."""
    return contract.valid_from <= day and (contract.valid_to is None or day < contract.valid_to)


def contract_for(
    domain: str, area_code: str | None, unit_id: int | None = None, *, at: datetime
) -> Contract | None:
    """Return the version in force at the instant for this work there, or None.

    unit_id: of this contractor only. A contract that names the area goes before one for the whole city.
    """
    kept, day = _kept.get(), clock.local(at).date()
    fitting = [
        row
        for row in kept.rows.values()
        if holds_on(row, day)
        and unit_id in (None, row.unit_id)
        and kept.terms[row.id].covers(domain, area_code)
    ]
    return min(fitting, key=lambda row: (kept.terms[row.id].areas is None, row.code), default=None)


def versions_of(code: str) -> list[Contract]:
    """Return every version filed under the code, first to last."""
    return [row for row in _kept.get().rows.values() if row.code == code]


def all_in_force(at: datetime) -> list[Contract]:
    """Return the version of each contract that holds at the instant, by code."""
    day = clock.local(at).date()
    return [row for row in _kept.get().rows.values() if holds_on(row, day)]


def every_version() -> list[Contract]:
    """Return all versions of all contracts, by code and version."""
    return list(_kept.get().rows.values())
