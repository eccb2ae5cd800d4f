"""A ticket is handed on: to another centre, a city unit, a contractor, or a body outside the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.errors import BadInput
from service_desk.flow import step
from service_desk.flow.issue_order import issue_by_rule
from service_desk.flow.telling import tell_followers
from service_desk.intake.rules import clean_text
from service_desk.tickets.rules import text_digest
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from service_desk.city.models import Unit
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket, TicketEvent


def hand_over(
    ticket_id: int,
    seen: int | None,
    actor: Actor,
    *,
    centre_id: int | None = None,
    unit_id: int | None = None,
    words: str = "",
) -> None:
    """Hand the ticket to a unit (any kind) or to another centre, with a reason that stays internal.

    The first centre still answers for what a unit or contractor does. A contractor whose contract covers the work gets
    a work order with it; one without is asked as before. Raises BadInput, InvalidMove, StaleVersion.
    """
    now = clock.now()
    city = city_map()
    if (centre_id is None) == (unit_id is None):
        raise BadInput({"to": "required"})
    with transaction() as after:
        ticket = step.take_ticket(ticket_id, seen, actor, "hand_over", now)
        text = clean_text(words, 600)
        data: dict[str, object] = {"words": text_digest(text)} if text else {}
        ticket.assignee_id = None
        if centre_id is not None:
            if centre_id not in city.centres or centre_id == ticket.centre_id:
                raise BadInput({"to": "no_such_centre"})
            data["before"], ticket.centre_id = ticket.centre_id, centre_id
            ticket.handler_kind, ticket.unit_id, ticket.triage_reason = "centre", None, None
            event = step.move(ticket, "triaged", "moved_centre", actor, now, data)
            holder = city.centres[centre_id].name
        else:
            unit = city.units.get(unit_id or 0)
            if unit is None:
                raise BadInput({"to": "no_such_unit"})
            event = give_to_unit(ticket, unit, data, actor, now)
            holder = unit.name
        step.with_words(ticket, event, "reason", text, actor, now, is_internal=True)
        tell_followers(ticket, event, "handed_over", now, after, holder=holder)
        if unit_id is not None and ticket.handler_kind == "contractor":
            issue_by_rule(ticket, now, after)


def give_to_unit(
    ticket: Ticket,
    unit: Unit,
    data: Mapping[str, object],
    actor: Actor,
    now: datetime,
    *,
    loaded: step.Loaded | None = None,
) -> TicketEvent:
    """Put a locked ticket into a unit's hands. data: what the event says besides the unit.

    Raises InvalidMove; also while a contractor has an order of it, which is to be cancelled first.
    """
    step.refuse_while_ordered(ticket, "with_contractor")
    ticket.assignee_id = None
    ticket.handler_kind, ticket.unit_id, ticket.triage_reason = unit.kind, unit.id, None
    status = "handed_over" if unit.kind == "outside" else "assigned"
    said = {**data, "unit": unit.code, "kind": unit.kind}
    return step.move(ticket, status, "handed_over", actor, now, said, loaded=loaded)
