"""One field of an act's form, whatever the act is on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: (group's label, [(value, words)]); a label of "" means no group
Groups = list[tuple[str, list[tuple[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. kind: words, line, choice, select, tick, photos, promises or hidden. value: what it holds before anything is typed."""

    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    options: Groups = ()  # type: ignore[assignment]
    is_optional: bool = False
    limit: int = 1000


def words_field(label: str, hint: str = "", *, is_optional: bool = False, limit: int = 1000) -> Field:
    """Return the field of an act's words."""
    return Field("words", "words", label, hint, is_optional=is_optional, limit=limit)
