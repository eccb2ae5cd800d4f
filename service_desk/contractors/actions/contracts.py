"""Writes of contracts. A version is never changed, save for the day on which the next one ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk.city import actions as city
from service_desk.contractors.models import Contract
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.errors import BadInput
from service_desk.extensions import db
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from service_desk.people.rules import Actor


@dataclass(frozen=True)
class ContractContent:
    """A version about to be kept. code: as the city files it; valid_to: first day it no longer holds, or None.

    seen_version: the last version that the writer knew of, 0 for none.
    """

    code: str
    unit_id: int
    name: Mapping[str, str]
    terms: ContractTerms
    valid_from: date
    valid_to: date | None = None
    seen_version: int = 0


def keep_version(content: ContractContent, now: datetime, actor: Actor) -> Contract:
    """Keep the next version of a contract, or the first; the version before ends on the day it begins.

    Raises BadInput for: a start not after the last version's (`valid_from`), an end not after the start (`valid_to`),
    another contractor than before (`unit`), a version kept meanwhile (`version`), work and area that another contract of the contractor has (`domains`).
    """
    # This updates and so locks the authority's row: two who save at once come one after the other.
    city.note_change()
    rows = db.session.scalars(
        select(Contract)
        .where(Contract.authority_id == tenant_id(), Contract.unit_id == content.unit_id)
        .order_by(Contract.version)
        .execution_options(populate_existing=True)
    ).all()
    taken = db.session.scalars(
        select(Contract.unit_id).where(Contract.authority_id == tenant_id(), Contract.code == content.code)
    ).first()
    last = next((row for row in reversed(rows) if row.code == content.code), None)
    problems = _problems(content, last, [row for row in rows if row.code != content.code])
    if taken not in (None, content.unit_id):
        problems["unit"] = "other_contractor"
    if problems:
        raise BadInput(problems)
    if last is not None and (last.valid_to is None or last.valid_to > content.valid_from):
        last.valid_to = content.valid_from
    kept = Contract(
        authority_id=tenant_id(),
        code=content.code,
        version=last.version + 1 if last else 1,
        unit_id=content.unit_id,
        name=dict(content.name),
        terms=content.terms.to_json(),
        valid_from=content.valid_from,
        valid_to=content.valid_to,
        created_at=now,
        created_by=actor.id,
    )
    db.session.add(kept)
    # The caller shows the new version's number and id.
    db.session.flush()
    return kept


def _problems(content: ContractContent, last: Contract | None, others: Sequence[Contract]) -> dict[str, str]:
    found: dict[str, str] = {}
    if content.seen_version != (last.version if last else 0):
        found["version"] = "changed_meanwhile"
    if last is not None and content.valid_from <= last.valid_from:
        found["valid_from"] = "not_after_the_last_version"
    if content.valid_to is not None and content.valid_to <= content.valid_from:
        found["valid_to"] = "not_after_the_start"
    if any(_overlaps(content, other) for other in others):
        found["domains"] = "overlaps"
    return found


def _overlaps(content: ContractContent, other: Contract) -> bool:
    """Say whether both would hold for the same work in the same place on some day."""
    apart = (content.valid_to is not None and content.valid_to <= other.valid_from) or (
        other.valid_to is not None and other.valid_to <= content.valid_from
    )
    there, here = ContractTerms.from_json(other.terms), content.terms
    shares_area = here.areas is None or there.areas is None or bool(set(here.areas) & set(there.areas))
    return not apart and shares_area and bool(set(here.domains) & set(there.domains))
