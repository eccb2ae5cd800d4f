"""Alerts: what was raised lately, with its figure and the requests behind it; and the rules, to be added and stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import alert_words, words
from service_desk.desks.mayor.door import actor, desk
from service_desk.errors import BadInput
from service_desk.flow import set_alert
from service_desk.people.rules import may
from service_desk.reports import alerts
from service_desk.reports.rules.alerting import CHANGE_DAYS, OF_THRESHOLD, SILENT_DAYS, Wanted
from service_desk.reports.sums import CITY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue


#: days of alerts that are listed, and how many of them
LISTED_DAYS, MOST = 30, 200
#: what a form begins with
_FRESH = {
    "kind": "threshold",
    "measure": "late",
    "centre_id": "each",
    "service_code": "all",
    "side": "above",
    "limit_value": "",
    "days": "7",
}


@desk.get("/mayor/alerts", endpoint="alerts")
def alerts_page() -> str:
    """Show what was raised in the last days, and the rules. Two statements beside the session's."""
    return _page(_FRESH, {})


@desk.post("/mayor/alerts", endpoint="add_alert")
def add_alert() -> ResponseReturnValue:
    """Add a rule; what is wrong comes back beside what was typed."""
    typed = {name: request.form.get(name, "").strip()[:40] for name in _FRESH}
    try:
        set_alert.add_rule(_wanted(typed), actor())
    except BadInput as error:
        return _page(typed, error.problems), 422
    flash(_("The rule works from now on."))
    return redirect(url_for("mayor.alerts", _anchor="rules"), 303)


@desk.post("/mayor/alerts/<int:rule_id>", endpoint="set_alert")
def set_rule(rule_id: int) -> ResponseReturnValue:
    """Stop a rule, or let it work again (active=1)."""
    is_active = request.form.get("active") == "1"
    set_alert.set_active(rule_id, actor(), is_active=is_active)
    flash(_("The rule works again.") if is_active else _("The rule is stopped."))
    return redirect(url_for("mayor.alerts", _anchor="rules"), 303)


def _wanted(typed: Mapping[str, str]) -> Wanted:
    """Return the rule that was typed. Raises BadInput for what is no number or no choice of the list."""
    problems: dict[str, str] = {}
    is_change = typed["kind"] == "change"
    limit = _number(typed["limit_value"].replace(",", "."))
    if limit is None:
        problems["limit_value"] = "not_a_number"
    days = numbers.whole(typed["days"])
    if days is None and not is_change:
        problems["days"] = "days_range"
    centre = typed["centre_id"]
    if centre not in ("each", "city") and numbers.whole(centre) is None:
        problems["centre_id"] = "required"
    if problems:
        raise BadInput(problems)
    service = typed["service_code"]
    return Wanted(
        kind=typed["kind"],
        measure=typed["measure"],
        centre_id={"each": None, "city": CITY}.get(centre, _centre_id(centre)),
        service_code={"each": None, "all": ""}.get(service, service),
        limit_value=limit or 0.0,
        is_above=typed["side"] != "below",
        days=CHANGE_DAYS if is_change else days or 0,
    )


def _number(typed: str) -> float | None:
    try:
        return float(typed)
    except ValueError:
        return None  # the page says that a number is needed


def _centre_id(number: str) -> int:
    """Return the centre of a number; -1, which is no centre's, for another."""
    found = city_map().numbered(number)
    return found.id if found else -1


def _page(typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    today = clock.local(clock.now()).date()
    raised = alerts.since(today - timedelta(days=LISTED_DAYS - 1), MOST)
    centres = list(city_map().centres.values())
    types = sorted((str(by_language(each.name)), code) for code, each in catalogue().types.items())
    return render_template(
        "mayor/alerts.html",
        days=_by_day([(alert.day, alert_words.said(alert, rule)) for alert, rule in raised]),
        is_cut=len(raised) == MOST,
        rules=alerts.rules(),
        say=alert_words,
        typed=typed,
        errors={name: alert_words.problem(code) for name, code in problems.items()},
        may_set=may(actor(), "set_alerts"),
        kinds=list(alert_words.KIND.items()),
        measures=[(code, words.NAME[code]) for code in OF_THRESHOLD],
        places=[("each", _("each centre")), ("city", _("the whole city"))]
        + [(str(each.number), by_language(each.name)) for each in centres],
        types=[("all", _("all types together")), ("each", _("each type"))]
        + [(code, name) for name, code in types],
        sides=[("above", _("above")), ("below", _("below"))],
        listed_days=LISTED_DAYS,
        silent_days=SILENT_DAYS,
        words=words,
    )


def _by_day(rows: list[tuple[Any, alert_words.Said]]) -> list[tuple[Any, list[alert_words.Said]]]:
    """Return the alerts by day, newest first."""
    found: dict[Any, list[alert_words.Said]] = {}
    for day, each in rows:
        found.setdefault(day, []).append(each)
    return list(found.items())
