"""Why a request went where it went, or why a person has to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    Words = Mapping[str, LazyString]

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
    "number_unknown": _("This house number is not known: a pin or a landmark is needed."),
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
HANDLER: Words = {
    "type": _("The centre itself handles this type."),
    "contractor": _("The contractor for this kind of work in this area."),
    "unit": _("The city unit that handles this type."),
    "none": _("No handler is named for this type."),
}


def why_triage(reason: str | None) -> str:
    """Return why a place is not decided; empty without a reason. reason: a code of routing, or of what failed on the way."""
    return str(WHY_TRIAGE.get(reason or "", ""))
