"""The catalogue's pure values and decisions: types and questions, answers, suggestion, danger."""

from service_desk.catalog.rules.answers import check_answers, is_hazard
from service_desk.catalog.rules.danger import DANGER_NUMBERS, danger_kinds, mentions_danger
from service_desk.catalog.rules.suggest import Suggester, Suggestion
from service_desk.catalog.rules.types import (
    AnswerType,
    Group,
    HandlerKind,
    Option,
    Question,
    ServiceType,
    read_group,
    read_question,
    read_type,
)

__all__ = [
    "DANGER_NUMBERS",
    "AnswerType",
    "Group",
    "HandlerKind",
    "Option",
    "Question",
    "ServiceType",
    "Suggester",
    "Suggestion",
    "check_answers",
    "danger_kinds",
    "is_hazard",
    "mentions_danger",
    "read_group",
    "read_question",
    "read_type",
]
