"""What happened to a request: its last event in a word or two, the parts of its history, its photos and clocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.clerk import order_words
from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

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
CLOCK: Words = {
    "acknowledge": _("First look"),
    "make_safe": _("Making the place safe"),
    "resolve": _("Final repair"),
}
PHOTO: Words = {
    "report": _("Resident"),
    "remark": _("Resident, later"),
    "before": _("Before"),
    "after": _("After"),
}
TAB: Words = {"all": _("All"), "talk": _("Talk"), "internal": _("Internal"), "log": _("Log")}
