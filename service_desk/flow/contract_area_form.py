"""Who serves where, as ticked on a form, becomes a change of contracts: what one gains, others lose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.queries import contracts
from service_desk.errors import BadInput
from service_desk.reports.replay.changes import ContractAreaChange

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from service_desk.contractors.models import Contract

#: a contract's areas, in the city's order; None: the whole city
Areas = list[str] | None


@dataclass(frozen=True)
class _Contract:
    version: int
    domains: frozenset[str]
    areas: Areas


def contracts_in_force() -> list[Contract]:
    """Return the contracts in force, by code: those whose areas may be changed."""
    return sorted(contracts.all_in_force(clock.now()), key=lambda each: each.code)


def areas_of(contract: Contract) -> list[str]:
    """Return the codes of the areas that a contract serves."""
    named = contracts.terms_of(contract.id).areas
    return [code for code in city_map().areas if named is None or code in named]


def read_contract_areas(code: str, wanted: Collection[str], given_to: str) -> ContractAreaChange:
    """Return the change of who serves where. wanted: areas the contract would serve; given_to: contract that gets those it leaves.

    Areas it gains are taken from contracts that name them for the same work. given_to "": the city's own unit does that
    work. Raises BadInput {contract, areas or given_to: code}.
    """
    known = _known()
    if code not in known:
        raise BadInput({"contract": "required"})
    everywhere = list(city_map().areas)
    old = everywhere if known[code].areas is None else known[code].areas or []
    new = [each for each in everywhere if each in wanted]
    if not new or new == old:
        raise BadInput({"areas": "same" if new else "no_area"})
    after: dict[str, Areas] = {code: new if len(new) < len(everywhere) else None}
    after |= _losers(known, code, [each for each in new if each not in old])
    leaves = [each for each in old if each not in new]
    if leaves and given_to:
        after |= _taker(known, code, given_to, leaves, everywhere)
    return ContractAreaChange(
        code,
        after,
        {each: known[each].areas for each in after},
        {each: known[each].version for each in after},
    )


def _known() -> dict[str, _Contract]:
    found = {}
    for row in contracts_in_force():
        terms = contracts.terms_of(row.id)
        areas = None if terms.areas is None else areas_of(row)
        found[row.code] = _Contract(row.version, frozenset(terms.domains), areas)
    return found


def _losers(known: Mapping[str, _Contract], code: str, gained: Sequence[str]) -> dict[str, Areas]:
    """Return the areas left to the contracts that served the gained ones. One for the whole city keeps the rest of it."""
    found: dict[str, Areas] = {}
    for other, its in known.items():
        shares = other != code and bool(its.domains & known[code].domains)
        if not shares or its.areas is None or not set(its.areas) & set(gained):
            continue
        if not its.domains <= known[code].domains:
            raise BadInput({"areas": "shared_work"})
        left = [each for each in its.areas if each not in gained]
        if not left:
            raise BadInput({"areas": "contract_gone"})
        found[other] = left
    return found


def _taker(
    known: Mapping[str, _Contract], code: str, taker: str, leaves: Sequence[str], everywhere: Sequence[str]
) -> dict[str, Areas]:
    """Return the areas of the contract that gets what is left. One for the whole city has them already."""
    if taker not in known or taker == code or not known[code].domains <= known[taker].domains:
        raise BadInput({"given_to": "other_work"})
    its = known[taker].areas
    return {} if its is None else {taker: [each for each in everywhere if each in its or each in leaves]}
