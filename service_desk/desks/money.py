"""Damages and statements in words: shared by the city's pages, the contractor's, and what is printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask_babel import format_date, format_decimal, ngettext
from flask_babel import gettext as _

from service_desk.desks.contractor import words as field_words
from service_desk.desks.filters import by_language, due, on_day, span
from service_desk.desks.speech import later as _l

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask_babel.speaklater import LazyString

    from service_desk.contractors.models import Damage

#: years in which a month may lie
YEARS = range(2000, 2200)
METRIC: Mapping[str, LazyString] = {
    "accept": _l("Accepted late"),
    "arrive": _l("Arrived late"),
    "make_safe": _l("Made safe late"),
    "complete": _l("Finished late"),
    "quality": _l("Work not as required"),
    "repeat": _l("The same fault came back"),
    "evidence": _l("Evidence incomplete"),
    "false_done": _l("Said to be done, and was not"),
}
#: state → (word, tag colour)
STATE: Mapping[str, tuple[LazyString, str]] = {
    "proposed": (_l("Waits for the contractor's answer"), "warning"),
    "accepted": (_l("Accepted by the contractor, to be decided"), "info"),
    "contested": (_l("Contested, to be decided"), "warning"),
    "approved": (_l("Approved"), "success"),
    "waived": (_l("Waived"), "neutral"),
}
WAIVER: Mapping[str, LazyString] = {
    "not_their_fault": _l("Not the contractor's fault"),
    "evidence_weak": _l("The evidence is not enough"),
    "already_mended": _l("Made good at the contractor's cost"),
    "goodwill": _l("At the city's discretion"),
    "facts_changed": _l("A later report from the field answered it"),
}
PROBLEM: Mapping[str, LazyString] = {
    "required": _l("This is needed."),
    "may_still_answer": _l(
        "The contractor may still answer: it can be waived now, or approved when the time is over."
    ),
    "not_checked": _l(
        "Nobody has checked the work yet: it can be waived now, or approved once the work has passed."
    ),
    "not_over": _l("The month is not over yet."),
    "undecided": _l("Some damages of the month are not decided yet."),
}
ANSWER: Mapping[str, LazyString] = {
    "accepted": _l("We accept it"),
    "contested": _l("We contest it"),
}


def shekels(agorot: int) -> str:
    """Return an amount in shekels with its sign, agorot only when there are some."""
    whole = agorot % 100 == 0
    return f"{format_decimal(agorot / 100, format='#,##0' if whole else '#,##0.00')} ₪"


def month_name(month: date) -> str:
    """Return a month in words: October 2026."""
    return str(format_date(month, "LLLL yyyy"))


def read_month(text: str) -> date | None:
    """Return the first day of 2026-10, or None when it names no month."""
    try:
        found = date.fromisoformat(f"{text[:7]}-01") if len(text) == 7 else None
    except ValueError:
        return None  # the page answers that there is no such month
    return found if found and found.year in YEARS else None


@dataclass(frozen=True)
class WorkingLine:
    """One line of a calculation: what, and how much."""

    name: str
    value: str


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def working_lines(working: Mapping[str, Any]) -> list[WorkingLine]:
    """Return the calculation of one damage, line by line, as it was kept with it."""
    lines = []
    due_at, happened = _instant(working.get("due")), _instant(working.get("happened"))
    if due_at is not None:
        lines.append(WorkingLine(_("Due"), due(due_at)))
        lines.append(WorkingLine(_("Happened"), on_day(happened) if happened else _("not yet")))
        lines.append(WorkingLine(_("Late, in working time"), span(60 * working["over_minutes"])))
        if working.get("grace_minutes"):
            lines.append(WorkingLine(_("Of it forgiven"), span(60 * working["grace_minutes"])))
    elif happened is not None:
        lines.append(WorkingLine(_("Happened"), on_day(happened)))
    if working.get("finding"):
        lines.append(
            WorkingLine(_("Finding"), str(field_words.FINDING.get(working["finding"], working["finding"])))
        )
    if "after_days" in working:
        after = working["after_days"]
        lines.append(WorkingLine(_("After the earlier work"), ngettext("%(num)s day", "%(num)s days", after)))
    if working.get("counted_units"):
        counted = {**working, "units": working["counted_units"]}
        lines.append(WorkingLine(_("Decided before, and not counted again"), _units(counted)))
    elif working.get("is_rest"):
        lines.append(WorkingLine(_("Began in an earlier month"), _("Counted there, not again here")))
    lines.append(WorkingLine(_("Price"), f"{_units(working)} × {shekels(working['price_agorot'])}"))
    lines.append(WorkingLine(_("Amount"), shekels(working["amount_agorot"])))
    return lines


def _units(working: Mapping[str, Any]) -> str:
    count = working["units"]
    if working["unit"] == "hour":
        return ngettext("%(num)s started hour", "%(num)s started hours", count)
    if working["unit"] == "day":
        return ngettext("%(num)s started day", "%(num)s started days", count)
    return ngettext("%(num)s case", "%(num)s cases", count)


def line_note(line: Mapping[str, Any]) -> str:
    """Return why a line of a statement costs what it costs: free, with an addition, cut by the cap, the rest of one lateness."""
    if line["charged_agorot"] < line["stepped_agorot"]:
        return _("Cut by the month's cap from %(amount)s", amount=shekels(line["stepped_agorot"]))
    if line["working"].get("is_rest"):
        return _rest_note(line)
    if line["is_free"]:
        return _("Number %(nth)s of the month: within the allowance", nth=line["nth"])
    if line["step_percent"]:
        return _(
            "Number %(nth)s of the month: %(percent)s%% more", nth=line["nth"], percent=line["step_percent"]
        )
    return ""


def _rest_note(line: Mapping[str, Any]) -> str:
    """Return what a lateness that was counted once says where it goes on. In the same month it takes its beginning's turn."""
    if line["is_free"]:
        return _("Rest of number %(nth)s of the month: within the allowance", nth=line["nth"])
    if line["step_percent"]:
        return _(
            "Rest of number %(nth)s of the month: %(percent)s%% more",
            nth=line["nth"],
            percent=line["step_percent"],
        )
    if line["nth"]:
        return _("Rest of number %(nth)s of the month", nth=line["nth"])
    return _("Rest of one lateness: it was counted once, in another month")


