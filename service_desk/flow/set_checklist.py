"""An administrator makes, changes and retires what inspectors look at. Rounds that were planned keep their versions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city import actions as city
from service_desk.city import kept
from service_desk.errors import BadInput, NotAllowed, NotFound, StaleVersion
from service_desk.flow.checklist_form import check_checklist
from service_desk.people import actions as people
from service_desk.people.rules import may
from service_desk.supervision.actions import checklists as actions
from service_desk.supervision.queries import checklists as queries
from service_desk.supervision.queries import rounds
from service_desk.supervision.rules.checks import read_item
from service_desk.work import one_at_a_time, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.flow.checklist_form import ChecklistContent, TypedChecklist
    from service_desk.people.rules import Actor
    from service_desk.supervision.models import Checklist

_KEY = re.compile(r"[0-9a-f]{8,32}")


def make_checklist(key: str, typed: TypedChecklist, actor: Actor) -> str:
    """Begin a checklist today and return its code; the same form sent twice begins one.

    key: of the form, hexadecimal. Raises NotAllowed, BadInput, StaleVersion (the form was sent before, otherwise).
    """
    _allow(actor)
    if not _KEY.fullmatch(key):
        raise BadInput({"key": "required"})
    code, now = f"c-{key}", clock.now()
    with transaction():
        versions = _alone(code)
        content = check_checklist(typed, frozenset(), _names_of_others(code))
        if versions and not _is_same(versions[0], content):
            raise StaleVersion(versions[0].id, 0, versions[-1].id)
        if not versions:
            actions.begin_version(code, content.name, content.items, clock.local(now).date())
            _note(actor, "checklist_made", code, now)
    kept.forget()
    return code


def set_checklist(
    code: str, seen: int, typed: TypedChecklist, actor: Actor, *, is_back: bool = False
) -> bool:
    """Begin the checklist's next version today; return False when it says what the last one says.

    seen: id of the last version on the page. is_back: it was retired there, and is to be in use again.
    Raises NotAllowed, NotFound, BadInput, StaleVersion.
    """
    _allow(actor)
    now = clock.now()
    with transaction():
        versions = _alone(code)
        last = _last(versions, seen, is_retired=is_back)
        used = frozenset(item["code"] for row in versions for item in row.items)
        content = check_checklist(typed, used, _names_of_others(code))
        is_changed = is_back or not _is_same(last, content)
        if is_changed:
            actions.begin_version(code, content.name, content.items, clock.local(now).date(), last)
            _note(actor, "checklist_set", code, now)
    kept.forget()
    return is_changed


def retire_checklist(code: str, seen: int, actor: Actor) -> None:
    """Let no new stop use the checklist. Raises NotAllowed, NotFound, StaleVersion."""
    _allow(actor)
    now = clock.now()
    with transaction():
        last = _last(_alone(code), seen, is_retired=False)
        actions.retire(last, clock.local(now).date())
        _note(actor, "checklist_retired", code, now)
    kept.forget()


def _allow(actor: Actor) -> None:
    if not may(actor, "set_checklists"):
        raise NotAllowed


def _alone(code: str) -> list[Checklist]:
    """Return the versions; whoever else changes this checklist waits until the transaction ends."""
    one_at_a_time(f"checklist {code}")
    return queries.versions_of(code)


def _last(versions: Sequence[Checklist], seen: int, *, is_retired: bool) -> Checklist:
    """Return the last version, if it is the one that was seen, in the state that it was seen in."""
    if not versions:
        raise NotFound
    last = versions[-1]
    if last.id != seen or (last.valid_to is not None) != is_retired:
        raise StaleVersion(versions[0].id, seen, last.id)
    return last


def _is_same(row: Checklist, content: ChecklistContent) -> bool:
    return row.name == content.name and [*map(read_item, row.items)] == [*map(read_item, content.items)]


def _names_of_others(code: str) -> frozenset[str]:
    """Return the Hebrew names of the other checklists in use: a planner tells them apart by nothing else."""
    others = (each for each in rounds.newest_checklists() if each.is_in_force and each.code != code)
    return frozenset(each.name.get("he", "") for each in others)


def _note(actor: Actor, what: str, code: str, now: datetime) -> None:
    city.note_change()
    people.note_access(actor, None, what, now, why=code)
