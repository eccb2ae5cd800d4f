"""Who works on a ticket for the moment: claimed, kept, ended by itself, taken over, and no assignment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from service_desk.errors import NotAllowed
from service_desk.extensions import db
from service_desk.flow import claim
from service_desk.flow.receive import receive_report
from service_desk.flow.work_on import assign_ticket
from service_desk.people import queries as people
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries

NOON = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def ticket_id(app, said):
    with time_machine.travel(NOON, tick=False):
        return receive_report(said(), Actor("resident")).ticket_id


@pytest.fixture
def manager(city):
    staff = people.staff_by_email("manager5@rehovot.example")
    centre = next(each for each in city.centres.values() if each.number == 5)
    return Actor("staff", staff.id, staff.name, (Role("manager", centre.id),))


def at(minutes: float):
    return time_machine.travel(NOON + timedelta(minutes=minutes), tick=False)


def holder(ticket_id: int) -> int | None:
    db.session.rollback()
    return claim.who_works_on(ticket_id).staff_id


def test_the_first_claims_and_the_second_learns_who(ticket_id, clerk, manager):
    with at(1):
        assert claim.claim_ticket(ticket_id, clerk).staff_id == clerk.id
    with at(2):
        held = claim.claim_ticket(ticket_id, manager)
    assert held.staff_id == clerk.id
    assert held.since == NOON + timedelta(minutes=1)
    assert held.is_others(manager)
    assert not held.is_others(clerk)


def test_a_claim_ends_by_itself_after_a_quarter_of_an_hour(ticket_id, clerk, manager):
    with at(0):
        claim.claim_ticket(ticket_id, clerk)
    with at(14.9):
        assert holder(ticket_id) == clerk.id
    with at(15):
        assert holder(ticket_id) is None
        assert claim.claim_ticket(ticket_id, manager).staff_id == manager.id


def test_a_renewed_claim_lasts_and_keeps_its_beginning(ticket_id, clerk):
    with at(0):
        claim.claim_ticket(ticket_id, clerk)
    with at(10):
        assert claim.keep_claim(ticket_id, clerk).since == NOON
    with at(24):
        assert holder(ticket_id) == clerk.id


def test_an_ended_claim_is_not_brought_back_by_a_forgotten_page(ticket_id, clerk):
    with at(0):
        claim.claim_ticket(ticket_id, clerk)
    with at(20):
        assert claim.keep_claim(ticket_id, clerk) == claim.NOBODY


def test_one_s_own_claim_is_let_go_and_another_s_stays(ticket_id, clerk, manager):
    with at(0):
        claim.claim_ticket(ticket_id, clerk)
        claim.let_claim_go(ticket_id, manager)
        assert holder(ticket_id) == clerk.id
        claim.let_claim_go(ticket_id, clerk)
        assert holder(ticket_id) is None


def test_taking_over_stands_in_the_history_and_assigns_nobody(ticket_id, clerk, manager):
    with at(0):
        claim.claim_ticket(ticket_id, clerk)
    with at(3):
        claim.take_claim_over(ticket_id, manager)
        assert holder(ticket_id) == manager.id
    event = queries.last_event(ticket_id)
    assert (event.kind, event.data, event.actor_id) == ("took_over", {"from": clerk.id}, manager.id)
    assert queries.ticket_or_404(ticket_id).assignee_id is None
    with at(4):
        assert claim.keep_claim(ticket_id, clerk).staff_id == manager.id


def test_nothing_to_take_over_writes_no_history(ticket_id, manager):
    with at(0):
        claim.take_claim_over(ticket_id, manager)
        assert holder(ticket_id) == manager.id
    assert queries.last_event(ticket_id).kind == "received"


def test_taking_a_ticket_claims_it_and_assigning_does_not(ticket_id, clerk, manager):
    with at(1):
        assign_ticket(ticket_id, 1, manager, clerk.id)
        assert holder(ticket_id) is None
        assign_ticket(ticket_id, 2, clerk, clerk.id, is_claimed=True)
        assert holder(ticket_id) == clerk.id


def test_who_only_looks_claims_nothing(ticket_id, clerk):
    mayor = replace(clerk, roles=(Role("mayor"),))
    with at(0):
        for act in (claim.claim_ticket, claim.keep_claim, claim.let_claim_go, claim.take_claim_over):
            with pytest.raises(NotAllowed):
                act(ticket_id, mayor)
        assert holder(ticket_id) is None


def test_a_claim_is_one_statement_beyond_the_look_at_its_ticket(ticket_id, clerk, statements):
    db.session.rollback()
    statements.clear()
    claim.claim_ticket(ticket_id, clerk)
    # the tenant, the ticket, the claim, who holds it
    assert len(statements) <= 4, statements
