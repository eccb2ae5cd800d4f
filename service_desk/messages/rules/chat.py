"""A report made in a chat, from the first word to the reference: a machine of steps that always answers and never waits.

what → pick → where (→ number | which_street) → known → question … → photo → confirm. Each step takes one message and
says what comes next. «Back» returns to the question before, «start over» to the first; a language named is the chat's
from then on; «help» gives the numbers of people. What was said once is not asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.catalog.rules import danger_numbers
from service_desk.messages.rules import which
from service_desk.messages.rules.chat_asks import ask
from service_desk.messages.rules.chat_place import pin_place
from service_desk.messages.rules.chat_steps import PLACES, STEPS
from service_desk.messages.rules.talking import Line, Talk, Turn
from service_desk.messages.rules.words import (
    digit_in,
    is_again,
    is_back,
    is_help,
    is_no,
    language_named,
    language_of,
)

if TYPE_CHECKING:
    from service_desk.messages.rules.talking import Heard, World

#: steps back that are remembered
_MOST_PAST = 12


def begin(heard: Heard, locale: str, world: World) -> Turn:
    """Begin a report with its first message. locale: of the person, unless the words are written in another script."""
    spoken = _spoken(heard.text, locale)
    talk = Talk(spoken, "what", {"key": heard.key})
    named = language_named(heard.text)
    if named or is_again(heard.text) or not (heard.text or heard.pin or heard.photos):
        fresh = Talk(named or spoken, "what", {"key": heard.key})
        return Turn(fresh, (Line("hello"), Line("what")))
    if is_help(heard.text):
        return Turn(talk, (_help(talk, world), Line("what")))
    turn = _after(talk, _note_media(talk, heard), heard, world)
    is_understood = turn.talk is not None and turn.talk.step != "what"
    return turn if is_understood else Turn(turn.talk, (Line("hello"), Line("what")))


def step(talk: Talk, heard: Heard, world: World) -> Turn:
    """Take one message of a chat that is going on. Never raises; always says something or comes to something."""
    named = language_named(heard.text)
    if named:
        talk = Talk(named, talk.step, talk.draft)
        return Turn(talk, (ask(talk, world),))
    if is_help(heard.text):
        return Turn(talk, (_help(talk, world), ask(talk, world)))
    if is_again(heard.text):
        return Turn(Talk(talk.locale, "what", {"key": heard.key}), (Line("what"),))
    if is_back(heard.text) or (talk.step == "confirm" and (digit_in(heard.text) == 2 or is_no(heard.text))):
        return _back(talk, world)
    if talk.step == "which_ticket":
        return which.answered(talk, heard.text, heard.inbound_id)
    return _after(talk, _note_media(talk, heard), heard, world)


def _after(before: Talk, talk: Talk, heard: Heard, world: World) -> Turn:
    """Take the message at its step, remember the way back, and warn of danger first of all."""
    turn = STEPS[talk.step](talk, heard, world)
    warning = _danger(heard.text, talk, world)
    lines = (warning, *turn.lines) if warning else turn.lines
    if turn.talk is None or turn.talk.step == before.step:
        return Turn(turn.talk, lines, turn.effect)
    past = [*before.draft.get("past", ()), [before.step, _without_past(before)]][-_MOST_PAST:]
    return Turn(turn.talk.at(turn.talk.step, past=past), lines, turn.effect)


def _without_past(talk: Talk) -> dict[str, Any]:
    return {name: value for name, value in talk.draft.items() if name != "past"}


def _back(talk: Talk, world: World) -> Turn:
    past = list(talk.draft.get("past", ()))
    if not past:
        return Turn(talk, (ask(talk, world),))
    earlier, draft = past.pop()
    # what was shown since is not taken back
    kept = {**draft, "past": past, "inbound_ids": talk.draft.get("inbound_ids", [])}
    gone = Talk(talk.locale, earlier, kept)
    return Turn(gone, (ask(gone, world),))


def _note_media(talk: Talk, heard: Heard) -> Talk:
    """Remember a message that brought photos, and a pin that came before it was asked for."""
    if heard.photos:
        talk = talk.at(talk.step, inbound_ids=[*talk.draft.get("inbound_ids", []), heard.inbound_id][-10:])
    if heard.pin and talk.step not in PLACES:
        talk = talk.at(talk.step, place=pin_place(heard.pin))
    return talk


def _danger(text: str, talk: Talk, world: World) -> Line | None:
    numbers = danger_numbers(text) if talk.step in {"what", "pick", "photo"} else []
    if not numbers:
        return None
    return Line("danger", {"numbers": ", ".join(numbers), "hotline": world.numbers({})})


def _help(talk: Talk, world: World) -> Line:
    return Line("help", {"numbers": world.numbers(talk.draft.get("place") or {})})


def _spoken(text: str, locale: str) -> str:
    """Return the language to speak: that of the script, unless it says nothing (Latin letters, within another language)."""
    found = language_of(text)
    if found is None or (found == "en" and locale != "he" and len(text) < 12):
        return locale
    return found
