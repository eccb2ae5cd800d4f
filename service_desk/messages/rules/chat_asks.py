"""What a chat asks at each step, as lines of words and choices. Pure: the same chat always asks the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.catalog.rules import AnswerType
from service_desk.messages.rules import which
from service_desk.messages.rules.talking import Line
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service_desk.catalog.rules import Question, ServiceType
    from service_desk.messages.rules.talking import Talk, World


def ask(talk: Talk, world: World) -> Line:
    """Return the question of the chat's step."""
    asked = _ASKED.get(talk.step)
    return asked(talk, world) if asked else Line(talk.step)


def _pick(talk: Talk, world: World) -> Line:
    return _list("pick", [said(world.type(code).name, talk.locale) for code in talk.draft["codes"]])


def _where(talk: Talk, _world: World) -> Line:
    return Line("where_or_skip" if talk.draft.get("may_skip") else "where")


def _which_street(talk: Talk, _world: World) -> Line:
    return _list("which_street", [said(each["name"], talk.locale) for each in talk.draft["places"]])


def _known(talk: Talk, _world: World) -> Line:
    return _list("known", [shown(reference) for _id, reference in talk.draft["known"]])


def _list(key: str, choices: Sequence[str], values: Mapping[str, str] | None = None) -> Line:
    return Line(key, values or {}, tuple(enumerate(choices, 1)))


def open_questions(talk: Talk, service: ServiceType) -> list[Question]:
    """Return the questions that have to be answered and were not yet."""
    given = talk.draft.get("answers", {})
    return [each for each in service.questions if each.is_required and each.code not in given]


def _question(talk: Talk, world: World) -> Line:
    asked = open_questions(talk, world.type(talk.draft["code"]))[0]
    values = {"question": said(asked.text, talk.locale)}
    if asked.type in {AnswerType.SINGLE, AnswerType.MULTI}:
        return _list("question", [said(each.text, talk.locale) for each in asked.options], values)
    if asked.type is AnswerType.BOOLEAN:
        return Line("question_yes_no", values)
    return Line("question", values)


def _summary(talk: Talk, world: World) -> Line:
    place: Mapping[str, Any] = talk.draft.get("place", {})
    number, _why = world.centre_at(place)
    values = {
        "what": said(world.type(talk.draft["code"]).name, talk.locale),
        "where": place_words(place, talk.locale),
        "centre": str(number or ""),
        "due": world.due(talk.draft["code"], talk.draft.get("answers", {}), talk.locale),
    }
    return Line("confirm" if number else "confirm_no_centre", values)


def place_words(place: Mapping[str, Any], locale: str) -> str:
    """Return a place as it was said; a pin is its mark."""
    if place.get("kind") == "pin":
        return "📍"
    return str(place.get("line") or said(place.get("name", {}), locale) or "–")


def said(words: Mapping[str, str], locale: str) -> str:
    """Return words in the language; Hebrew, then English, when they have none in it."""
    return words.get(locale) or words.get("he") or words.get("en") or ""


_ASKED = {
    "which_ticket": lambda talk, _world: which.question(talk), "pick": _pick, "where": _where,
    "which_street": _which_street, "known": _known, "question": _question, "confirm": _summary,
}  # fmt: skip
