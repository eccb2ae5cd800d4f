"""Codes of field visits put into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from service_desk.desks.clerk import words as desk_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

#: state of a visit → (tone of its tag, words)
VISIT: Mapping[str, tuple[str, LazyString]] = {
    "planned": ("accent", _l("Meeting planned")),
    "held": ("success", _l("Took place")),
    "cancelled": ("neutral", _l("Called off")),
}
SHOW: Words = {
    "open": _l("The open ones"),
    "late": _l("Late"),
    "ended": _l("Came to an end"),
    "all": _l("All"),
}
#: act → (words of its button, icon)
ACT: Mapping[str, tuple[LazyString, str]] = {
    "kept": (_l("It was kept"), "check-circle"),
    "moved": (_l("Move the day"), "calendar"),
    "assigned": (_l("Hand to another unit"), "user-switch"),
    "linked": (_l("Link to a request"), "link"),
    "not_kept": (_l("It was not kept"), "x-circle"),
    "withdrawn": (_l("Withdraw it"), "prohibit"),
    "reopened": (_l("Open it again"), "arrow-counter-clockwise"),
}
#: event → (what happened, icon)
EVENT: Mapping[str, tuple[LazyString, str]] = {
    "made": (_l("Promised"), "handshake"),
    "kept": (_l("Kept"), "check-circle"),
    "moved": (_l("Day moved"), "calendar"),
    "assigned": (_l("Handed on"), "user-switch"),
    "linked": (_l("Linked to a request"), "link"),
    "not_kept": (_l("Not kept"), "x-circle"),
    "withdrawn": (_l("Withdrawn"), "prohibit"),
    "reopened": (_l("Opened again"), "arrow-counter-clockwise"),
}
#: what the words of an act are
WHY: Words = {
    "kept": _l("What was done"),
    "moved": _l("Why the day moves"),
    "assigned": _l("What the unit needs to know"),
    "linked": _l("Note"),
    "not_kept": _l("Why it was not kept"),
    "withdrawn": _l("Why it is withdrawn"),
    "reopened": _l("Why it is opened again"),
}
PROBLEM: Words = {
    "visit_range": _l("A day within a year back or ahead is needed."),
    "was_held": _l("The meeting took place: its day cannot lie ahead."),
    "has_commitments": _l("Commitments were made there for this centre; it stays."),
    "outside_boundary": _l("The place lies outside the city."),
    "past": _l("The day has passed."),
    "same": _l("It is so already."),
    "too_far": _l("The day is more than three years ahead."),
    "no_such_reference": _l("There is no request with this number."),
    "either": _l("Either a request that there is, or a new one."),
    "same_key_other_content": _l(
        "A request was opened from this form already, with other words. Its number can be given instead."
    ),
}
#: label of each field that can be wrong
LABEL: Words = {
    "title": _l("Title"),
    "day": _l("Day"),
    "hour": _l("Hour"),
    "line": _l("Place"),
    "centre": _l("Centre"),
    "words": _l("Words"),
    "due_on": _l("By when"),
    "unit": _l("Who keeps it"),
    "reference": _l("Number of the request"),
    "service": _l("Topic"),
    "phone": _l("Phone"),
}


def problem(code: str) -> str:
    """Return the sentence for what is wrong with a field."""
    found = PROBLEM.get(code)
    return str(found) if found is not None else desk_words.problem(code)


def problems(found: Mapping[str, str]) -> dict[str, str]:
    """Return {field: sentence}, in the order in which the fields stand."""
    order = list(LABEL)
    names = sorted(found, key=lambda name: order.index(name) if name in LABEL else len(order))
    return {name: problem(found[name]) for name in names}
