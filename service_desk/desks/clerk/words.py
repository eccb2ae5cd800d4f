"""Words of the desk for codes: statuses, holders, events, reasons. One table each; nothing is concatenated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.clerk import order_words
from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

#: status → (word, tag colour): the colour says whose move it is, never how good
STATUS: Mapping[str, tuple[LazyString, str]] = {
    "received": (_("New"), "accent"),
    "triaged": (_("Sorted"), "accent"),
    "assigned": (_("Assigned"), "info"),
    "in_progress": (_("In progress"), "info"),
    "waiting": (_("Awaiting an answer"), "neutral"),
    "resolved": (_("Done, awaiting the answer"), "info"),
    "closed": (_("Closed"), "success"),
    "reopened": (_("Reopened"), "accent"),
    "handed_over": (_("With another body"), "neutral"),
    "rejected": (_("Refused"), "neutral"),
    "duplicate": (_("Merged"), "neutral"),
}
WITH_CONTRACTOR = (_("With a contractor"), "neutral")
#: what a ticket's orders wait for → (word, tag colour), when it is the city's move
ORDER_STATE: Mapping[str, tuple[LazyString, str]] = {
    "to_verify": (_("To be checked"), "accent"),
    "refused": (_("Order refused"), "accent"),
}
WITH_UNIT = (_("With a city unit"), "info")
NEW_ANSWER = (_("New answer"), "accent")
STATUS_ICON = {
    "waiting": ("chat-circle-text", "regular"),
    "closed": ("check-circle", "fill"),
    "resolved": ("seal-check", "fill"),
    "in_progress": ("wrench", "regular"),
    "reopened": ("arrow-counter-clockwise", "regular"),
    "rejected": ("prohibit", "regular"),
    "duplicate": ("git-merge", "regular"),
}

HOLDER: Words = {
    "centre": _("Centre"),
    "unit": _("City unit"),
    "contractor": _("Contractor"),
    "outside": _("Body outside the city"),
    "resident": _("Resident"),
    "nobody": _("Nobody: it has ended"),
}
HOLDER_ICON = {
    "centre": "user",
    "unit": "buildings",
    "contractor": "truck",
    "outside": "signpost",
    "resident": "chat-circle-text",
    "nobody": "check",
}

#: the last event, in a word or two, for the queue
TOUCH: Words = {
    "received": _("Reported"),
    "taken": _("Taken"),
    "assigned": _("Assigned"),
    "started": _("Work began"),
    "made_safe": _("Made safe"),
    "noted": _("Note"),
    "replied": _("Reply"),
    "asked": _("Question"),
    "answered": _("Answer"),
    "remarked": _("Resident's words"),
    "joined": _("Also reported"),
    "rerouted": _("Routed anew"),
    "triaged": _("Sorted"),
    "moved_centre": _("Another centre"),
    "handed_over": _("Handed over"),
    "resolved": _("Done"),
    "confirmed": _("Confirmed"),
    "closed": _("Closed"),
    "reopened": _("Reopened"),
    "rejected": _("Refused"),
    "merged": _("Merged"),
    "absorbed": _("Merged here"),
    "released": _("Unmerged"),
    "undone": _("Taken back"),
    "split": _("Split"),
    "breached": _("Promise missed"),
    "escalated": _("Escalated"),
    "took_over": _("Other hands"),
    **order_words.TOUCH,
}
TOUCH_ICON = {
    "received": "tray",
    "taken": "user",
    "assigned": "user-plus",
    "started": "wrench",
    "made_safe": "shield-check",
    "noted": "lock",
    "replied": "paper-plane-tilt",
    "asked": "question",
    "answered": "chat-circle-text",
    "remarked": "chat-circle-text",
    "joined": "users",
    "rerouted": "path",
    "triaged": "list-bullets",
    "moved_centre": "house",
    "handed_over": "truck",
    "resolved": "seal-check",
    "confirmed": "check",
    "closed": "check-circle",
    "reopened": "arrow-counter-clockwise",
    "rejected": "prohibit",
    "merged": "git-merge",
    "absorbed": "git-merge",
    "released": "git-merge",
    "undone": "arrow-u-up-left",
    "split": "arrows-split",
    "breached": "warning",
    "escalated": "bell",
    "took_over": "hand",
    **order_words.ICON,
}
FROM_RESIDENT = frozenset({"answered", "remarked", "joined"})

CHANNEL: Words = {
    "web": _("Web"),
    "phone": _("Phone call"),
    "walk_in": _("Walk-in"),
    "open311": _("Open311"),
    "sms": _("SMS"),
    "whatsapp": _("WhatsApp"),
    "voice": _("Call"),
    "email": _("E-mail"),
    "none": _("No messages"),
}
LANGUAGE: Words = {
    "he": _("Hebrew"),
    "ar": _("Arabic"),
    "ru": _("Russian"),
    "en": _("English"),
    "am": _("Amharic"),
}
CLOCK: Words = {
    "acknowledge": _("First look"),
    "make_safe": _("Making the place safe"),
    "resolve": _("Final repair"),
}
DELIVERY: Words = {
    "pending": _("waits to be sent"),
    "sending": _("being sent"),
    "accepted": _("accepted by the carrier"),
    "sent": _("sent"),
    "delivered": _("delivered"),
    "read": _("read"),
    "undelivered": _("not delivered"),
    "failed": _("failed"),
    "unknown": _("unknown: the carrier is being asked"),
    "manual": _("unknown: a person should check"),
    "expired": _("not sent"),
    "superseded": _("not sent"),
    "skipped": _("not sent"),
}
DELIVERY_ICON = {
    "delivered": "check",
    "read": "checks",
    "undelivered": "warning",
    "failed": "warning",
    "skipped": "prohibit",
}
NOT_SENT: Words = {
    "no_phone": _("no phone number was left"),
    "no_channel": _("the person asked for no messages"),
    "opted_out": _("the person stopped messages on this channel"),
    "unreachable": _("the number cannot be reached on this channel"),
    "too_late": _("it was no longer worth sending"),
    "newer_message": _("a newer message replaced it"),
    "retry": _("it will be tried again"),
    "lost": _("the carrier could not deliver it"),
    "again": _("a second try of a message that did not arrive"),
    "recipient": _("the carrier refuses this number"),
    "config": _("our own settings are wrong: the administrator has to mend them"),
    "no_answer": _("the carrier did not answer; it is being asked"),
    "lease_over": _("sending broke off; the carrier is being asked"),
    "not_found": _("the carrier has no trace of it; it goes once more"),
    "unknown_twice": _("twice it is not known whether it arrived: a person decides"),
    "undone": _("the act it told of was taken back"),
    "forgotten": _("the person asked to be forgotten"),
    "fallback": _("in place of a message that did not arrive"),
    "quiet_hours": _("it waits for the morning: quiet hours"),
    "in_digest": _("it went with others in one message"),
    "no_voice": _("the number takes calls only, and the city does not call"),
    "no_voice_for_language": _("the number takes calls only, and no voice speaks the language"),
}
#: why a message goes by a channel that was not asked for
CHOSEN: Words = {
    "preferred": _("as the person wished"),
    "kosher_number": _("a kosher phone: a call in place of words"),
    "landline": _("a landline: a call in place of words"),
    "template_not_approved": _("WhatsApp has not approved these words yet: SMS in its place"),
    "no_email": _("no e-mail address was left"),
}

METHOD: Words = {
    "pin": _("By the pin on the map."),
    "address": _("By street and house number."),
    "street": _("By the street: all of it lies in one area."),
    "place": _("By a known place."),
    "triage": _("The place could not be decided."),
    "outside": _("The place is outside the city's boundary."),
    "chosen": _("By the centre that was chosen."),
}
WHY_TRIAGE: Words = {
    "no_place": _("No place was given."),
    "outside_boundary": _("The place is outside the city's boundary."),
    "several_areas": _("The street lies in several areas: a house number or a pin is needed."),
    "number_in_two_areas": _("This house number is known in two areas: a pin or a landmark is needed."),
    "thin_evidence": _("Too little is known of this street: a house number or a pin is needed."),
    "no_points": _("The street has no known points: a pin or a landmark is needed."),
    "several_streets": _("Several streets fit this name."),
    "no_street": _("No street of the city fits this address."),
    "unknown_street": _("No street of the city fits this address."),
    "point_without_area": _("The point lies in no area."),
    "no_handler": _("No handler is named for this type."),
    "clock_failed": _("The promise could not be computed."),
    "routing_failed": _("Routing failed; the error was recorded."),
}
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
VIEW: Words = {
    "open": _("All open"),
    "mine": _("With me"),
    "late": _("Late"),
    "hazard": _("Hazards"),
    "triage": _("To sort"),
    "news": _("New answers"),
    "waiting": _("Clock paused"),
    "contractor": _("With a contractor"),
    "to_verify": _("To be checked"),
    "refused": _("Refused by a contractor"),
}
GROUP: Words = {
    "late": _("Late"),
    "today": _("Today"),
    "soon": _("Next two working days"),
    "later": _("Later"),
    "none": _("No clock running"),
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
HANDLER: Words = {
    "type": _("The centre itself handles this type."),
    "contractor": _("The contractor for this kind of work in this area."),
    "unit": _("The city unit that handles this type."),
    "none": _("No handler is named for this type."),
}
PHOTO: Words = {
    "report": _("Resident"),
    "remark": _("Resident, later"),
    "before": _("Before"),
    "after": _("After"),
}
TAB: Words = {"all": _("All"), "talk": _("Talk"), "internal": _("Internal"), "log": _("Log")}


def problem(code: str) -> str:
    """Return the sentence for what is wrong with a field."""
    return str(PROBLEM.get(code) or WHY_TRIAGE.get(code) or ANY_PROBLEM)
