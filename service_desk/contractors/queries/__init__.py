"""Reads of contracts and work orders."""

from service_desk.contractors.queries.contracts import (
    all_in_force,
    by_id,
    contract_for,
    terms_of,
    versions_of,
)

__all__ = ["all_in_force", "by_id", "contract_for", "terms_of", "versions_of"]
