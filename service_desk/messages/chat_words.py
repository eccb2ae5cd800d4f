"""What a chat says, in the person's language. The words are data: service_desk/messages/seed/chat.json."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from service_desk.messages.rules.talking import Line


@lru_cache(maxsize=1)
def _words() -> Mapping[str, Mapping[str, str]]:
    found = resources.files("service_desk.messages.seed").joinpath("chat.json").read_text("utf-8")
    lines: dict[str, dict[str, str]] = json.loads(found)["lines"]
    return lines


def render(lines: Iterable[Line], locale: str, always: Mapping[str, str]) -> str:
    """Return lines as the words of one message. always: values that any line may use, such as the city's name."""
    return "\n\n".join(_one(line, locale, always) for line in lines)


def _one(line: Line, locale: str, always: Mapping[str, str]) -> str:
    said = _fill(_words()[line.key][locale], {**always, **line.values})
    zero = _words().get(f"{line.key}.zero", {}).get(locale)
    listed = [f"{number}. {words}" for number, words in line.choices]
    return "\n".join([said, *listed, *([f"0. {zero}"] if zero and listed else [])])


def _fill(words: str, values: Mapping[str, str]) -> str:
    """Fill {names}; a line whose value is empty is left out, since it would promise nothing."""
    kept = [
        line
        for line in words.split("\n")
        if not any(f"{{{key}}}" in line and not values[key] for key in values)
    ]
    said = "\n".join(kept)
    for key, value in values.items():
        said = said.replace(f"{{{key}}}", value)
    return said
