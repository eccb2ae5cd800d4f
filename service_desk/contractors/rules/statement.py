"""A contractor's monthly statement as plain data: every line with its calculation and its evidence. The same input, the same bytes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.contractors.rules.month import assess

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from service_desk.contractors.rules.damages import DamageValue
    from service_desk.contractors.rules.month import Line

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class ContractMonth:
    """The contract that a month is assessed by: its version in force when the month ended. cap_agorot: of that month."""

    code: str
    version: int
    name: Mapping[str, str]
    cap_agorot: int


def content_of(
    unit: Mapping[str, Any],
    month: date,
    contracts: Mapping[str, ContractMonth],
    damages: Iterable[tuple[str, DamageValue]],
    work: Mapping[str, int],
    references: Mapping[int, str],
) -> dict[str, Any]:
    """Return the whole statement.

    unit: {"id", "code", "name"}. contracts: by code. damages: (contract's code, damage) of the month, decided ones:
    approved are assessed, waived listed. work: figures of the month's orders. references: by ticket id.
    """
    held = list(damages)
    parts = [
        _contract(contracts[code], [damage for of, damage in held if of == code], references)
        for code in sorted(contracts)
    ]
    waived = [_waived(damage, references) for _code, damage in held if damage.decision == "waived"]
    return {
        "unit": dict(unit),
        "month": month.isoformat(),
        "contracts": parts,
        "waived": sorted(waived, key=lambda each: (each["breached_at"], each["damage"])),
        "work": dict(work),
        "total_agorot": sum(part["total_agorot"] for part in parts),
    }


def _contract(
    contract: ContractMonth, damages: list[DamageValue], references: Mapping[int, str]
) -> dict[str, Any]:
    approved = [each for each in damages if each.decision == "approved"]
    by_key = {(each.order_id, each.metric, each.round): each for each in approved}
    month = assess((each.item for each in approved), contract.cap_agorot)
    return {
        "code": contract.code,
        "version": contract.version,
        "name": dict(contract.name),
        "cap_agorot": month.cap_agorot,
        "before_cap_agorot": month.before_cap_agorot,
        "total_agorot": month.total_agorot,
        "lines": [
            _line(line, by_key[line.item.order_id, line.item.metric, line.item.round], references)
            for line in month.lines
        ],
    }


def _line(line: Line, damage: DamageValue, references: Mapping[int, str]) -> dict[str, Any]:
    return {
        **_named(damage, references),
        "working": dict(damage.working),
        "event_seqs": list(damage.event_seqs),
        "nth": line.nth,
        "is_free": line.is_free,
        "step_percent": line.step_percent,
        "stepped_agorot": line.stepped_agorot,
        "charged_agorot": line.charged_agorot,
    }


def _waived(damage: DamageValue, references: Mapping[int, str]) -> dict[str, Any]:
    return {**_named(damage, references), "amount_agorot": damage.amount_agorot, "reason": damage.reason}


def _named(damage: DamageValue, references: Mapping[int, str]) -> dict[str, Any]:
    return {
        "damage": damage.id,
        "ticket": damage.ticket_id,
        "reference": references[damage.ticket_id],
        "number": damage.order_number,
        "order": damage.order_id,
        "metric": damage.metric,
        "round": damage.round,
        "breached_at": damage.breached_at.isoformat(),
    }


def content_hash(content: Mapping[str, Any]) -> bytes:
    """Return sha-256 over the statement's one way of being written (32 bytes)."""
    return hashlib.sha256(_CANONICAL.encode(content).encode()).digest()
