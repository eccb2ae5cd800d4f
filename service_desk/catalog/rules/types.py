"""What a service type is: its names, questions, flags and handler, as frozen values read from catalogue data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


#: longest answer to a string and to a text question (characters), when the question sets none
STRING_MAX = 100
TEXT_MAX = 1000


class AnswerType(StrEnum):
    """How a question is answered; the words are Open311's where it has them."""

    STRING = "string"
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    SINGLE = "singlevaluelist"
    MULTI = "multivaluelist"


class HandlerKind(StrEnum):
    """Who works on a type: the resident's centre, a city unit, a contractor by area, a body outside the city."""

    CENTRE = "centre"
    UNIT = "unit"
    CONTRACTOR = "contractor"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen."""

    key: str
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a type. hazard_values: the answers ("true" for yes) that make the report a hazard."""

    code: str
    type: AnswerType
    text: Mapping[str, str]
    is_required: bool = False
    options: tuple[Option, ...] = ()
    hazard_values: frozenset[str] = frozenset()
    max_length: int = TEXT_MAX


@dataclass(frozen=True, slots=True)
class Group:
    """A topic tile. examples: a short list as one text per language. icon: a Phosphor name."""

    code: str
    name: Mapping[str, str]
    examples: Mapping[str, str]
    icon: str
    position: int


@dataclass(frozen=True, slots=True)
class ServiceType:
    """One kind of report.

    is_hazard: every report of the type is one; otherwise only by an answer (`answers.is_hazard`).
    known_radius_m: metres within which an open report of the type may be the same one; 0 where no place is asked.
    unit_code: the unit that works, that oversees the contractor, or the outside body; None for a centre alone.
    """

    code: str
    group_code: str
    name: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    keywords: Mapping[str, list[str]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    is_hazard: bool = False
    is_sensitive: bool = False
    is_public: bool = True
    needs_place: bool = True
    known_radius_m: int = 60
    handler_kind: HandlerKind = HandlerKind.CENTRE
    unit_code: str | None = None
    contractor_domain: str | None = None
    icon: str = ""


def read_question(data: Mapping[str, Any]) -> Question:
    """Return the question that catalogue data describes. Raises KeyError or ValueError when the data is not one."""
    kind = AnswerType(data["type"])
    return Question(
        code=data["code"],
        type=kind,
        text=data["text"],
        is_required=bool(data.get("required")),
        options=tuple(Option(each["key"], each["text"]) for each in data.get("options", ())),
        hazard_values=frozenset(data.get("hazard_values", ())),
        max_length=min(
            int(data.get("max_length", STRING_MAX if kind is AnswerType.STRING else TEXT_MAX)), TEXT_MAX
        ),
    )


def read_group(data: Mapping[str, Any]) -> Group:
    """Return the group that an element of the seed's `groups` describes. Raises KeyError."""
    return Group(data["code"], data["name"], data["examples"], data["icon"], data["position"])


def read_type(data: Mapping[str, Any]) -> ServiceType:
    """Return the type that an element of the seed's `services` describes. Raises KeyError or ValueError."""
    handler = data["handler"]
    return ServiceType(
        code=data["code"],
        group_code=data["group"],
        name=data["name"],
        description=data["description"],
        keywords=data["keywords"],
        questions=tuple(map(read_question, data["questions"])),
        is_hazard=data["is_hazard"],
        is_sensitive=data["sensitive"],
        is_public=data["is_public"],
        needs_place=data["needs_place"],
        known_radius_m=data["known_radius_m"],
        handler_kind=HandlerKind(handler["kind"]),
        unit_code=handler["unit"],
        contractor_domain=handler["domain"],
        icon=data["icon"],
    )
