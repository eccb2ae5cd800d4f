"""The steps of a report in a chat: each takes one message and returns where it leads and what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.catalog.rules import AnswerType, check_answers, danger_kinds
from service_desk.messages.rules.chat_asks import ask, open_questions
from service_desk.messages.rules.chat_place import heard_number, heard_where, heard_which_street
from service_desk.messages.rules.talking import MOST_CHOICES, Effect, Line, Turn
from service_desk.messages.rules.words import digit_in, is_no, is_yes

if TYPE_CHECKING:
    from service_desk.catalog.rules import Question
    from service_desk.messages.rules.talking import Heard, Talk, World

PLACES = {"where": heard_where, "number": heard_number, "which_street": heard_which_street}
_LONGEST_TEXT = 2000


def _what(talk: Talk, heard: Heard, world: World) -> Turn:
    """Take the free words: offer types that they may mean; what fits none goes to a person the second time."""
    words = "\n".join(each for each in (talk.draft.get("text", ""), heard.text) if each)[:_LONGEST_TEXT]
    codes = list(world.suggest(heard.text))[:MOST_CHOICES]
    if codes:
        return _asking(talk.at("pick", codes=codes, text=words), world)
    tried = int(talk.draft.get("tried", 0)) + 1
    if tried > 1 and words:
        return _chosen(talk.at("what", text=words, tried=0), world.other(), world)
    kept = talk.at("what", text=words, tried=tried if heard.text else 0)
    return Turn(kept, (Line("what_else"),))


def _pick(talk: Talk, heard: Heard, world: World) -> Turn:
    number, codes = digit_in(heard.text), talk.draft["codes"]
    if number is not None and 1 <= number <= len(codes):
        return _chosen(talk, codes[number - 1], world)
    if is_yes(heard.text) and len(codes) == 1:
        return _chosen(talk, codes[0], world)
    if number == 0 or is_no(heard.text):
        return Turn(talk.at("what", tried=1), (Line("what_else"),))
    if number is not None or not heard.text:
        return Turn(talk, (Line("choose"), ask(talk, world)))
    return _what(talk, heard, world)


def _chosen(talk: Talk, code: str, world: World) -> Turn:
    """The type is known: go on to the place, unless there is none to ask for."""
    service, is_other = world.type(code), code == world.other()
    talk = talk.at("where", code=code, answers={}, may_skip=is_other)
    if talk.draft.get("place") is None:
        if not service.needs_place and not is_other:
            return _placed(talk.at("where", place={"kind": "none"}), (), world)
        found = world.resolve(str(talk.draft.get("text", ""))[:200])
        if found.kind != "address" or found.area_code is None:
            return _asking(talk, world, *_hazard(talk, world))
        line = f"{found.matched[0].name if found.matched else ''} {found.house_no or ''}".strip()
        place = {
            "kind": "address", "line": line, "street_code": found.street_code, "house_no": found.house_no,
        }  # fmt: skip
        talk = talk.at("where", place=place)
    return _placed(talk, _hazard(talk, world), world)


def _where(talk: Talk, heard: Heard, world: World) -> Turn:
    found, line = PLACES[talk.step](talk, heard, world)
    before = (line,) if line else ()
    if found.step == "where" and found.draft.get("place") is not None and found is not talk:
        return _placed(found, before, world)
    return Turn(found, (*before, ask(found, world)))


def _placed(talk: Talk, before: tuple[Line, ...], world: World) -> Turn:
    """The place is known: is it known already? Then whatever else must be asked."""
    known = [list(each) for each in world.known(talk.draft["code"], talk.draft["place"])][:MOST_CHOICES]
    if known:
        return _asking(talk.at("known", known=known), world, *before)
    return _next_question(talk, before, world)


def _known(talk: Talk, heard: Heard, world: World) -> Turn:
    number, known = digit_in(heard.text), talk.draft["known"]
    if number is not None and 1 <= number <= len(known):
        return Turn(talk, (), Effect("join", known[number - 1][0]))
    if number == 0 or is_no(heard.text):
        return _next_question(talk, (), world)
    if is_yes(heard.text) and len(known) == 1:
        return Turn(talk, (), Effect("join", known[0][0]))
    return Turn(talk, (Line("choose"), ask(talk, world)))


def _next_question(talk: Talk, before: tuple[Line, ...], world: World) -> Turn:
    if open_questions(talk, world.type(talk.draft["code"])):
        return _asking(talk.at("question"), world, *before)
    return _asking(talk.at("confirm" if talk.draft.get("inbound_ids") else "photo"), world, *before)


def _question(talk: Talk, heard: Heard, world: World) -> Turn:
    service = world.type(talk.draft["code"])
    asked = open_questions(talk, service)[0]
    clean, problems = check_answers(service, {asked.code: _answer(asked, heard.text)})
    if asked.code in problems or asked.code not in clean:
        return Turn(talk, (Line("answer_unread"), ask(talk, world)))
    answers = {**talk.draft.get("answers", {}), asked.code: clean[asked.code]}
    return _next_question(talk.at("question", answers=answers), (), world)


def _answer(asked: Question, text: str) -> object:
    """Return the answer as the catalogue reads it: a number among choices, yes or no, or the words."""
    number = digit_in(text)
    if asked.type is AnswerType.BOOLEAN:
        return "yes" if number == 1 or is_yes(text) else "no" if number in {0, 2} or is_no(text) else text
    if asked.type in {AnswerType.SINGLE, AnswerType.MULTI}:
        folded = text.strip().casefold()
        options = asked.options
        by_words = [each.key for each in options if folded in {t.casefold() for t in each.text.values()}]
        fits = number is not None and 1 <= number <= len(options)
        keys = [options[number - 1].key] if fits and number else by_words
        return keys if asked.type is AnswerType.MULTI else (keys or [text])[0]
    return text


def _photo(talk: Talk, heard: Heard, world: World) -> Turn:
    """Take photos or none; words that came instead are added to what was told."""
    is_words = bool(heard.text) and not (is_no(heard.text) or is_yes(heard.text) or digit_in(heard.text) == 0)
    if is_words:
        both = f"{talk.draft.get('text', '')}\n{heard.text}".strip()[:_LONGEST_TEXT]
        talk = talk.at("photo", text=both)
    return _asking(talk.at("confirm"), world)


def _confirm(talk: Talk, heard: Heard, world: World) -> Turn:
    if digit_in(heard.text) == 1 or is_yes(heard.text):
        return Turn(talk, (), Effect("report"))
    if heard.photos:
        return Turn(talk, (ask(talk, world),))
    return Turn(talk, (Line("choose"), ask(talk, world)))


def _asking(talk: Talk, world: World, *before: Line) -> Turn:
    return Turn(talk, (*before, ask(talk, world)))


def _hazard(talk: Talk, world: World) -> tuple[Line, ...]:
    """Warn once when the type itself is dangerous and nothing was said of it before."""
    if not world.type(talk.draft["code"]).is_hazard or danger_kinds(str(talk.draft.get("text", ""))):
        return ()
    return (Line("hazard", {"hotline": world.numbers({})}),)


STEPS = {
    "what": _what, "pick": _pick, "where": _where, "number": _where, "which_street": _where, "known": _known,
    "question": _question, "photo": _photo, "confirm": _confirm,
}  # fmt: skip
