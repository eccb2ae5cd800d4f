"""Writes of checklists: a change is a new version, and stops keep the one that they were planned with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.extensions import db
from service_desk.supervision.models import Checklist
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


def begin_version(
    code: str,
    name: Mapping[str, str],
    items: Sequence[Mapping[str, Any]],
    today: date,
    before: Checklist | None = None,
) -> Checklist:
    """Put a version in force from today. before: the last one there was, which ends now if it has not ended."""
    if before is not None and before.valid_to is None:
        retire(before, today)
        db.session.flush()  # one version in force: the old one ends before the new one begins
    made = Checklist(
        authority_id=tenant_id(),
        id=_later_id(before),
        code=code,
        name=dict(name),
        items=[dict(item) for item in items],
        valid_from=today,
    )
    db.session.add(made)
    return made


def retire(row: Checklist, today: date) -> None:
    """End a version: no new stop uses it."""
    row.valid_to = today


def _later_id(before: Checklist | None) -> int:
    """Return an id above the version before: this process may still hold a block of ids older than that one's."""
    made = new_id()
    while before is not None and made <= before.id:
        made = new_id()
    return made
