"""Answers to a type's questions: cleaned, or refused with a code the page has words for; and whether they mean hazard."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

from service_desk.catalog.rules.types import AnswerType, Question, ServiceType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_YES = {"true", "1", "yes", "on"}
_NO = {"false", "0", "no", "off"}
#: no answer of the catalogue is a figure beyond this (people, metres, days)
_NUMBER_LIMIT = 1_000_000_000


class _Refused(ValueError):
    """An answer that cannot be taken; the argument is its code."""


def check_answers(service: ServiceType, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the clean answers and the problems, both by question code.

    answers: form or JSON values; an empty one counts as not given. Clean values: str, bool, int or float, a date as ISO text,
    a list of option keys. Problem codes: "required", "unknown" (no such question), "not_text", "too_long", "not_number",
    "not_date", "not_boolean", "not_option". Every question is judged, so that a page can show all problems at once.
    """
    questions = {question.code: question for question in service.questions}
    clean: dict[str, Any] = {}
    problems = {str(code)[:100]: "unknown" for code in answers if code not in questions}
    for code, question in questions.items():
        given = answers.get(code)
        if _is_empty(given):
            if question.is_required:
                problems[code] = "required"
            continue
        try:
            clean[code] = _READ[question.type](question, given)
        except _Refused as refused:
            problems[code] = str(refused)
    return clean, problems


def is_hazard(service: ServiceType, answers: Mapping[str, Any]) -> tuple[bool, tuple[str, ...]]:
    """Return whether the report is a hazard, and why: "type", or "question=answer" for each answer that says so.

    answers: clean ones, as `check_answers` returns. A type that is always a hazard needs no answer; another becomes
    one by an answer among its question's hazard_values. Reasons keep the order of the questions.
    """
    reasons = ["type"] if service.is_hazard else []
    for question in service.questions:
        given = answers.get(question.code)
        for value in given if isinstance(given, list | tuple) else (given,):
            key = str(value).lower() if isinstance(value, bool) else str(value)
            if value is not None and key in question.hazard_values:
                reasons.append(f"{question.code}={key}")
    return bool(reasons), tuple(reasons)


def _is_empty(given: object) -> bool:
    return given is None or (isinstance(given, str) and not given.strip()) or given in ([], ())


def _text(question: Question, given: object) -> str:
    if not isinstance(given, str):
        raise _Refused("not_text")
    # NUL cannot be stored in PostgreSQL text; lone surrogates cannot be encoded
    kept = given.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not kept:
        raise _Refused("not_text")
    if len(kept) > question.max_length:
        raise _Refused("too_long")
    return kept


def _number(_question: Question, given: object) -> int | float:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise _Refused("not_number")
    try:
        value = float(str(given).strip().replace(",", ".")) if len(str(given)) <= 30 else math.nan
    except ValueError:
        raise _Refused("not_number") from None
    if not abs(value) <= _NUMBER_LIMIT:
        raise _Refused("not_number")
    return int(value) if value.is_integer() else value


def _date(_question: Question, given: object) -> str:
    if isinstance(given, date):
        return given.isoformat()[:10]
    try:
        return date.fromisoformat(str(given).strip()).isoformat()
    except ValueError:
        raise _Refused("not_date") from None


def _boolean(_question: Question, given: object) -> bool:
    said = str(given).strip().lower() if isinstance(given, bool | int | str) else ""
    if said in _YES:
        return True
    if said in _NO:
        return False
    raise _Refused("not_boolean")


def _single(question: Question, given: object) -> str:
    if not isinstance(given, str) or given not in {option.key for option in question.options}:
        raise _Refused("not_option")
    return given


def _multi(question: Question, given: object) -> list[str]:
    values = [given] if isinstance(given, str) else given
    if not isinstance(values, list | tuple):
        raise _Refused("not_option")
    return list(dict.fromkeys(_single(question, value) for value in values))


_READ: dict[AnswerType, Callable[[Question, object], Any]] = {
    AnswerType.STRING: _text,
    AnswerType.TEXT: _text,
    AnswerType.NUMBER: _number,
    AnswerType.DATE: _date,
    AnswerType.BOOLEAN: _boolean,
    AnswerType.SINGLE: _single,
    AnswerType.MULTI: _multi,
}
