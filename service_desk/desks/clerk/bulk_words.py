"""Words of acts on many requests: their names, why a request was left out, what became of the messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.clerk.door import roster
from service_desk.desks.clerk.form_fields import Field
from service_desk.desks.filters import by_language
from service_desk.desks.speech import later as _
from service_desk.flow.bulk import BULK_OUTCOMES, BULK_UNITS
from service_desk.tickets.rules import REJECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask_babel.speaklater import LazyString

    from service_desk.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Verb:
    """One act on many. name: of the act; icon; done: what the page of the result says over the count."""

    name: LazyString
    icon: str
    done: LazyString


VERBS: Mapping[str, Verb] = {
    "assign": Verb(_("Assign or hand over"), "user-plus", _("Assigned")),
    "resolve": Verb(_("Done"), "seal-check", _("Reported as done")),
    "reject": Verb(_("Refuse"), "prohibit", _("Refused")),
    "merge": Verb(_("Merge"), "git-merge", _("Merged")),
}
WHY_LEFT: Mapping[str, LazyString] = {
    "gone": _("Not found"),
    "changed": _("Changed since it was shown"),
    "not_allowed": _("Not within this role"),
    "other_centre": _("Belongs to another centre"),
    "is_main": _("This is the request that stays"),
    "open_orders": _("A contractor has a work order of it"),
    "wrong_state": _("Its state has no room for this"),
    "already": _("Already in these hands"),
}
WHY_KEPT: Mapping[str, LazyString] = {
    "changed": _("Something happened to it since"),
    "main_merged_on": _("The request that stayed was itself merged: that comes first"),
}
PROBLEM: Mapping[str, LazyString] = {
    "tickets": _("No request was chosen."),
    "verb": _("What is to be done is missing."),
}


def problem(field: str, code: str) -> str:
    """Return the sentence for what is wrong with a field."""
    return str(PROBLEM[field]) if field in PROBLEM else words.problem(code)


def fields(verb: str, actor: Actor) -> list[Field]:
    """Return the fields of an act on many."""
    return _FIELDS[verb](actor)


def _assign(actor: Actor) -> list[Field]:
    own = actor.centre_ids
    here: list[tuple[str, Any]] = []
    elsewhere: list[tuple[str, Any]] = []
    for staff_id, name, centres in roster():
        if centres and staff_id != actor.id:
            (here if own & centres else elsewhere).append((f"staff:{staff_id}", name))
    held: dict[str, list[tuple[str, Any]]] = {kind: [] for kind in ("unit", "outside")}
    for unit in city_map().units.values():
        if unit.kind in BULK_UNITS:
            held[unit.kind].append((f"unit:{unit.id}", by_language(unit.name)))
    options = [
        ("", [("", str(_("Choose"))), (f"staff:{actor.id}", str(_("To me")))]),
        (str(_("This centre")), here),
        (str(_("Other centres")), elsewhere),
        (str(_("City units")), held["unit"]),
        (str(_("Outside the city")), held["outside"]),
    ]
    hint = str(_("A contractor is given work orders one by one, from the request's own page."))
    why = str(_("Stays internal. Kept when the requests are handed to a unit or outside the city."))
    return [
        Field("to", "select", str(_("To whom")), hint, options=[each for each in options if each[1]]),
        Field("words", "words", str(_("Why")), why, is_optional=True),
    ]


def _resolve(_actor: Actor) -> list[Field]:
    codes = [(code, words.OUTCOME[code]) for code in BULK_OUTCOMES]
    hint = str(_("Every resident of these requests reads the same words."))
    return [
        Field("outcome", "choice", str(_("What proves it")), options=[("", codes)]),
        Field("words", "words", str(_("Words for the residents")), hint),
    ]


def _reject(_actor: Actor) -> list[Field]:
    codes = [(code, words.REJECTION[code]) for code in REJECTIONS]
    hint = str(_("Every resident of these requests reads the same words, and may contest them."))
    return [
        Field("reason", "choice", str(_("Reason")), options=[("", codes)]),
        Field("words", "words", str(_("Words for the residents")), hint),
    ]


def _merge(_actor: Actor) -> list[Field]:
    hint = str(_("The number of the request that stays open. All others become its duplicates."))
    return [Field("into", "line", str(_("Into request number")), hint, limit=20)]


_FIELDS = {"assign": _assign, "resolve": _resolve, "reject": _reject, "merge": _merge}
