"""Answers as programs send them, in the form in which the house reads an answer."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.catalog.rules import AnswerType
from service_desk.desks.open311.schemas import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service_desk.catalog.rules import ServiceType


def fitted(kind: ServiceType, given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the answers by question code, unjudged. given: the values of each attribute, empty ones left out.

    A list question keeps its list; of any other a lone value stands for itself, in whichever spelling it came.
    The service definition calls a date a datetime, so an instant is taken too: it is that day on the city's clock.
    """
    types = {question.code: question.type for question in kind.questions}
    answers: dict[str, Any] = {}
    for code, values in given.items():
        asked = types.get(code)
        if asked is AnswerType.MULTI or len(values) > 1:
            answers[code] = list(values)
        else:
            answers[code] = _day(values[0]) if asked is AnswerType.DATE else values[0]
    return answers


def _day(value: str) -> str:
    """Return the day of a date or an instant; anything else stays as it is, to be refused by name."""
    with suppress(ValueError):
        return date.fromisoformat(value.strip()).isoformat()
    with suppress(ValueError, OverflowError):
        read = moment(value)
        return (clock.local(read) if read.tzinfo else read).date().isoformat()
    return value
