"""A measure's number in words: the one place where a figure becomes «45%», «3 days» or «1,204», on pages, alerts and papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from service_desk.desks.mayor import words
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service_desk.reports.values import Value

#: how a number of each unit is said; «number» is a count of anything
IN_UNIT: Mapping[str, Callable[[float], str]] = {
    "cases": words.number,
    "hours": words.length,
    "number": words.number,
    "per_1000": words.number,
    "percent": words.share,
    "shekels": words.shekels,
}


def spoken_number(code: str, number: float | None) -> str:
    """Return a number in its measure's unit, to one decimal; a dash for none."""
    if number is None:
        return "–"
    unit = MEASURES[code].unit
    return IN_UNIT[unit](number if unit == "hours" else round(number, 1))


def spoken_value(code: str, found: Value) -> str:
    """Return a measure's value in words: hidden ones as «fewer than 5», none as a dash."""
    return _("fewer than %(num)s", num=HIDDEN) if found.is_hidden else spoken_number(code, found.number)
