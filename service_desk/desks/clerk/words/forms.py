"""What forms offer and answer: outcomes, reasons of a refusal, yes and no, what is wrong with a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.clerk.words.routes import WHY_TRIAGE
from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

OUTCOME: Words = {
    "photo": _("Photo of the result"),
    "seen_by_staff": _("Seen in place by staff"),
    "answered": _("The question was answered"),
    "done_by_other": _("Done by another body"),
    "nothing_found": _("Nothing was found in place"),
}
REJECTION: Words = {
    "not_municipal": _("Not the municipality's responsibility"),
    "private_property": _("Private property"),
    "not_found": _("Not found in place"),
    "no_access": _("No access to the place"),
    "already_done": _("Already done before the report"),
    "not_enough_detail": _("Not enough detail, and no answer"),
    "abuse": _("Abusive content"),
}
PROBLEM: Words = {
    "required": _("This is missing."),
    "photo_required": _("Without a photo, another proof and words are needed."),
    "no_such_ticket": _("There is no other open request with this number."),
    "no_longer_open": _("That request is no longer open."),
    "no_such_person": _("This person is not on the staff list."),
    "no_such_centre": _("Another centre is needed."),
    "no_such_unit": _("This unit is not on the list."),
    "phone_unreadable": _("The number was not recognised. Israeli numbers only, for example 050-1234567."),
    "no_place": _("The place is missing."),
    "unknown": _("This question is not asked for this type."),
    "not_text": _("Words are needed here."),
    "too_long": _("This is too long."),
    "not_number": _("A number is needed here."),
    "not_date": _("A date is needed here."),
    "not_boolean": _("Yes or no is needed here."),
    "not_option": _("One of the options is needed here."),
    "contract_ended": _("The contract with this contractor has ended."),
    "no_contract": _("There is no contract with this contractor."),
    "not_in_contract": _("The contract does not cover this work here."),
    "order_already_open": _("This contractor has an open order for this work already."),
    "calendar_ends": _("The calendar of the contract does not reach far enough."),
    "not_then": _("Between 1 and 90 days."),
    "not_a_photo": _("One file is not a photo that can be read."),
    "too_large": _("One photo is too large (up to 15 MB)."),
}
ANY_PROBLEM = _("This cannot be used as it is.")
YES, NO = _("Yes"), _("No")


def problem(code: str) -> str:
    """Return the sentence for what is wrong with a field."""
    return str(PROBLEM.get(code) or WHY_TRIAGE.get(code) or ANY_PROBLEM)
