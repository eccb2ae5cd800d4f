"""Writes of the queue filters that a person named and kept (סינון שמור)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from service_desk.errors import BadInput, NotFound
from service_desk.extensions import db
from service_desk.people.models import SavedFilter
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

#: most filters of one person, and letters of a name
MOST, NAME_CHARS = 20, 40


def _own(staff_id: int) -> tuple[ColumnElement[bool], ...]:
    return SavedFilter.authority_id == tenant_id(), SavedFilter.staff_id == staff_id


def _locked(staff_id: int) -> list[SavedFilter]:
    """Return a person's filters in her order. Two windows of hers wait for each other, so that no limit is passed."""
    place = func.hashtextextended(f"saved_filters:{tenant_id()}:{staff_id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(place)))
    query = select(SavedFilter).where(*_own(staff_id)).order_by(SavedFilter.sort, SavedFilter.id)
    return list(db.session.scalars(query))


def keep(staff_id: int, name: str, query: str, now: datetime) -> int:
    """Keep a filter under a name, after the others. Returns its id. Raises BadInput: name_taken, too_many."""
    held = _locked(staff_id)
    if len(held) >= MOST:
        raise BadInput({"name": "too_many"})
    _check_free(held, name)
    made = SavedFilter(
        authority_id=tenant_id(),
        id=new_id(),
        staff_id=staff_id,
        name=name,
        query=query,
        sort=max((each.sort for each in held), default=0) + 1,
        created_at=now,
    )
    db.session.add(made)
    return made.id


def rename(staff_id: int, filter_id: int, name: str) -> None:
    """Give a filter of this person another name. Raises NotFound, BadInput: name_taken."""
    held = _locked(staff_id)
    found = next((each for each in held if each.id == filter_id), None)
    if found is None:
        raise NotFound
    _check_free([each for each in held if each.id != filter_id], name)
    found.name = name


def remove(staff_id: int, filter_id: int) -> None:
    """Forget a filter of this person; one that is gone stays gone."""
    db.session.execute(delete(SavedFilter).where(*_own(staff_id), SavedFilter.id == filter_id))


def move(staff_id: int, filter_id: int, by: int) -> None:
    """Move a filter of this person by so many places; it stops at the ends. Raises NotFound."""
    held = _locked(staff_id)
    at = next((place for place, each in enumerate(held) if each.id == filter_id), None)
    if at is None:
        raise NotFound
    held.insert(max(0, min(at + by, len(held) - 1)), held.pop(at))
    for place, each in enumerate(held, start=1):
        db.session.execute(
            update(SavedFilter).where(*_own(staff_id), SavedFilter.id == each.id).values(sort=place)
        )


def _check_free(held: list[SavedFilter], name: str) -> None:
    if any(each.name.casefold() == name.casefold() for each in held):
        raise BadInput({"name": "name_taken"})
