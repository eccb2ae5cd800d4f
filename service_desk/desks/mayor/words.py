"""Words of the figures: one definition each, shown beside the figure and above its list."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flask_babel import format_date, format_datetime, format_decimal, get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from service_desk.catalog.queries import catalogue
from service_desk.desks.filters import by_language
from service_desk.desks.speech import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

#: names of the measures, by the codes of reports.measures, and of the lists behind them
NAME: Words = {
    "received": _l("Received"),
    "per_1000": _l("Received per 1,000 residents"),
    "hazards": _l("Dangers reported"),
    "repeats": _l("Repeats at the same place"),
    "due": _l("Promises that fell due"),
    "met": _l("Promises kept"),
    "missed": _l("Promises missed"),
    "on_time": _l("On time"),
    "breached": _l("Became late"),
    "done": _l("Works done"),
    "half": _l("Time until done, half of them"),
    "most": _l("Time until done, nine of ten"),
    "answered": _l("Taken up"),
    "answer_half": _l("First answer, half of them"),
    "over": _l("Promises answered late"),
    "over_half": _l("How late, half of the late ones"),
    "over_most": _l("How late, nine of ten of the late ones"),
    "came_back": _l("Were reopened"),
    "reopened": _l("Were reopened"),
    "ended": _l("Requests ended"),
    "without_work": _l("Ended without work"),
    "said": _l("Residents who answered"),
    "said_yes": _l("Residents who said yes"),
    "said_no": _l("Residents who said no"),
    "satisfaction": _l("Satisfied, of those who answered"),
    "response": _l("Answered the question, of those asked"),
    "open": _l("Open now"),
    "late": _l("Late now"),
    "hazards_open": _l("Dangers open now"),
}
#: one definition each; nothing else on any page says what a measure is
DEFINITION: Words = {
    "received": _l("Requests opened in the period."),
    "per_1000": _l("Requests opened in the period, for each 1,000 who live in the area."),
    "hazards": _l("Requests opened in the period that tell of a danger."),
    "repeats": _l(
        "Requests of a kind that had been said to be done at the same place within the 30 days before."
    ),
    "due": _l("Repair promises whose time came in the period. A reopened request gets a new promise."),
    "met": _l("Promises that fell due in the period, and the work was done by then."),
    "missed": _l("Promises that fell due in the period, and the work was done later or is not done yet."),
    "on_time": _l(
        "Promises kept, of all repair promises that fell due in the period. Open and late ones count as missed."
    ),
    "breached": _l("Promises whose time passed in the period before the work was done."),
    "done": _l(
        "Work said to be done in the period, from the report or the reopening. Refused and merged are left out."
    ),
    "half": _l(
        "From the report, or the reopening, until the work was said to be done: half took no longer. Nights count."
    ),
    "most": _l(
        "From the report, or the reopening, until the work was said to be done: nine of ten took no longer."
    ),
    "answered": _l(
        "Requests that somebody at the city took up in the period, from the report or the reopening."
    ),
    "answer_half": _l("From the report until somebody at the city took it up: half took no longer."),
    "over": _l("Promises that fell due in the period, and the work was done after that."),
    "over_half": _l("Of the promises answered late: half were late by no more than this."),
    "over_most": _l("Of the promises answered late: nine of ten were late by no more than this."),
    "came_back": _l("Of the work said to be done in the period, the part that was reopened after it."),
    "reopened": _l("Work said to be done in the period, and the request was reopened after it."),
    "ended": _l("Requests closed or refused in the period. Merged ones are left out."),
    "without_work": _l(
        "Of the requests that ended in the period, those that were refused or where nothing was found to do."
    ),
    "said": _l("Residents who said whether work done in the period is done."),
    "said_yes": _l("Residents who said yes to work done in the period."),
    "said_no": _l("Residents who said no to work done in the period."),
    "satisfaction": _l(
        "Of the residents who said whether work done in the period is done, those who said yes."
    ),
    "response": _l("Of the works said to be done in the period, those of which the resident said yes or no."),
    "open": _l(
        "Not closed, refused or merged, at this moment. Those waiting for the resident's yes are open too."
    ),
    "late": _l(
        "Open, and the time promised for the repair has passed, at this moment. A stopped clock is not late."
    ),
    "hazards_open": _l("Dangers that are open at this moment."),
}
#: of the bar of holders
WHERE = _l("Time from report to «done», by who held the request, of the work said to be done in the period.")
#: groups of the table of centres: (name, codes of its rows)
GROUPS = (
    (_l("What came in"), ("received", "per_1000", "hazards", "repeats")),
    (_l("Promises"), ("due", "on_time", "breached", "over_half", "over_most")),
    (_l("How long it takes"), ("answer_half", "half", "most", "done")),
    (_l("How well"), ("came_back", "without_work", "satisfaction", "response")),
    (_l("At this moment"), ("open", "late", "hazards_open")),
)
HOLDER: Words = {
    "centre": _l("Keshet centres"),
    "unit": _l("City units"),
    "contractor": _l("Contractors"),
    "outside": _l("Bodies outside the city"),
    "resident": _l("Waiting for the resident"),
}
#: where a request comes from, and where it goes in the end
REPORT, END = _l("The report"), _l("The end")
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


@lru_cache(maxsize=4096)
def _spelled(value: float, _language: str) -> str:
    return str(format_decimal(value))


def _decimal(value: float) -> str:
    """Return a number as the reader's language writes it; a page of figures says the same ones again and again."""
    return _spelled(value, spoken())


def length(hours: float | None) -> str:
    """Return a duration as people say it: minutes, hours, or days with a decimal; a dash for none."""
    if hours is None:
        return "–"
    if abs(hours) < 1:
        return _("%(num)s min", num=round(hours * 60))
    if abs(hours) < _SHOWN_AS_HOURS:
        shown = round(hours, 1 if abs(hours) < _FEW_HOURS else 0)
        if shown == int(shown):
            return str(ngettext("%(num)s hour", "%(num)s hours", int(shown)))
        return _("%(num)s hours", num=_decimal(shown))
    shown = round(hours / _DAY_HOURS, 1)
    if shown == int(shown):
        return str(ngettext("%(num)s day", "%(num)s days", int(shown)))
    return _("%(num)s days", num=_decimal(shown))


def share(value: float | None) -> str:
    """Return a percentage with its sign; a dash for none."""
    return "–" if value is None else f"{_decimal(value)}%"


def number(value: float) -> str:
    """Return a number as the reader's language writes it."""
    return _decimal(value)


def shekels(agorot: float) -> str:
    """Return an amount in whole shekels with its sign."""
    return f"{_decimal(round(agorot / 100))} ₪"


def day(when: date) -> str:
    """Return a date with its weekday and year."""
    return str(format_date(when, "EEE d.M.yyyy"))


def stamp(instant: datetime) -> str:
    """Return day and hour on the city's clock, with the year: a paper is read on any day."""
    return str(format_datetime(instant, "d.M.yyyy, HH:mm"))


#: the days as they stand in a week here; 0 = Monday
WEEK = (6, 0, 1, 2, 3, 4, 5)


def day_name(weekday: int) -> str:
    """Return the name of a weekday. weekday: 0 = Monday."""
    return str(get_locale().days["stand-alone"]["wide"][weekday])


def type_name(service_code: str) -> str:
    """Return the reader's name of a type; '' for ''."""
    service = catalogue().types.get(service_code)
    return str(by_language(service.name)) if service else service_code
