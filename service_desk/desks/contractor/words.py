"""Words of the contractor's desk for codes: states, duties, acts, reasons, facts. One table each; nothing is concatenated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

#: state of an order → (word, tag colour): the colour says whose move it is, here seen from the contractor
STATE: Mapping[str, tuple[LazyString, str]] = {
    "issued": (_("New"), "accent"),
    "accepted": (_("Accepted"), "info"),
    "scheduled": (_("Scheduled"), "info"),
    "on_site": (_("On site"), "info"),
    "done": (_("Waiting to be checked"), "neutral"),
    "passed": (_("Checked and closed"), "success"),
    "refused": (_("Refused"), "neutral"),
    "cancelled": (_("Cancelled by the city"), "neutral"),
}
DUTY: Words = {
    "accept": _("To accept"),
    "arrive": _("To arrive"),
    "make_safe": _("To make safe"),
    "complete": _("To finish"),
}
#: the same duty as a promise with its result
CLOCK: Words = {
    "accept": _("Acceptance"),
    "arrive": _("Arrival"),
    "make_safe": _("Making safe"),
    "complete": _("End of the work"),
}
#: views of the list
VIEW: Words = {
    "open": _("All to do"),
    "new": _("New"),
    "today": _("Today"),
    "done": _("Waiting to be checked"),
}
REFUSAL: Words = {
    "not_in_contract": _("Not in the contract"),
    "not_our_area": _("Not in our area"),
    "done_already": _("It was done already"),
    "no_capacity": _("Nobody is free for it in time"),
    "not_found": _("Nothing to repair was found there"),
    "unsafe": _("It is not safe to work there now"),
}
PAUSE: Words = {
    "no_access": _("No access to the place"),
    "police_order": _("By order of the police"),
    "home_front_command": _("By order of the Home Front Command"),
    "third_party": _("Another body has to act first"),
    "weather": _("Weather"),
    "city_asked": _("At the city's request"),
}
FINDING: Words = {
    "not_done": _("The work was not done"),
    "partly_done": _("Only a part was done"),
    "poor_quality": _("The quality is not as required"),
    "left_dirty": _("The place was left dirty"),
    "wrong_place": _("It was done at another place"),
    "no_evidence": _("The photos do not show it"),
}
#: what a phone can say; also what the line of a kept entry is called
ENTRY: Words = {
    "accept": _("The order is accepted"),
    "refuse": _("The order is refused"),
    "schedule": _("The work is scheduled"),
    "arrive": _("On site"),
    "make_safe": _("The place is safe"),
    "done": _("The work is finished"),
    "photo": _("Photos"),
    "note": _("Note"),
}
#: kind of a history event → what happened, in the contractor's words
EVENT: Words = {
    "order_issued": _("The city issued the order"),
    "order_accepted": _("Accepted"),
    "order_refused": _("Refused"),
    "order_scheduled": _("Scheduled"),
    "order_arrived": _("The team arrived"),
    "order_made_safe": _("The place was made safe"),
    "order_done": _("Reported as finished"),
    "order_paused": _("The clocks stand still"),
    "order_resumed": _("The clocks run again"),
    "order_verified": _("Checked by the city"),
    "order_asked": _("Waits for the city's check"),
    "order_passed": _("Passed the check"),
    "order_failed": _("The check failed: the order is open again, on its first clock"),
    "order_cancelled": _("Cancelled by the city"),
    "order_late_entry": _("An older entry arrived later, and was kept"),
    "order_noted": _("Note"),
    "order_photo": _("Photos were added"),
    "order_breached": _("A time of the contract passed"),
    "damage_proposed": _("An agreed damage was proposed"),
    "damage_answered": _("An agreed damage was answered"),
    "damage_decided": _("An agreed damage was decided"),
}
#: what became of an entry
OUTCOME: Words = {
    "taken": _("Received."),
    "late": _("Received and kept. A newer report was already here, so the state stays as it is."),
    "repeated": _("It was here already; nothing was changed."),
    "refused": _("It could not be taken: the order is no longer open for this."),
}
PHOTO: Words = {
    "before": _("Before"),
    "after": _("After"),
    "other": _("On the way"),
    "report": _("From the report"),
}
#: field and code of bad input → the sentence beside the field
PROBLEM: Words = {
    "required": _("Something is missing here."),
    "unknown": _("This is not one of the choices."),
    "not_then": _("This day and hour cannot be. Another one is needed."),
    "unreadable": _("This day and hour cannot be read."),
    "not_a_photo": _("A photo could not be read. It can be taken again."),
    "too_large": _("A photo is too large."),
    "photo_required": _("A photo is needed."),
    "too_many": _("At most eight photos at once."),
    "contract_ended": _("The contract has ended."),
}
