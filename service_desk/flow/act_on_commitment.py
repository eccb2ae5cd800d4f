"""What was promised is kept, moved, handed on or let go: each act on record with its reason, none over somebody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.community import actions, queries
from service_desk.community.rules import COMMITMENT_EVENTS, changes_of, may_hold
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.flow.make_commitment import is_of_the_city, ticket_called
from service_desk.intake.rules import clean_text
from service_desk.work import transaction

if TYPE_CHECKING:
    from service_desk.community.rules import Act
    from service_desk.people.rules import Actor

WORDS_CHARS = 1000


def act_on_commitment(commitment_id: int, seen: int, act: Act, actor: Actor, *, reference: str = "") -> None:
    """Do an act to a commitment. seen: the version on the page; reference: of the ticket that «linked» names.

    Raises NotFound, NotAllowed, StaleVersion, InvalidMove, BadInput.
    """
    now = clock.now()
    if act.kind not in COMMITMENT_EVENTS:
        raise NotFound
    act = replace(act, words=clean_text(act.words, WORDS_CHARS))
    if act.kind == "assigned" and act.unit_id is not None and not is_of_the_city(act.unit_id):
        raise BadInput({"unit": "required"})
    if act.kind == "linked":
        ticket = ticket_called(reference)
        act = replace(act, ticket_id=ticket.id if ticket else None)
    with transaction():
        commitment = queries.lock(commitment_id, seen)
        if not may_hold(actor, commitment.centre_id):
            raise NotAllowed
        present = {
            "state": commitment.state,
            "due_on": commitment.due_on,
            "unit_id": commitment.unit_id,
            "ticket_id": commitment.ticket_id,
        }
        changes, data = changes_of(act, present, clock.local(now).date())
        actions.act(commitment, act.kind, changes, data, act.words, actor, now)
