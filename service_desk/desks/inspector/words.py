"""Words of supervision for codes: states, kinds, acts, events, problems. One table each; nothing is concatenated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.clerk import words as desk_words
from service_desk.desks.contractor import words as order_words
from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

ROUND_STATE: Mapping[str, tuple[LazyString, str]] = {
    "planned": (_("Planned"), "neutral"),
    "walking": (_("On the way"), "info"),
    "done": (_("Ended"), "success"),
    "cancelled": (_("Cancelled"), "neutral"),
}
STOP_RESULT: Mapping[str, tuple[LazyString, str]] = {
    "ok": (_("In order"), "success"),
    "finding": (_("Finding"), "accent"),
    "passed": (_("Passed"), "success"),
    "failed": (_("Failed"), "danger"),
    "not_reached": (_("Not reached"), "neutral"),
}
ANSWER: Words = {"ok": _("In order"), "bad": _("Not in order"), "na": _("Not here")}
STOP_ICON = {"place": "map-pin", "order": "seal-check", "case": "files"}
FINDING = order_words.FINDING
OUTCOME: Words = {
    "taken": _("The stop is recorded."),
    "repeated": _("This was recorded already."),
    "late": _("Somebody had recorded this stop before; that record stays."),
    "moved": _("The stop is recorded. The work order had already been decided."),
}

CASE_KIND: Words = {
    "unpermitted_building": _("Building without a permit"),
    "public_space": _("Misuse of public space"),
    "waste": _("Waste"),
    "signage": _("Signs and posters"),
    "business_licence": _("Business licence"),
    "noise": _("Noise"),
    "other": _("Other"),
}
CASE_ICON = {
    "unpermitted_building": "crane",
    "public_space": "storefront",
    "waste": "trash",
    "signage": "signpost",
    "business_licence": "storefront",
    "noise": "speaker-high",
    "other": "files",
}
CASE_STATE: Mapping[str, tuple[LazyString, str]] = {
    "opened": (_("Open, not yet seen"), "accent"),
    "inspected": (_("Inspected"), "accent"),
    "warned": (_("Notice given"), "info"),
    "fined": (_("Fined"), "info"),
    "in_court": (_("In court"), "neutral"),
    "complied": (_("Put right"), "success"),
    "dropped": (_("Dropped"), "neutral"),
    "closed": (_("Closed"), "success"),
}
DROP_REASON: Words = {
    "no_offence": _("There is no offence"),
    "permitted": _("There is a permit"),
    "no_evidence": _("There is no evidence"),
    "not_ours": _("It is another authority's"),
    "old_matter": _("Too old to go on with"),
}
#: act → (its name, icon)
ACT: Mapping[str, tuple[LazyString, str]] = {
    "take": (_("Take it"), "hand"),
    "release": (_("Let it go"), "arrow-counter-clockwise"),
    "inspect": (_("Inspection"), "eye"),
    "warn": (_("Notice"), "note-pencil"),
    "fine": (_("Fine"), "receipt"),
    "court": (_("To court"), "gavel"),
    "comply": (_("Put right"), "check-circle"),
    "drop": (_("Drop"), "prohibit"),
    "close": (_("Close"), "lock"),
    "pass": (_("Pass to another unit"), "user-switch"),
    "note": (_("Note"), "note-pencil"),
}
DONE: Words = {
    "take": _("The case is taken."),
    "release": _("The case is free again."),
    "inspect": _("The inspection is recorded."),
    "warn": _("The notice is recorded."),
    "fine": _("The fine is recorded."),
    "court": _("It is recorded that the case went to court."),
    "comply": _("It is recorded that the matter was put right."),
    "drop": _("The case is dropped."),
    "close": _("The case is closed."),
    "pass": _("The case has passed to the other unit."),
    "note": _("The note is kept."),
}
#: event → (what happened, icon)
EVENT: Mapping[str, tuple[LazyString, str]] = {
    "opened": (_("Case opened"), "files"),
    "taken": (_("Taken"), "hand"),
    "released": (_("Let go"), "arrow-counter-clockwise"),
    "inspected": (_("Inspected"), "eye"),
    "warned": (_("Notice given"), "note-pencil"),
    "fined": (_("Fine noted"), "receipt"),
    "sent_to_court": (_("Went to court"), "gavel"),
    "complied": (_("Put right"), "check-circle"),
    "dropped": (_("Dropped"), "prohibit"),
    "closed": (_("Closed"), "lock"),
    "passed": (_("Passed to another unit"), "user-switch"),
    "noted": (_("Note"), "note-pencil"),
}
PROBLEM: Words = {
    "near_case": _("There is an open case close by. It needs a look before another is opened."),
    "taken_by_other": _("Somebody else has taken this case. It needs to be confirmed before acting on it."),
    "days_range": _("Between 1 and 365 days."),
    "amount_range": _("A sum in shekels above zero is needed."),
    "answer_missing": _("An answer is missing here."),
    "no_place": _("The address did not lead to one point. A house number or a pin on the map is needed."),
    "outside_boundary": _("The place lies outside the city."),
    "day_range": _("A day from today to half a year ahead is needed."),
    "no_stops": _("A round needs at least one stop."),
    "too_many_stops": _("A round has room for 40 stops."),
    "no_checklist": _("A checklist is missing."),
    "address_unknown": _("An address in the list was not found. It stands first in the list."),
    "not_number": _("A number is needed here."),
}


def problem(code: str) -> str:
    """Return the sentence for what is wrong with a field."""
    found = PROBLEM.get(code)
    return str(found) if found is not None else desk_words.problem(code)
