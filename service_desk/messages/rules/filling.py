"""Ready wordings and their holes: {reference}, {street}, {due}. Which are known, and what stands in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: what a wording may hold open
VARIABLES = ("reference", "street", "due")
#: where a wording is offered: the message it becomes, or what a contractor is told to do
USES = ("reply", "question", "resolved", "rejected", "order")
_HOLE = re.compile(r"\{([^{}]*)\}")


def unknown_holes(words: str) -> tuple[str, ...]:
    """Return what is held open and cannot be filled, as written; a stray brace counts too. Empty: all is well."""
    named = tuple(name for name in _HOLE.findall(words) if name not in VARIABLES)
    stray = tuple(ch for ch in _HOLE.sub("", words) if ch in "{}")
    return named + stray


def fill(words: str, values: Mapping[str, str]) -> str | None:
    """Return the words with every hole filled, or None when a value is missing or empty: half a sentence is not sent."""
    if any(not values.get(name) for name in _HOLE.findall(words)):
        return None
    return _HOLE.sub(lambda hole: values[hole.group(1)], words)
