"""The fields by which a work order is issued, and what a form says of the orders that an act would issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from service_desk import clock
from service_desk.desks.admin import contract_words
from service_desk.desks.clerk import order_terms
from service_desk.desks.clerk.form_fields import Field, words_field

if TYPE_CHECKING:
    from service_desk.desks.clerk.form_fields import Groups
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket


def promises(choices: list[order_terms.Choice], ticket: Ticket, label: str) -> list[Field]:
    """Return what the page says of orders that would be issued; nothing when none would."""
    now = clock.now()
    lines = [(_named(each), order_terms.duties_in_words(each, ticket, now)) for each in choices]
    return [Field("promises", "promises", label, options=[("", list(lines))])] if lines else []


def _named(choice: order_terms.Choice) -> str:
    return _("%(name)s: %(work)s", name=choice.name, work=contract_words.domain(choice.domain))


def order(ticket: Ticket, _actor: Actor) -> list[Field]:
    """Return the fields of a new work order: contractor, what the contract gives, instructions, the number of the reporter."""
    own, choices = order_terms.domain_of(ticket), order_terms.choices(ticket, clock.now())
    options: Groups = [("", [("", _("Choose"))])]
    for label, is_own in ((_("For this kind of work"), True), (_("For other work"), False)):
        named = [
            (f"{each.unit_id}:{each.domain}", _named(each))
            for each in choices
            if (each.domain == own) == is_own
        ]  # fmt: skip
        options += [(label, named)] if named else []
    usual = next((f"{each.unit_id}:{each.domain}" for each in choices if each.domain == own), "")
    hint = "" if choices else _("No contract in force covers this place.")
    return [
        Field("contractor", "select", _("Contractor"), hint, usual, options),
        *promises([each for each in choices if each.domain == own], ticket, _("By the contract, if it is issued now:")),
        *promises([each for each in choices if each.domain != own], ticket, _("For other work, if it is issued now:")),
        words_field(_("What has to be done"), _("The contractor reads it. The resident does not."), is_optional=True, limit=2000),
        Field("phone", "tick", _("May see the number of the reporter, for this order"), value=""),
    ]  # fmt: skip