def order_name(reference: str, number: int) -> str:
    """Return an order as it is shown: 482-1937/2."""
    return f"{reference[:-4]}-{reference[-4:]}/{number}"


def amount_line(line: Mapping[str, Any]) -> str:
    """Return the calculation of a statement's line in one phrase."""
    working = line["working"]
    return f"{_units(working)} × {shekels(working['price_agorot'])} = {shekels(working['amount_agorot'])}"


def contract_name(part: Mapping[str, Any]) -> str:
    """Return a contract's name with its code and version."""
    return _(
        "%(name)s (%(code)s, version %(version)s)",
        name=by_language(part["name"]),
        code=part["code"],
        version=part["version"],
    )


def row_of(damage: Damage, reference: str, number: int) -> dict[str, Any]:
    """Return what a list shows of a damage."""
    word, color = STATE[damage.state]
    return {
        "damage": damage,
        "order": order_name(reference, number),
        "metric": METRIC[damage.metric],
        "state": word,
        "color": color,
        "amount": shekels(damage.amount_agorot),
    }


def totals(
    rows: Sequence[tuple[int, date, str, int, int]],
) -> dict[tuple[int, date], dict[str, tuple[int, int]]]:
    """Return {(unit, month): {state: (number, sum in agorot)}} of counted rows."""
    found: dict[tuple[int, date], dict[str, tuple[int, int]]] = {}
    for unit_id, month, state, number, agorot in rows:
        found.setdefault((unit_id, month), {})[state] = (number, agorot)
    return found
