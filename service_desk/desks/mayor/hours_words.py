"""Sentences of the opening hours' pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from flask_babel.speaklater import LazyString

PROBLEM: Mapping[str, LazyString] = {
    "unreadable": _l("Hours are written like 08:00-13:00, 16:00-20:00."),
    "reversed": _l(
        "The door must open before it closes. A night shift is two lines: until 24:00, and from 00:00."
    ),
    "overlap": _l("Two of the times overlap."),
    "too_many": _l("At most six openings a day."),
    "never_open": _l("A centre that never opens cannot serve anybody: at least one day needs hours."),
    "changed": _l("Somebody set other hours meanwhile. The page shows them; what was typed is still here."),
    "required": _l("This is needed."),
    "past": _l("Only today and days to come can be changed."),
}


def hours(minutes: int) -> str:
    """Return the length of a week's opening, in hours."""
    return _("%(hours)s h a week", hours=format_decimal(round(minutes / 60, 1)))


def day(when: date) -> str:
    """Return a date with its weekday."""
    return str(format_date(when, "EEE d MMM yyyy"))
