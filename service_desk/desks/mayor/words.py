"""Words of the figures: one definition each, shown beside the figure and above its list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

NAME: Words = {
    "received": _l("Received"),
    "open": _l("Open now"),
    "late": _l("Late now"),
    "due": _l("Promises that fell due"),
    "met": _l("Promises kept"),
    "missed": _l("Promises missed"),
    "done": _l("Done"),
    "reopened": _l("Reopened"),
    "answered": _l("Taken up"),
}
DEFINITION: Words = {
    "received": _l("Requests opened in the period."),
    "open": _l(
        "Not closed, refused or merged, at this moment. Those waiting for the resident's yes are open too."
    ),
    "late": _l(
        "Open, and the time promised for the repair has passed, at this moment. A stopped clock is not late."
    ),
    "due": _l("Repair promises whose time came in the period. A reopened request gets a new promise."),
    "met": _l("Promises that fell due in the period, and the work was done by then."),
    "missed": _l("Promises that fell due in the period, and the work was done later or is not done yet."),
    "done": _l(
        "Work said to be done in the period, from the report or the reopening. Refused and merged are left out."
    ),
    "reopened": _l("Work said to be done in the period, and the request was reopened after it."),
    "answered": _l(
        "Requests that somebody at the city took up in the period, from the report or the reopening."
    ),
}
CARD: Words = {
    "on_time": _l(
        "Promises kept, of all repair promises that fell due in the period. Open and late ones count as missed."
    ),
    "to_resolve": _l(
        "From the report, or the reopening, until the work was said to be done: half took less."
    ),
    "first_answer": _l("From the report until somebody at the city took it up: half took less."),
    "reopened": _l("Of the work said to be done in the period, the part that was reopened after it."),
    "where": _l(
        "Time from report to «done» by who held the request, for work done in the period (at most the latest 20,000)."
    ),
}
HOLDER: Words = {
    "centre": _l("Keshet centres"),
    "unit": _l("City units"),
    "contractor": _l("Contractors"),
    "outside": _l("Bodies outside the city"),
    "resident": _l("Waiting for the resident"),
}
#: colours of the bar of holders, in the order they are drawn
HOLDER_CSS = {"contractor": "b-k", "centre": "b-a", "unit": "b-p", "outside": "b-o", "resident": "b-w"}
STATUS: Words = {
    "received": _l("New"),
    "triaged": _l("Sorted"),
    "assigned": _l("Assigned"),
    "in_progress": _l("In progress"),
    "waiting": _l("Waiting for the resident"),
    "resolved": _l("Done, awaiting the answer"),
    "closed": _l("Closed"),
    "reopened": _l("Reopened"),
    "handed_over": _l("With another body"),
    "rejected": _l("Refused"),
    "duplicate": _l("Merged"),
}
RESULT: Words = {"met": _l("Kept"), "missed": _l("Missed"), "void": _l("Taken back")}

_DAY_HOURS = 24
_SHOWN_AS_HOURS = 48
_FEW_HOURS = 10


def length(hours: float | None) -> str:
    """Return a duration as people say it: minutes, hours, or days with a decimal; a dash for none."""
    if hours is None:
        return "–"
    if abs(hours) < 1:
        return _("%(num)s min", num=round(hours * 60))
    if abs(hours) < _SHOWN_AS_HOURS:
        return _("%(num)s hours", num=format_decimal(round(hours, 1 if abs(hours) < _FEW_HOURS else 0)))
    return _("%(num)s days", num=format_decimal(round(hours / _DAY_HOURS, 1)))


def share(value: float | None) -> str:
    """Return a percentage with its sign; a dash for none."""
    return "–" if value is None else f"{format_decimal(value)}%"


def number(value: float) -> str:
    """Return a number as the reader's language writes it."""
    return format_decimal(value)
