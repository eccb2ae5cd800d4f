"""The fields of each act's form, with what may be chosen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.clerk import order_fields, order_terms, words
from service_desk.desks.clerk.door import roster
from service_desk.desks.clerk.form_fields import Field, words_field
from service_desk.desks.filters import by_language
from service_desk.flow.finish import OUTCOMES
from service_desk.tickets import queries
from service_desk.tickets.rules import REJECTIONS, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from service_desk.desks.clerk.form_fields import Groups
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket

NEAR_M = 500.0


def fields_of(verb: str, ticket: Ticket, actor: Actor) -> list[Field]:
    """Return the fields of an act on this ticket; none for an act without a form."""
    make = _FIELDS.get(verb)
    return make(ticket, actor) if make else []


def _assign(ticket: Ticket, actor: Actor) -> list[Field]:
    here: list[tuple[str, Any]] = []
    elsewhere: list[tuple[str, Any]] = []
    for staff_id, name, centres in roster():
        if centres:
            (here if ticket.centre_id in centres else elsewhere).append((str(staff_id), name))
    options: Groups = [(_("This centre"), here), (_("Other centres"), elsewhere)]
    return [Field("assignee", "select", _("Colleague"), options=options, value=str(actor.id or ""))]


def _hand_over(ticket: Ticket, _actor: Actor) -> list[Field]:
    city = city_map()
    labels = {"unit": _("City units"), "contractor": _("Contractors"), "outside": _("Outside the city")}
    options: Groups = [("", [("", _("Choose"))])]
    options += [
        (
            label,
            [
                (f"unit:{unit.id}", by_language(unit.name))
                for unit in city.units.values()
                if unit.kind == kind
            ],
        )
        for kind, label in labels.items()
    ]
    centres = [
        (
            f"centre:{each.id}",
            _("%(number)s: %(name)s", number=each.number, name=by_language(each.name)),
        )
        for each in city.centres.values()
        if each.id != ticket.centre_id
    ]
    usual = f"unit:{ticket.unit_id}" if ticket.unit_id else ""
    return [
        Field("to", "select", _("To whom"), options=[*options, (_("Centres"), centres)], value=usual),
        *order_fields.promises(
            order_terms.by_rule(ticket, clock.now()),
            ticket,
            _("Under a contract: a work order is issued with it, and its clocks begin."),
        ),
        words_field(
            _("Why"), _("Stays internal. The resident is told to whom."), is_optional=True, limit=600
        ),
    ]


def _triage(ticket: Ticket, _actor: Actor) -> list[Field]:
    shelf = catalogue()
    options: Groups = [
        (
            by_language(group.name),
            [(each.code, by_language(each.name)) for each in shelf.of_group(group.code)],
        )
        for group in shelf.groups.values()
    ]
    centres = [
        (str(each.id), _("%(number)s: %(name)s", number=each.number, name=by_language(each.name)))
        for each in city_map().centres.values()
    ]
    now = _("Yes") if ticket.is_hazard else _("No")
    hazard = [
        ("", _("As it is: %(now)s", now=now)),
        ("yes", _("Yes, it is a danger")),
        ("no", _("No danger")),
    ]
    return [
        Field("service_code", "select", _("Type"), options=options, value=ticket.service_code),
        Field("line", "line", _("Address"), _("Street and number. A changed address is routed anew."), ticket.address, limit=200),
        Field("line_before", "hidden", "", value=ticket.address),
        Field("centre", "select", _("Or a centre, when the place stays unclear"), options=[("", [("", _("By the address")), *centres])]),
        Field("hazard", "select", _("Danger"), options=[("", hazard)]),
    ]  # fmt: skip


def _resolve(ticket: Ticket, _actor: Actor) -> list[Field]:
    passes = Field(
        "pass_orders", "tick", _("The contractor's work was seen: its order passes the check with it")
    )
    return [
        *([passes] if ticket.order_state == "to_verify" else []),
        Field("outcome", "choice", _("What proves it"), options=[("", [(code, words.OUTCOME[code]) for code in OUTCOMES])]),
        Field("photos", "photos", _("Photos of the result"), _("Up to 4. With a photo, words are not required. The contractor's photo of the finished work counts."), is_optional=True),
        words_field(_("Words for the resident"), _("Needed when there is no photo."), is_optional=True),
    ]  # fmt: skip


def _reject(_ticket: Ticket, _actor: Actor) -> list[Field]:
    reasons = [(code, words.REJECTION[code]) for code in REJECTIONS]
    return [
        Field("reason", "choice", _("Reason"), options=[("", reasons)]),
        words_field(_("Words for the resident"), _("The resident reads these words, and may contest them.")),
    ]


def _merge(ticket: Ticket, _actor: Actor) -> list[Field]:
    near = []
    if ticket.lon is not None and ticket.lat is not None:
        near = queries.nearby(ticket.service_code, ticket.lon, ticket.lat, NEAR_M, except_id=ticket.id)
    found = ", ".join(
        _("%(reference)s (%(address)s, %(metres)s m)", reference=shown(each.reference), address=each.address, metres=round(metres))
        for each, metres in near
    )  # fmt: skip
    hint = (
        _("Similar and near: %(found)s", found=found)
        if found
        else _("The number of the request that stays open.")
    )
    return [Field("into", "line", _("Into request number"), hint, limit=20)]


_FIELDS: dict[str, Callable[[Ticket, Actor], list[Field]]] = {
    "assign": _assign,
    "hand_over": _hand_over,
    "order": order_fields.order,
    "triage": _triage,
    "resolve": _resolve,
    "reject": _reject,
    "merge": _merge,
    "ask": lambda _t, _a: [words_field(_("Question"), _("Sent in the resident's channel. The clock stands still until the answer."), limit=600)],
    "reply": lambda _t, _a: [words_field(_("Reply"), _("Sent to everybody who follows this request."), limit=600)],
    "note": lambda _t, _a: [words_field(_("Internal note"), _("Residents never see it."))],
    "make_safe": lambda _t, _a: [words_field(_("What was done"), _("For example: cones, fence, power cut. Stays internal."), is_optional=True)],
    "reopen": lambda _t, _a: [words_field(_("Why"), _("Stays internal. The resident is told that it is open again."))],
}  # fmt: skip
