"""Pure rules of verification: which reported work a person has to look at, and what evidence is missing."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.contractors.rules.orders import Order, ProofFact


def is_sampled(order_id: int, percent: int, secret: str) -> bool:
    """Say whether the order falls into the contract's sample.

    It depends on the order alone, so asking again gives the same answer; the installation's secret is mixed in, so
    that nobody outside can tell beforehand which orders nobody will look at.
    """
    drawn = hmac.new(secret.encode(), f"sample {order_id}".encode(), hashlib.sha256).digest()
    return int.from_bytes(drawn[:8], "big") * 100 < percent << 64


def missing_proofs(
    terms: ContractTerms, proofs: Iterable[ProofFact], since: datetime | None
) -> tuple[str, ...]:
    """Return the kinds of photos that the contract asks for and that are missing since the last failed check.

    A photo taken away from the order's place, or without a place when the contract wants one, proves nothing.
    """
    shown = {
        proof.kind
        for proof in proofs
        if proof.is_near is not False and (since is None or proof.received_at > since)
    }
    return tuple(kind for kind in terms.proofs if kind not in shown)


def why_verify(order: Order, terms: ContractTerms, *, was_reopened: bool, secret: str) -> str | None:
    """Return why a person has to look at an order just reported done (a VERIFICATION_REASONS code), or None.

    was_reopened: the resident said once that the ticket was not done.
    """
    if order.is_hazard:
        return "hazard"
    if was_reopened or order.failed_count:
        return "reopened"
    if missing_proofs(terms, order.proofs, order.failed_at):
        return "evidence"
    return "sample" if is_sampled(order.id, terms.sample_percent, secret) else None
