"""A manager or administrator edits the ready wordings from which clerks answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service_desk import config
from service_desk.catalog.queries import catalogue
from service_desk.errors import BadInput, NotAllowed
from service_desk.intake.rules import clean_text
from service_desk.messages import replies
from service_desk.messages.rules.filling import USES, unknown_holes
from service_desk.people.rules import Actor, may
from service_desk.work import transaction

if TYPE_CHECKING:
    from service_desk.messages.replies import Wording

#: letters of a wording (a reply holds no more) and of its name
WORDS_CHARS, NAME_CHARS = 600, 60


def edit_reply(reply_id: int | None, wording: Wording, actor: Actor) -> int:
    """Keep a wording; reply_id None adds one. Returns its id. Raises BadInput by field, NotFound, NotAllowed.

    Fields: use, type, name_<language>, words_<language>. A hole that nothing fills is refused in any language.
    """
    if not may(actor, "edit_replies"):
        raise NotAllowed
    kept = clean(wording)
    found = problems(kept)
    if found:
        raise BadInput(found)
    with transaction():
        return replies.write_reply(reply_id, kept)


def clean(wording: Wording) -> Wording:
    """Return the wording as it would be kept: trimmed, languages without words left out."""
    names = {each: clean_text(wording.name.get(each, "")) for each in config.LOCALES}
    words = {each: clean_text(wording.words.get(each, "")) for each in config.LOCALES}
    return replace(
        wording,
        name={each: text for each, text in names.items() if text},
        words={each: text for each, text in words.items() if text},
    )


def problems(wording: Wording) -> dict[str, str]:
    """Return {field: code} of what keeps a wording from being kept: required, too_long, unknown_variable, unknown."""
    found: dict[str, str] = {}
    shelf = catalogue()
    if wording.use not in USES:
        found["use"] = "required"
    is_known = wording.service_code in (None, *shelf.types) and wording.group_code in (None, *shelf.groups)
    if not is_known:
        found["type"] = "unknown"
    for each in config.LOCALES:
        name, words = wording.name.get(each, ""), wording.words.get(each, "")
        if not name and each == "he":
            found["name_he"] = "required"
        elif len(name) > NAME_CHARS:
            found[f"name_{each}"] = "too_long"
        if not words and each == "he":
            found["words_he"] = "required"
        elif len(words) > WORDS_CHARS:
            found[f"words_{each}"] = "too_long"
        elif unknown_holes(words):
            found[f"words_{each}"] = "unknown_variable"
    return found
