"""A booklet in words: its sentences, its numbers, and what each number is held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.overview_changes import changed
from service_desk.desks.measured import spoken_value
from service_desk.reports.booklet_content import SIDE_CODES
from service_desk.reports.measures import MEASURES
from service_desk.reports.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Content = Mapping[str, Any]

#: figures at the head of a booklet
HEAD = ("received", "on_time", "half", "satisfaction")
#: measures of the centres side by side, in their order: what is kept as JSON has none
SIDE = SIDE_CODES
#: why a letter did not go, by our own words; a mail server's code is shown as it is
TROUBLE: Mapping[str, LazyString] = {
    "sending": _l("on its way"),
    "sending_again": _l("on its way again"),
    "unknown": _l("the mail server did not answer; it may have arrived"),
    "maybe_twice": _l("may have arrived twice"),
    "connect": _l("the mail server could not be reached"),
    "login": _l("the mail server did not let us in"),
    "before_words": _l("the mail server broke off"),
    "address": _l("the address is none"),
    "not_drawn": _l("the booklet could not be drawn"),
}
PROBLEM: Mapping[str, LazyString] = {
    "month_range": _l("Choose a month of the list."),
    "being_counted": _l("The figures are being counted anew. In a few minutes they can be made."),
    "no_such": _l("Choose booklets of the list."),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A number and what it is held against. verdict: whether it is better or worse since, or ''. few: of how few cases, 0: of enough."""

    said: str
    few: int = 0
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A measure: its own number, the city's (None in the city's booklet), the month before, the same month a year before."""

    code: str
    name: LazyString
    definition: LazyString
    own: Held
    city: Held | None
    before: Held
    year: Held


def month_name(month: str | date) -> str:
    """Return October 2026 of its first day."""
    return str(format_date(date.fromisoformat(month) if isinstance(month, str) else month, "LLLL yyyy"))


def place_name(content: Content) -> str:
    """Return whose month it is."""
    centre = content["centre"]
    return str(by_language(centre["name"])) if centre else _("The whole city")


def value_of(frozen: Mapping[str, Any] | None) -> Value:
    """Return a frozen value as the one it was; None: nothing was counted then."""
    if frozen is None:
        return Value()
    return Value(frozen["number"], frozen["cases"] or 0, frozen["few"], frozen["hidden"])


def said(code: str, frozen: Mapping[str, Any] | None) -> str:
    """Return a frozen value in words."""
    return spoken_value(code, value_of(frozen))


def sentences(content: Content) -> list[str]:
    """Return the month in a sentence, and what it rests on."""
    own = {each["code"]: each["own"] for each in content["measures"]}
    numbers = {code: said(code, own[code]) for code in ("received", "done", "half")}
    second = _(
        "Requests that came in: %(received)s. Works done: %(done)s.",
        **{key: numbers[key] for key in ("received", "done")},
    )
    if own["half"]["number"] is None:
        return [_promises(content), second]
    return [_promises(content), second, _("Half of them were done within %(half)s.", half=numbers["half"])]


def _promises(content: Content) -> str:
    measure = next(each for each in content["measures"] if each["code"] == "on_time")
    now, before = value_of(measure["own"]), value_of(measure["before"])
    if now.number is None:
        return _("Too few promises fell due in this month to say how many were kept.")
    share, was = words.share(now.number), said("on_time", measure["before"])
    found = changed("on_time", now, before, "before")
    if found is None:
        return _("Of the promises that fell due, %(share)s were kept.", share=share)
    return {
        "up": _("Of the promises that fell due, %(share)s were kept, more than the month before (%(was)s).", share=share, was=was),
        "down": _("Of the promises that fell due, %(share)s were kept, fewer than the month before (%(was)s).", share=share, was=was),
        "same": _("Of the promises that fell due, %(share)s were kept, as in the month before.", share=share),
    }[found.trend]  # fmt: skip


def rows(content: Content) -> list[Row]:
    """Return the measures, each with what it is held against."""
    return [_row(each) for each in content["measures"]]


def _row(each: Mapping[str, Any]) -> Row:
    code = each["code"]
    return Row(
        code,
        words.NAME[code],
        words.DEFINITION[code],
        held(code, each["own"]),
        held(code, each["city"]) if each["city"] else None,
        held(code, each["before"], each["own"]),
        held(code, each["year"], each["own"]),
    )


def held(code: str, frozen: Mapping[str, Any] | None, own: Mapping[str, Any] | None = None) -> Held:
    """Return a number, and when `own` is given whether own is better or worse than it."""
    value = value_of(frozen)
    few = value.cases if value.is_few and not value.is_hidden and value.number is not None else 0
    change = changed(code, value_of(own), value, "before") if own else None
    if change is None or change.is_good is None:
        return Held(said(code, frozen), few)
    return Held(said(code, frozen), few, _("better since") if change.is_good else _("worse since"))


def count(number: int | None, hidden: int) -> str:
    """Return a number of cases in words; None: too few to show."""
    return _("fewer than %(num)s", num=hidden) if number is None else words.number(number)


def share(number: float | None, due: int | None, hidden: int) -> str:
    """Return a share in words. due: of how many; None: too few to show."""
    return _("fewer than %(num)s", num=hidden) if due is None else words.share(number)


def contractors(content: Content) -> tuple[list[Mapping[str, Any]], str]:
    """Return those with enough orders to say something of, and the names of the others."""
    shown = [each for each in content["contractors"] if any(each[name] for name in ("issued", "done", "due"))]
    others = [str(by_language(each["name"])) for each in content["contractors"] if each not in shown]
    return shown, ", ".join(others)


def instant(iso: str) -> datetime:
    """Return the instant that was frozen."""
    return datetime.fromisoformat(iso)


def trouble(code: str | None) -> str:
    """Return why a letter did not go."""
    if not code:
        return ""
    found = TROUBLE.get(code)
    return str(found) if found is not None else _("the mail server answered %(code)s", code=code)


def unit(code: str) -> str:
    """Return in which unit a spreadsheet has a measure."""
    return {
        "percent": "%",
        "hours": _("hours"),
        "per_1000": _("per 1,000 residents"),
        "cases": _("cases"),
    }[MEASURES[code].unit]
