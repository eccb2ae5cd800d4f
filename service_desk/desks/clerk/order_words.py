"""Words of the desk for what happens to work orders, and for why. One table each; nothing is concatenated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.desks.contractor.words import DUTY, FINDING, PAUSE, REFUSAL
from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

#: state of an order → (word, tag colour): the colour says whose move it is, here seen from the city
STATE: Mapping[str, tuple[LazyString, str]] = {
    "issued": (_("Issued, not accepted yet"), "neutral"),
    "accepted": (_("Accepted"), "neutral"),
    "scheduled": (_("Scheduled"), "neutral"),
    "on_site": (_("Team on site"), "info"),
    "done": (_("To be checked"), "accent"),
    "passed": (_("Passed"), "success"),
    "refused": (_("Refused by the contractor"), "accent"),
    "cancelled": (_("Cancelled"), "neutral"),
}
#: state of a verification → (word, tag colour)
CHECK: Mapping[str, tuple[LazyString, str]] = {
    "asked": (_("Waits for a look"), "accent"),
    "passed": (_("Passed"), "success"),
    "failed": (_("Did not pass"), "danger"),
    "withdrawn": (_("No longer needed"), "neutral"),
}
DOUBTED = _("Counts as failed until somebody decides")
#: why an entry of the field does not count at the time that it said
DOUBT: Words = {
    "clock_not_measured": _(
        "The phone's clock could not be compared with ours: it counts from when it came."
    ),
    "came_late": _("It came more than a day later: it counts from when it came."),
    "in_the_future": _("The phone said a time still to come: it counts from when it came."),
    "before_the_order": _("The phone said a time before the order was issued."),
    "no_place": _("The phone gave no place: it counts from when it came."),
    "far_away": _("It was entered away from the place: it counts from when it came."),
}
#: what became of an entry, unless it was taken
OUTCOME: Words = {
    "late": _("Older than what was known: kept, and the state stayed."),
    "repeated": _("Said before: kept, and nothing changed."),
    "refused": _("Not taken: the order was no longer open for it."),
}
DECISION: Words = {"approved": _("Approved"), "waived": _("Waived")}
ANSWER: Words = {"accepted": _("accepted"), "contested": _("contested")}
#: kind of event, or kind and result of a check → the sentence of the history
SENTENCE: Words = {
    "order_issued": _("Work order %(number)s issued to %(to)s by %(who)s"),
    "order_accepted": _("Work order %(number)s accepted: %(who)s"),
    "order_refused": _("Work order %(number)s refused by %(who)s: %(why)s"),
    "order_scheduled": _("Work order %(number)s scheduled: %(who)s"),
    "order_arrived": _("On site for work order %(number)s: %(who)s"),
    "order_made_safe": _("The place was made safe by work order %(number)s: %(who)s"),
    "order_done": _("Work order %(number)s reported as done: %(who)s"),
    "order_paused": _("The clocks of work order %(number)s stand still: %(why)s"),
    "order_resumed": _("The clocks of work order %(number)s run again"),
    "order_cancelled": _("Work order %(number)s cancelled by %(who)s: %(why)s"),
    "order_late_entry": _("An older entry of work order %(number)s arrived later, and was kept"),
    "order_noted": _("Photos or words added to work order %(number)s: %(who)s"),
    "order_breached": _("A time of work order %(number)s passed unmet: %(why)s"),
    "order_verified asked": _("Work order %(number)s is to be checked: %(why)s"),
    "order_verified passed": _("Work order %(number)s passed: %(why)s"),
    "order_verified failed": _("Work order %(number)s did not pass, and is open on its first clock: %(why)s"),
    "damage_proposed": _("An agreed damage was proposed for work order %(number)s: %(what)s, %(amount)s"),
    "damage_answered": _("The contractor answered an agreed damage: %(why)s"),
    "damage_decided": _("An agreed damage was decided by %(who)s: %(why)s"),
}
#: the last event, in a word or two, for the queue
TOUCH: Words = {
    "order_issued": _("Order issued"),
    "order_accepted": _("Order accepted"),
    "order_refused": _("Order refused"),
    "order_scheduled": _("Work scheduled"),
    "order_arrived": _("Team on site"),
    "order_made_safe": _("Made safe"),
    "order_done": _("Work reported"),
    "order_paused": _("Order paused"),
    "order_resumed": _("Order resumed"),
    "order_cancelled": _("Order cancelled"),
    "order_late_entry": _("Late entry"),
    "order_noted": _("From the field"),
    "order_breached": _("Duty missed"),
    "order_verified": _("Work checked"),
    "damage_proposed": _("Damage proposed"),
    "damage_answered": _("Damage answered"),
    "damage_decided": _("Damage decided"),
}
ICON = {
    "order_issued": "truck",
    "order_accepted": "check",
    "order_refused": "prohibit",
    "order_scheduled": "calendar",
    "order_arrived": "map-pin",
    "order_made_safe": "shield-check",
    "order_done": "wrench",
    "order_paused": "pause",
    "order_resumed": "arrow-clockwise",
    "order_cancelled": "x-circle",
    "order_late_entry": "clock",
    "order_noted": "camera",
    "order_breached": "warning",
    "order_verified": "seal-check",
    "damage_proposed": "warning",
    "damage_answered": "chat-circle-text",
    "damage_decided": "seal-check",
}
#: why the city takes an order back
CANCELLATION: Words = {
    "not_needed": _("No longer needed"),
    "wrong_contractor": _("For another contractor"),
    "done_by_city": _("Done by the city itself"),
    "duplicate": _("Ordered already"),
    "contract_ended": _("The contract has ended"),
    "other": _("Another reason"),
}
#: why somebody has to look, or why nobody had to
WHY_CHECKED: Words = {
    "hazard": _("A hazard is always checked"),
    "reopened": _("What came back is always checked"),
    "evidence": _("The evidence is not complete"),
    "sample": _("In the contract's sample"),
    "resident": _("The resident said that it is not done"),
    "asked": _("Somebody asked for it"),
    "not_sampled": _("Evidence complete, not in the sample"),
}


def template_of(kind: str, data: Mapping[str, Any]) -> LazyString | None:
    """Return the sentence of an order's event, or None for an event of another thing."""
    return SENTENCE.get(f"{kind} {data.get('result', '')}" if kind == "order_verified" else kind)


def why(data: Mapping[str, Any]) -> str:
    """Return the reason that an order's event bears, in words; its code when nobody named it yet."""
    for table, key in (
        (REFUSAL, "reason"),
        (PAUSE, "reason"),
        (CANCELLATION, "reason"),
        (FINDING, "finding"),
        (DUTY, "clock"),
        (WHY_CHECKED, "why"),
        (ANSWER, "answer"),
        (DECISION, "decision"),
    ):
        code = str(data.get(key, ""))
        if code in table:
            return str(table[code])
    return ""
