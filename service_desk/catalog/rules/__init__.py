"""The catalogue's pure values and decisions: types and questions, answers, suggestion, danger."""

from service_desk.catalog.rules.answers import check_answers, is_hazard
from service_desk.catalog.rules.danger import DANGER_NUMBERS, danger_kinds, danger_numbers
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
    "danger_numbers",
    "is_hazard",
    "read_group",
    "read_question",
    "read_type",
]
