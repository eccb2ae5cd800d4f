"""What an order would say before it is issued: which contractors have a contract for the work, and by when each duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.contractors.queries import contracts
from service_desk.contractors.rules import CLOCK_KINDS
from service_desk.desks.contractor.words import CLOCK
from service_desk.desks.filters import by_language, due
from service_desk.errors import NotFound
from service_desk.slas.queries import standards
from service_desk.slas.rules import CalendarError, due_at

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.tickets.models import Ticket


class Choice(NamedTuple):
    """One contractor who may be given an order: for this kind of work (domain), under the contract in force."""

    unit_id: int
    domain: str
    name: str
    terms: ContractTerms


def domain_of(ticket: Ticket) -> str:
    """Return the domain of work of the ticket's type, '' when contractors do not do it."""
    service = catalogue().types.get(ticket.service_code)
    return (service.contractor_domain if service else None) or ""


def choices(ticket: Ticket, at: datetime) -> list[Choice]:
    """Return who may be given an order there, those for the ticket's own kind of work first."""
    own, units = domain_of(ticket), city_map().units
    offers = {
        (row.unit_id, domain)
        for row in contracts.all_in_force(at)
        for domain in contracts.terms_of(row.id).domains
    }
    found = []
    for unit_id, domain in offers:
        # Of two contracts the one is meant that issuing would choose.
        row = contracts.contract_for(domain, ticket.area_code, unit_id, at=at)
        if row is not None and unit_id in units:
            found.append(
                Choice(unit_id, domain, by_language(units[unit_id].name), contracts.terms_of(row.id))
            )
    return sorted(found, key=lambda each: (each.domain != own, each.domain, each.name))


def by_rule(ticket: Ticket, at: datetime) -> list[Choice]:
    """Return the contractors to whom handing the ticket over issues an order."""
    own = domain_of(ticket)
    return [each for each in choices(ticket, at) if own and each.domain == own]


def duties_in_words(choice: Choice, ticket: Ticket, at: datetime) -> str:
    """Return until when each duty would run if the order were issued now: «acceptance: 10:00 · end of the work: 16:00»."""
    found = []
    for kind in CLOCK_KINDS:
        duty = choice.terms.duty(kind, is_hazard=ticket.is_hazard, service_code=ticket.service_code)
        if duty is None or (kind == "make_safe" and not ticket.is_hazard):
            continue
        try:
            ends = due_at(at, duty.minutes, standards().calendar(duty.calendar_code, at)[1])
        except (CalendarError, NotFound):
            continue
        found.append(_("%(duty)s: %(time)s", duty=CLOCK[kind], time=due(ends, inside=True)))
    return " · ".join(found)
