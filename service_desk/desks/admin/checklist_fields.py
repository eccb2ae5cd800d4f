"""The form of a checklist: its fields read, its items moved, added and taken away before anything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.config import LOCALES
from service_desk.desks import numbers
from service_desk.flow.checklist_form import MOST_ITEMS, TypedChecklist, TypedItem

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    Form = MultiDict[str, str]

#: more of a field than this is not even kept to be corrected
_FIELD_CHARS = 400


def typed_in(form: Form) -> TypedChecklist:
    """Return the checklist that a sent form says."""
    count = min(numbers.whole(form.get("items", "")) or 0, MOST_ITEMS + 1)
    return TypedChecklist(
        _languages(form, "name"), tuple(_item(form, f"item.{n}") for n in range(1, count + 1))
    )


def _languages(form: Form, field: str) -> dict[str, str]:
    return {each: _said(form, f"{field}.{each}") for each in LOCALES}


def _item(form: Form, field: str) -> TypedItem:
    start = f"{field}.answer."
    return TypedItem(
        _said(form, f"{field}.code"),
        _languages(form, f"{field}.label"),
        _said(form, f"{field}.service"),
        {name.removeprefix(start): _said(form, name) for name in form if name.startswith(start)},
        _said(form, f"{field}.danger"),
    )


def _said(form: Form, name: str) -> str:
    return form.get(name, "")[:_FIELD_CHARS]


def arranged(typed: TypedChecklist, act: str) -> tuple[TypedChecklist, int]:
    """Return the checklist after an act on its lines, and the number of the line to go on at (0: none).

    act: add, up-N, down-N, remove-N; anything else leaves the lines as they are.
    """
    items = list(typed.items)
    verb, _, number = act.partition("-")
    at = (numbers.whole(number) or 0) - 1
    if verb == "add" and len(items) <= MOST_ITEMS:
        items.append(TypedItem())
        at = len(items) - 1
    elif not 0 <= at < len(items):
        return typed, 0
    elif verb == "remove":
        del items[at]
        at = min(at, len(items) - 1)
    elif verb in {"up", "down"}:
        to = min(max(at + (1 if verb == "down" else -1), 0), len(items) - 1)
        items.insert(to, items.pop(at))
        at = to
    return TypedChecklist(typed.name, tuple(items)), at + 1
