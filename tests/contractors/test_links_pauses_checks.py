"""Pauses, cancellations, verification by the city's people, links to the field, and the sweep of missed duties."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from order_world import TERMS, agree, checks_of, clock_of, entry, kinds, spot, state
from sqlalchemy import select

from service_desk import clock
from service_desk.contractors.models import FieldLink
from service_desk.contractors.queries import links, orders
from service_desk.contractors.queries.files import order_file
from service_desk.contractors.rules import PAUSE_REASONS
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.flow import field_links, issue_order, receive, verify_order
from service_desk.flow.breach_orders import record_order_breaches
from service_desk.flow.do_order import take_entry
from service_desk.flow.pause_order import cancel_order, pause_order, resume_order
from service_desk.flow.verify_history import verify_history
from service_desk.people.models import AccessEntry
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries

MORNING = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def order(app, roads, clerk, said):
    """An order issued on a Monday morning at nine, Israel time: (ticket id, order id)."""
    with time_machine.travel(MORNING, tick=False):
        ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
        order_id = issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="")
    return ticket_id, order_id


def test_a_pause_gives_back_the_open_time_and_both_sides_see_why(order, clerk, foreman):
    ticket_id, order_id = order
    due = clock_of(order_id, "accept").due_at
    with time_machine.travel(MORNING + HOUR, tick=False) as now:
        pause_order(order_id, clerk, "home_front_command", "הנחיות פיקוד העורף")
        pause_order(order_id, clerk, "weather")
        now.shift(2 * HOUR)
        assert record_order_breaches() == 0, "a clock that stands still is not missed"
        resume_order(order_id, clerk)
        resume_order(order_id, clerk)
        assert clock_of(order_id, "accept").due_at == due + 2 * HOUR
        held = order_file(order_id).pauses
        assert [(each["reason"], each["words"]) for each in held] == [
            ("home_front_command", "הנחיות פיקוד העורף")
        ]
        assert kinds(ticket_id)[-2:] == ["order_paused", "order_resumed"]
        agree(ticket_id, clock.now())
    assert "home_front_command" in PAUSE_REASONS


def test_a_pause_does_not_mend_a_duty_already_missed(order, clerk):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + 3 * HOUR, tick=False) as now:
        pause_order(order_id, clerk, "weather")
        assert clock_of(order_id, "accept").breached_at == MORNING + 2 * HOUR
        now.shift(HOUR)
        resume_order(order_id, clerk)
        assert clock_of(order_id, "accept").due_at == MORNING + 2 * HOUR
        agree(ticket_id, clock.now())


def test_a_pause_needs_a_reason_from_the_table(order, clerk):
    with pytest.raises(BadInput):
        pause_order(order[1], clerk, "tired")


def test_a_cancelled_order_takes_back_what_was_not_yet_missed(order, clerk, foreman):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + 3 * HOUR, tick=False):
        with pytest.raises(BadInput) as caught:
            cancel_order(order_id, clerk, "other")
        assert caught.value.problems == {"words": "required"}
        cancel_order(order_id, clerk, "not_needed")
        cancel_order(order_id, clerk, "not_needed")
        assert (clock_of(order_id, "accept").result, clock_of(order_id, "complete").result) == (
            "missed",
            "void",
        )
        assert take_entry(order_id, entry("accept", MORNING + HOUR), foreman) == "late"
        assert take_entry(order_id, entry("accept"), foreman) == "refused"
        assert queries.ticket_or_404(ticket_id).holder_kind == "centre"
        with pytest.raises(InvalidMove):
            verify_order.verify_order(order_id, clerk, passed=True)
        agree(ticket_id, clock.now())


def test_a_late_entry_after_a_cancellation_mends_no_clock_of_a_promise_taken_back(order, clerk, foreman):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + 1.5 * HOUR, tick=False):
        cancel_order(order_id, clerk, "not_needed")
        take_entry(order_id, entry("accept", MORNING + HOUR), foreman)
        assert clock_of(order_id, "accept").result == "void"
        agree(ticket_id, clock.now())


def test_failing_reopens_on_the_original_clock_and_waiting_is_not_given_back(order, clerk, foreman):
    ticket_id, order_id = order
    due = clock_of(order_id, "complete").due_at
    with time_machine.travel(MORNING + HOUR, tick=False) as now:
        take_entry(order_id, entry("done", place=spot(ticket_id), photos=["after"]), foreman)
        now.move_to(due + HOUR)
        with pytest.raises(BadInput) as caught:
            verify_order.verify_order(order_id, clerk, passed=False)
        assert caught.value.problems == {"finding": "required"}
        verify_order.verify_order(order_id, clerk, passed=False, finding="not_done", words="לא בוצע")
        complete = clock_of(order_id, "complete")
        assert (complete.due_at, complete.stopped_at) == (due, None)
        assert record_order_breaches() == 1, "it is late at once: the time of waiting was not given back"
        assert queries.ticket_or_404(ticket_id).order_state == "with_contractor"
        file = order_file(order_id)
        assert (file.checks[0]["words"], file.checks[0]["finding"]) == ("לא בוצע", "not_done")
        agree(ticket_id, clock.now())


def test_a_hazard_is_always_looked_at(app, said, contracts, city, clerk, foreman):
    contracts(C_ROADS=TERMS | {"needs_place": False})
    roads = city.unit_by_code("C-ROADS")
    with time_machine.travel(MORNING, tick=False) as now:
        ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
        db.session.query(type(queries.ticket_or_404(ticket_id))).filter_by(id=ticket_id).update(
            {"is_hazard": True}
        )
        db.session.commit()
        order_id = issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="")
        assert clock_of(order_id, "arrive").calendar_code == "24x7"
        now.shift(HOUR)
        take_entry(order_id, entry("make_safe"), foreman)
        assert (state(order_id), clock_of(order_id, "make_safe").result) == ("on_site", "met")
        take_entry(order_id, entry("done", photos=["before", "after"]), foreman)
        assert checks_of(order_id) == [("hazard", "asked")]
        agree(ticket_id, clock.now())


def test_whoever_asks_for_a_look_gets_one(order, clerk, foreman):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        verify_order.ask_verification(order_id, clerk)
        verify_order.ask_verification(order_id, clerk)
        take_entry(order_id, entry("done", place=spot(ticket_id), photos=["before", "after"]), foreman)
        assert (state(order_id), checks_of(order_id)) == ("done", [("asked", "asked")])
        assert [each.order_id for each in orders.to_verify()] == [order_id]
        verify_order.verify_order(order_id, clerk, passed=True)
        verify_order.ask_verification(order_id, clerk)
        assert state(order_id) == "done", "it is looked at once more"
        verify_order.verify_order(order_id, clerk, passed=False, finding="left_dirty")
        assert checks_of(order_id) == [("asked", "passed"), ("asked", "failed")]
        agree(ticket_id, clock.now())


def test_inspectors_and_units_verify_what_they_see_but_the_mayor_does_not(order, city, foreman):
    ticket_id, order_id = order
    inspector = Actor("staff", 5, "", (Role("inspector", unit_id=city.unit_by_code("ROADS").id),))
    with time_machine.travel(MORNING + HOUR, tick=False):
        take_entry(order_id, entry("done", place=spot(ticket_id)), foreman)
        with pytest.raises(NotAllowed):
            verify_order.verify_order(order_id, Actor("staff", 6, "", (Role("mayor"),)), passed=True)
        with pytest.raises(NotAllowed):
            pause_order(order_id, inspector, "weather")
        verify_order.verify_order(order_id, inspector, passed=True)
        assert state(order_id) == "passed"


def test_a_link_opens_one_contractors_orders_until_it_ends(order, roads, clerk, foreman, city):
    _ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False) as now:
        token = field_links.give_link(roads.id, None, "משה, מנהל עבודה", 7, clerk)
        actor = field_links.actor_of(links.by_token(token, clock.now()))
        assert (actor.kind, actor.name, actor.unit_ids) == ("contractor", "משה, מנהל עבודה", {roads.id})
        assert take_entry(order_id, entry("accept"), actor) == "taken"
        row = db.session.scalar(select(FieldLink))
        assert token.encode() not in row.token_hash
        assert links.by_token(token + "x", clock.now()) is None
        with pytest.raises(NotAllowed):
            field_links.give_link(roads.id, None, "x", 7, actor)
        field_links.revoke_link(row.id, clerk)
        assert links.by_token(token, clock.now()) is None
        with pytest.raises(NotFound):
            take_entry(order_id, entry("arrive"), actor)
        other = field_links.give_link(roads.id, None, "דוד", 1, foreman)
        field_links.open_link(other)
        now.shift(timedelta(days=1, minutes=1))
        assert links.by_token(other, clock.now()) is None
        noted = [
            each.why
            for each in db.session.scalars(select(AccessEntry).order_by(AccessEntry.id))
            if each.what == "field_link"
        ]
        assert noted == ["given_for_7_days", "revoked", "given_for_1_days", "opened"]


def test_a_link_for_one_order_is_for_that_order(order, roads, clerk, said):
    _ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        second = receive.receive_report(said(), Actor("resident")).ticket_id
        other = issue_order.issue_order(second, None, clerk, unit_id=roads.id, instructions="")
        link = links.by_token(field_links.give_link(roads.id, order_id, "משה", 7, clerk), clock.now())
        actor = field_links.actor_of(link)
        assert link.order_id == order_id
        assert [each.id for each in orders.open_orders(roads.id, order_id=link.order_id)] == [order_id]
        with pytest.raises(NotFound):
            take_entry(other, entry("accept"), actor)
        assert take_entry(order_id, entry("accept"), actor) == "taken"


def test_a_link_needs_a_holder_a_contractor_and_an_end(order, roads, clerk, city):
    for unit_id, holder, days, problem in (
        (roads.id, " ", 7, "holder"),
        (roads.id, "x", 0, "days"),
        (roads.id, "x", 91, "days"),
        (city.unit_by_code("ROADS").id, "x", 7, "unit"),
    ):
        with pytest.raises(BadInput) as caught:
            field_links.give_link(unit_id, None, holder, days, clerk)
        assert list(caught.value.problems) == [problem]
    with pytest.raises(NotFound):
        field_links.give_link(city.unit_by_code("C-GREEN").id, order[1], "x", 7, clerk)


def test_the_history_of_orders_verifies_and_a_change_shows(order, foreman, owner):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        take_entry(order_id, entry("done", place=spot(ticket_id), photos=["before", "after"]), foreman)
    db.session.rollback()
    assert verify_history().count == 0
