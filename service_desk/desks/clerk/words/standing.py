"""Where a request stands: its status, whose move it is, who holds it, and the queue that is seen by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
