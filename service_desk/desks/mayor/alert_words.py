"""An alert and its rule in words: what, where, how much, and the address of the requests behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.measured import spoken_number
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules.alerting import MOST_DAYS, MOST_RULES
from service_desk.reports.sums import CITY

if TYPE_CHECKING:
    from service_desk.city.models import Centre
    from service_desk.reports.models import Alert, AlertRule

KIND = {
    "threshold": _l("A number passes a limit"),
    "change": _l("A number changes beyond chance"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """An alert ready for a page. centre: None = the whole city; type: '' = all types together; href: what is behind it."""

    id: int
    title: str
    centre: Centre | None
    type: str
    sentence: str
    href: str


def said(alert: Alert, rule: AlertRule) -> Said:
    """Return an alert in the reader's language."""
    return Said(
        id=alert.id,
        title=str(words.NAME[rule.measure]),
        centre=city_map().centres.get(alert.centre_id),
        type=words.type_name(alert.service_code),
        sentence=_sentence(alert.found, rule),
        href=_behind(alert, rule),
    )


def _sentence(found: dict[str, Any], rule: AlertRule) -> str:
    number = spoken_number(rule.measure, found["number"])
    if rule.kind == "change":
        return _(
            "%(number)s in seven days; usual is %(usual)s", number=number, usual=words.number(found["usual"])
        )
    limit = spoken_number(rule.measure, found["limit"])
    if MEASURES[rule.measure].unit == "percent":
        of = words.number(found["cases"])
        if rule.is_above:
            return _("%(number)s of %(cases)s, above %(limit)s", number=number, cases=of, limit=limit)
        return _("%(number)s of %(cases)s, below %(limit)s", number=number, cases=of, limit=limit)
    if rule.is_above:
        return _("%(number)s, above %(limit)s", number=number, limit=limit)
    return _("%(number)s, below %(limit)s", number=number, limit=limit)


def _behind(alert: Alert, rule: AlertRule) -> str:
    measure = MEASURES[rule.measure]
    centre = city_map().centres.get(alert.centre_id)
    span: dict[str, Any] = {}
    if not measure.is_now:
        first = alert.day - timedelta(days=rule.days)
        span = {"from": first.isoformat(), "to": (alert.day - timedelta(days=1)).isoformat()}
    return url_for(
        "mayor.tickets",
        figure=measure.behind,
        centre=centre.number if centre else None,
        service=alert.service_code or None,
        **span,
    )


def where(rule: AlertRule) -> str:
    """Return where a rule looks."""
    if rule.centre_id is None:
        return _("each centre")
    if rule.centre_id == CITY:
        return _("the whole city")
    centre = city_map().centres.get(rule.centre_id)
    return str(by_language(centre.name)) if centre else "–"


def of_what(rule: AlertRule) -> str:
    """Return of which types."""
    if rule.service_code is None:
        return _("each type")
    return words.type_name(rule.service_code) if rule.service_code else _("all types together")


def condition(rule: AlertRule) -> str:
    """Return when a rule holds."""
    if rule.kind == "change":
        sure = words.share(rule.limit_value)
        if rule.is_above:
            return _("more than usual in seven days, %(sure)s sure", sure=sure)
        return _("fewer than usual in seven days, %(sure)s sure", sure=sure)
    limit = spoken_number(rule.measure, rule.limit_value)
    if MEASURES[rule.measure].is_now:
        return (
            _("above %(limit)s now", limit=limit) if rule.is_above else _("below %(limit)s now", limit=limit)
        )
    days = ngettext("%(num)s day", "%(num)s days", rule.days)
    if rule.is_above:
        return _("above %(limit)s in %(days)s", limit=limit, days=days)
    return _("below %(limit)s in %(days)s", limit=limit, days=days)


def problem(code: str) -> str:
    """Return the sentence for a problem's code."""
    return {
        "required": _("Choose one of the list."),
        "not_for_change": _("A change can be told from chance only of numbers of requests."),
        "sureness": _("How sure, in percent: from 80 to 99.9."),
        "percent_range": _("A percentage from 0 to 100."),
        "not_positive": _("A number, 0 or more."),
        "not_a_number": _("A number is needed here."),
        "days_range": _("From 1 to %(most)s days.", most=MOST_DAYS),
        "times_are_of_all_types": _("Times are counted for all types together."),
        "too_many_rules": _("There are %(most)s rules at work. Stop one first.", most=MOST_RULES),
        "already_there": _("There is such a rule already."),
    }[code]
