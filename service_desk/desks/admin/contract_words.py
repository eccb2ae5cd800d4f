"""Words of contracts: domains of work, duties, units, and a sentence for each problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk.desks import money
from service_desk.desks.speech import later as _l

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

DOMAIN: Words = {
    "roads": _l("Roads and pavements"),
    "signage_marking": _l("Signs and markings"),
    "drainage": _l("Drains"),
    "traffic_signals": _l("Traffic lights"),
    "lighting": _l("Street lighting"),
    "waste_collection": _l("Waste collection"),
    "street_cleaning": _l("Street cleaning"),
    "gardening": _l("Gardens and trees"),
    "playgrounds": _l("Playgrounds"),
    "pest_control": _l("Pest control"),
    "veterinary": _l("Veterinary service"),
    "building_maintenance": _l("Public buildings"),
    "water_corporation": _l("Water and sewage"),
    "municipal_enforcement": _l("Municipal enforcement"),
    "parking_enforcement": _l("Parking enforcement"),
    "planning_enforcement": _l("Building enforcement"),
    "planning_traffic": _l("Traffic planning"),
    "accessibility": _l("Accessibility"),
    "education": _l("Education"),
    "welfare": _l("Welfare"),
    "community": _l("Community"),
}
DUTY: Words = {
    "accept": _l("Accept the order"),
    "arrive": _l("Arrive"),
    "make_safe": _l("Make safe"),
    "complete": _l("Finish"),
}
UNIT: Words = {"case": _l("each case"), "hour": _l("each started hour"), "day": _l("each started day")}
PROOF: Words = {"before": _l("Photo before"), "after": _l("Photo after"), "other": _l("Another photo")}
LANGUAGE = {"he": "עברית", "ar": "العربية", "ru": "Русский", "en": "English", "am": "አማርኛ"}
USUAL_PROBLEM = _l("This cannot be used.")
PROBLEM: Words = {
    "required": _l("This is needed."),
    "unknown": _l("The city has none of this name."),
    "unknown_field": _l("There is no such term."),
    "not_an_object": _l("This is not built as a term is."),
    "not_a_list": _l("This should be a list."),
    "not_yes_or_no": _l("This should be true or false."),
    "not_whole": _l("This is not a number that can be used."),
    "too_small": _l("This is too small."),
    "too_large": _l("This is too large."),
    "twice": _l("This is named twice."),
    "hazards_only": _l("Only a hazard has to be made safe."),
    "before_the_duty_ahead": _l("This would be due before the duty ahead of it."),
    "less_than_step": _l("The most that is added cannot be less than one step."),
    "by_case_only": _l("This has no length, so it is priced by the case."),
    "no_length": _l("This has no length, so no time can be forgiven."),
    "no_such_duty": _l("The contract asks no such duty."),
    "needs_repeat_days": _l("Say within how many days the same fault counts as a repeat."),
    "needs_proofs": _l("Say which photos the evidence consists of."),
    "nothing_to_take_from": _l("With this cap nothing could ever be charged."),
    "never_opens": _l("This calendar never opens, so nothing would fall due."),
    "overlaps": _l("Another contract of this contractor is for the same work and place at the same time."),
    "other_contractor": _l("This contract is with another contractor."),
    "bad_code": _l("A code consists of letters, digits, dots and dashes."),
    "taken": _l("Another contract is filed under this code."),
    "changed_meanwhile": _l("Somebody kept another version since this page was opened."),
    "in_the_past": _l("A new version can begin today or later."),
    "not_after_the_last_version": _l("The version before begins on this day or later."),
    "not_after_the_start": _l("The end must come after the beginning."),
    "not_a_date": _l("This is not a date."),
    "bad_file": _l("The file cannot be read: it should be JSON, or a CSV of fields and values."),
    "no_file": _l("No file was chosen."),
}


def problem(code: str) -> str:
    """Return the sentence of a problem's code."""
    return str(PROBLEM.get(code, USUAL_PROBLEM))


def named_problem(field: str, code: str) -> str:
    """Return a problem's sentence with the term it concerns, where the form has many fields alike."""
    first, _dot, rest = field.partition(".")
    name = {"duties": DUTY, "prices": money.METRIC}.get(first, {}).get(rest.partition(".")[0])
    return str(_("%(name)s: %(problem)s", name=name, problem=problem(code))) if name else problem(code)


def domain(code: str) -> str:
    """Return a domain in words, or its code when it has none."""
    return str(DOMAIN.get(code, code))


def clock_time(minutes: int) -> str:
    """Return open time as hours and minutes, as the form takes it: 40:00."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def open_time(minutes: int) -> str:
    """Return open time in words: 30 minutes, 2 hours, 2:30 hours."""
    if minutes < 60:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    if minutes % 60:
        return str(_("%(time)s hours", time=clock_time(minutes)))
    return str(ngettext("%(num)s hour", "%(num)s hours", minutes // 60))
