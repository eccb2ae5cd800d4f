"""A contractor is told to do something for a ticket: a work order under the contract in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.contractors.actions import orders as actions
from service_desk.contractors.queries import contracts, orders, repeats
from service_desk.contractors.rules import CLOCK_KINDS
from service_desk.contractors.rules.orders import OrderFact
from service_desk.contractors.rules.rebuild import follow
from service_desk.errors import BadInput, InvalidMove
from service_desk.flow import order_step, step
from service_desk.flow.telling import tell_followers
from service_desk.intake.rules import clean_text
from service_desk.people.rules import SYSTEM
from service_desk.slas.queries import standards
from service_desk.slas.rules import CalendarError
from service_desk.tickets import queries
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import new_id, transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.contractors.models import Contract
    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket
    from service_desk.work import After

INSTRUCTIONS_LIMIT = 2000


@dataclass(frozen=True)
class _Wanted:
    """What is to be ordered. words: instructions. has_phone: the contractor may see the reporter's number."""

    contract: Contract
    domain: str
    words: str = ""
    has_phone: bool = False


def issue_order(
    ticket_id: int,
    seen: int | None,
    actor: Actor,
    *,
    unit_id: int,
    instructions: str,
    domain: str | None = None,
    may_see_phone: bool = False,
) -> int:
    """Issue a work order to a contractor and return its id. domain: of the contract; None: the service type's.

    A ticket may have several, one for each part. The resident hears at most once that somebody has it. Raises
    BadInput (`unit`, `contract`), InvalidMove for an ended or resolved ticket, NotAllowed, StaleVersion.
    """
    now = clock.now()
    with transaction() as after:
        ticket = step.take_ticket(ticket_id, seen, actor, "issue_order", now)
        if not is_working(ticket.status):
            raise InvalidMove("no_longer_open")
        unit = city_map().units.get(unit_id)
        if unit is None or unit.kind != "contractor":
            raise BadInput({"unit": "no_such_unit"})
        wanted = domain or _domain_of(ticket)
        contract = _contract(ticket, wanted, unit_id, now)
        _refuse_twice(ticket, unit_id, wanted)
        words = clean_text(instructions, INSTRUCTIONS_LIMIT)
        ticket.triage_reason = None
        return _issue(ticket, _Wanted(contract, wanted, words, may_see_phone), actor, now, after)


def issue_by_rule(ticket: Ticket, now: datetime, after: After) -> int | None:
    """Issue the order of a ticket that was just handed over to a contractor, in its own transaction.

    The ticket is locked and its unit the contractor. Returns the order's id; None when no contract in force covers
    the work, or the contractor has an open order for it already.
    """
    domain = _domain_of(ticket)
    if ticket.unit_id is None or not domain:
        return None
    contract = contracts.contract_for(domain, ticket.area_code, ticket.unit_id, at=now)
    if contract is None or _has_open(ticket, ticket.unit_id, domain):
        return None
    return _issue(ticket, _Wanted(contract, domain), SYSTEM, now, after)


def _domain_of(ticket: Ticket) -> str:
    service = catalogue().types.get(ticket.service_code)
    return (service.contractor_domain if service else None) or ""


def _contract(ticket: Ticket, domain: str, unit_id: int, now: datetime) -> Contract:
    contract = contracts.contract_for(domain, ticket.area_code, unit_id, at=now)
    if contract is not None:
        return contract
    in_force = any(row.unit_id == unit_id for row in contracts.all_in_force(now))
    had = any(row.unit_id == unit_id for row in contracts.every_version())
    raise BadInput(
        {"contract": "not_in_contract" if in_force else "contract_ended" if had else "no_contract"}
    )


def _has_open(ticket: Ticket, unit_id: int, domain: str) -> bool:
    return orders.has_open(ticket.id, unit_id, domain)


def _refuse_twice(ticket: Ticket, unit_id: int, domain: str) -> None:
    if _has_open(ticket, unit_id, domain):
        raise BadInput({"unit": "order_already_open"})


def _issue(ticket: Ticket, wanted: _Wanted, by: Actor, now: datetime, after: After) -> int:
    contract, words = wanted.contract, wanted.words
    order_id, terms = new_id(), contracts.terms_of(contract.id)
    earlier = orders.standings(ticket.id)
    data = {
        "order": order_id,
        "number": max((each.number for each in earlier), default=0) + 1,
        "contract": contract.id,
        "unit": contract.unit_id,
        "domain": wanted.domain,
        "service": ticket.service_code,
        "hazard": ticket.is_hazard,
        "origin": "rule" if by.kind == "system" else "clerk",
        "phone": wanted.has_phone,
        "area": ticket.area_code,
        "lon": ticket.lon,
        "lat": ticket.lat,
        "clocks": _duties(ticket, terms),
        **_repeat_of(ticket, contract.unit_id, terms, now),
    } | ({"words": text_digest(words)} if words else {})
    try:
        order = follow(None, OrderFact("order_issued", now, by.id, data), order_step.calendar)
    except CalendarError as error:
        raise BadInput({"contract": "calendar_ends"}) from error
    unit = city_map().units[contract.unit_id]
    # By rule: whoever handed it over has told her in the same act.
    is_told = bool(earlier) or by.kind == "system" or queries.was_handed_to(ticket.id, unit.code)
    actions.add_order(order, ticket.id, instructions=words, address=ticket.address)
    event = order_step.settle(ticket, "order_issued", by, now, data)
    step.with_words(ticket, event, "note", words, by, now, is_internal=True)
    if not is_told:
        tell_followers(ticket, event, "handed_over", now, after, holder=unit.name)
    return order_id


def _duties(ticket: Ticket, terms: ContractTerms) -> list[dict[str, Any]]:
    """Return the duties of an order as its history keeps them: minutes on a version of a calendar."""
    found = []
    for kind in CLOCK_KINDS:
        duty = terms.duty(kind, is_hazard=ticket.is_hazard, service_code=ticket.service_code)
        if duty is not None and (kind != "make_safe" or ticket.is_hazard):
            calendar_id, _calendar = standards().calendar(duty.calendar_code)
            found.append(
                {"kind": kind, "minutes": duty.minutes, "calendar": calendar_id, "code": duty.calendar_code}
            )
    return found


def _repeat_of(ticket: Ticket, unit_id: int, terms: ContractTerms, now: datetime) -> dict[str, int]:
    """Return the contractor's earlier order whose work has failed again here within the contract's days and metres, and how long it held."""
    if not terms.repeat_days or ticket.lon is None or ticket.lat is None:
        return {}
    found = repeats.earlier_order(
        unit_id=unit_id,
        service_code=ticket.service_code,
        place=(ticket.lon, ticket.lat),
        radius_m=terms.repeat_radius_m,
        since=now - timedelta(days=terms.repeat_days),
        ticket=(ticket.id, queries.last_reopened(ticket.id)),
    )
    if found is None:
        return {}
    return {"repeat_of": found[0], "repeat_seconds": max(0, int((now - found[1]).total_seconds()))}
