"""A checklist as it is typed, and what it says: names in languages, items with the request that a finding opens.

A finding opens its request without asking the inspector anything more, so the item answers what the type must know.
Fields of problems: name.<language>, items, and by an item's number from 1: item.N.label.<language>, item.N.service,
item.N.answer.<question>, item.N.danger.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk import config
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import AnswerType, check_answers
from service_desk.errors import BadInput
from service_desk.intake.rules import clean_text

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from service_desk.catalog.rules import Question, ServiceType
    from service_desk.supervision.rules.checks import Item

NAME_CHARS, LABEL_CHARS = 60, 120
#: more than anybody answers at one place
MOST_ITEMS = 30
_CLOSED = frozenset({AnswerType.BOOLEAN, AnswerType.SINGLE})


@dataclass(frozen=True)
class TypedItem:
    """An item as typed. code: the item it was, "" for a new one. service_code "": a finding opens nothing.

    answers: text by question of that type. danger: "question=answer" that a finding marked dangerous gives, or "".
    """

    code: str = ""
    label: Mapping[str, str] = field(default_factory=dict)
    service_code: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    danger: str = ""

    @property
    def is_blank(self) -> bool:
        """Nothing was typed: a new line that nobody filled."""
        return not self.code and not self.service_code and not any(map(str.strip, self.label.values()))


@dataclass(frozen=True)
class TypedChecklist:
    """A checklist as typed. name: by language."""

    name: Mapping[str, str] = field(default_factory=dict)
    items: tuple[TypedItem, ...] = ()


@dataclass(frozen=True)
class ChecklistContent:
    """What a version is made of: `models.Checklist.name` and `items`."""

    name: dict[str, str]
    items: list[dict[str, Any]]


def types_offered() -> dict[str, ServiceType]:
    """Return the types whose request a finding may open: of a place, open to all, with nothing left only a reporter knows."""
    return {code: service for code, service in catalogue().types.items() if _may_be_opened(service)}


def _may_be_opened(service: ServiceType) -> bool:
    is_answerable = all(each.type in _CLOSED for each in service.questions if each.is_required)
    return service.needs_place and not service.is_sensitive and is_answerable


def questions_of(service: ServiceType) -> list[Question]:
    """Return the questions that an item may answer beforehand: those with a choice of answers."""
    return [each for each in service.questions if each.type in _CLOSED]


def dangers_of(service: ServiceType) -> dict[str, tuple[Question, str]]:
    """Return {"question=answer": (question, answer)} of what makes the request a hazard; none when it always is one."""
    if service.is_hazard:
        return {}
    return {
        f"{question.code}={value}": (question, value)
        for question in questions_of(service)
        for value in sorted(question.hazard_values)
    }


def typed_of(name: Mapping[str, str], items: tuple[Item, ...]) -> TypedChecklist:
    """Return a version as its form shows it."""
    return TypedChecklist(name, tuple(map(_typed_item, items)))


def _typed_item(item: Item) -> TypedItem:
    answers = {code: _as_text(value) for code, value in item.answers.items()}
    service = catalogue().types.get(item.service_code or "")
    known = dangers_of(service) if service and item.danger else {}
    return TypedItem(
        item.code,
        item.label,
        item.service_code or "",
        answers,
        next((key for key, (asked, value) in known.items() if _as_text(item.danger.get(asked.code)) == value), ""),
    )  # fmt: skip


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_checklist(
    typed: TypedChecklist, known_codes: Container[str], names_taken: Container[str]
) -> ChecklistContent:
    """Return the content that was typed, every problem gathered; lines left blank are left out.

    known_codes: of the checklist's items so far; any other item is a new one. names_taken: Hebrew names of the others.
    Raises BadInput.
    """
    name, problems = _words(typed.name, "name", NAME_CHARS)
    if name.get("he") in names_taken:
        problems["name.he"] = "name_taken"
    lines = [(n, item) for n, item in enumerate(typed.items, 1) if not item.is_blank]
    if not lines:
        problems["items"] = "no_items"
    elif len(lines) > MOST_ITEMS:
        problems["items"] = "too_many_items"
    items: list[dict[str, Any]] = []
    used: set[str] = set()
    for n, line in lines:
        is_known = line.code in known_codes and line.code not in used
        code = line.code if is_known else _new_code(known_codes, used)
        used.add(code)
        items.append({"code": code, **_item(n, line, problems)})
    if problems:
        raise BadInput(problems)
    return ChecklistContent(name, items)


def _new_code(known_codes: Container[str], used: set[str]) -> str:
    """Return a code that no item of any version bears."""
    n = 1
    while (code := f"q{n}") in known_codes or code in used:
        n += 1
    return code


def _item(n: int, line: TypedItem, problems: dict[str, str]) -> dict[str, Any]:
    label, found = _words(line.label, f"item.{n}.label", LABEL_CHARS)
    problems |= found
    if not line.service_code:
        return {"label": label, "service_code": None, "answers": {}, "danger": {}}
    service = types_offered().get(line.service_code)
    if service is None:
        problems[f"item.{n}.service"] = "unknown_type"
        return {}
    given = {question.code: line.answers.get(question.code, "") for question in questions_of(service)}
    answers, wrong = check_answers(service, given)
    problems |= {f"item.{n}.answer.{code}": why for code, why in wrong.items()}
    danger: dict[str, Any] = {}
    if line.danger and not service.is_hazard:
        asked, value = dangers_of(service).get(line.danger, (None, ""))
        if asked is None:
            problems[f"item.{n}.danger"] = "not_option"
        else:
            danger = {**answers, asked.code: True if asked.type is AnswerType.BOOLEAN else value}
    return {"label": label, "service_code": service.code, "answers": answers, "danger": danger}


def _words(typed: Mapping[str, str], field_name: str, most: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return the words by language without empty ones, and the problems by field; Hebrew must be there."""
    words = {each: " ".join(clean_text(typed.get(each, "")).split()) for each in config.LOCALES}
    problems = {f"{field_name}.{each}": "too_long" for each, text in words.items() if len(text) > most}
    if not words.get("he"):
        problems[f"{field_name}.he"] = "required"
    return {each: text for each, text in words.items() if text}, problems
