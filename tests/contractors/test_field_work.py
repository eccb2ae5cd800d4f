"""A work order from issue to the end, as contractor, clerk and resident live it."""

from datetime import date, timedelta

import pytest
import time_machine
from order_world import TERMS, agree, checks_of, clock_of, entry, kinds, spot, state

from service_desk import clock, work
from service_desk.contractors.models import Contract
from service_desk.contractors.queries import contracts as stored
from service_desk.contractors.queries import orders
from service_desk.contractors.queries.files import orders_of
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow import answer, finish, hand_over, issue_order, merge, receive, verify_order, work_on
from service_desk.flow.do_order import take_entry
from service_desk.flow.pause_order import cancel_order, pause_order
from service_desk.flow.read_story import read_story
from service_desk.messages.models import Message
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries

RESIDENT = Actor("resident", 1)


@pytest.fixture
def order_id(ticket_id, roads, clerk):
    return issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="למלא את הבור")


def _told(ticket_id):
    return [
        row.event for row in db.session.query(Message).filter_by(ticket_id=ticket_id).order_by(Message.id)
    ]


def test_an_order_goes_from_issue_to_passed_and_the_clerk_resolves_with_its_photo(
    app, ticket_id, order_id, foreman, clerk
):
    here = spot(ticket_id)
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.holder_kind, ticket.status, ticket.order_state) == (
        "contractor", "assigned", "with_contractor",
    )  # fmt: skip
    assert take_entry(order_id, entry("accept"), foreman) == "taken"
    assert take_entry(order_id, entry("arrive", place=here, photos=["before"]), foreman) == "taken"
    assert queries.ticket_or_404(ticket_id).status == "in_progress"
    assert take_entry(order_id, entry("done", place=here, photos=["after"], words="מולא"), foreman) == "taken"
    assert state(order_id) == "passed", "nothing sampled and the evidence complete"
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.holder_kind, ticket.order_state, ticket.unit_id) == ("centre", None, None)
    assert {kind: clock_of(order_id, kind).result for kind in ("accept", "arrive", "complete")} == {
        "accept": "met", "arrive": "met", "complete": "met",
    }  # fmt: skip
    finish.resolve_ticket(ticket_id, None, clerk, "photo", "")
    assert _told(ticket_id) == ["received", "handed_over", "resolved"], "one story, nothing per order"
    assert kinds(ticket_id) == [
        "received", "order_issued", "order_accepted", "order_arrived", "order_done", "order_verified", "resolved",
    ]  # fmt: skip
    agree(ticket_id, clock.now())


def test_parts_for_two_contractors_are_one_story(app, ticket_id, contracts, city, clerk, foreman):
    contracts(C_ROADS=TERMS, C_LIGHT=TERMS | {"domains": ["lighting"]})
    roads, light = city.unit_by_code("C-ROADS"), city.unit_by_code("C-LIGHT")
    first = issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="")
    second = issue_order.issue_order(
        ticket_id, None, clerk, unit_id=light.id, instructions="עמוד", domain="lighting"
    )
    electrician = Actor("contractor", 78, "", (Role("contractor", unit_id=light.id),))
    here = spot(ticket_id)
    take_entry(second, entry("arrive", place=here), electrician)
    assert queries.ticket_or_404(ticket_id).unit_id == light.id, "who is on site has the ball"
    take_entry(second, entry("done", place=here, photos=["before", "after"]), electrician)
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.unit_id, ticket.order_state, ticket.status) == (roads.id, "with_contractor", "assigned")
    take_entry(first, entry("done", place=here, photos=["before", "after"]), foreman)
    assert queries.ticket_or_404(ticket_id).order_state is None
    assert _told(ticket_id) == ["received", "handed_over"]
    assert [orders.order_or_404(each).number for each in (first, second)] == [1, 2]
    agree(ticket_id, clock.now())


def test_handing_over_to_a_contractor_with_a_contract_issues_the_order_by_rule(app, ticket_id, roads, clerk):
    hand_over.hand_over(ticket_id, None, clerk, unit_id=roads.id)
    found = orders.open_orders(roads.id)
    assert [(each.ticket_id, each.state, each.due_kind) for each in found] == [
        (ticket_id, "issued", "accept")
    ]
    assert orders.order_or_404(found[0].id).origin == "rule"
    assert _told(ticket_id) == ["received", "handed_over"]
    agree(ticket_id, clock.now())


def test_handing_over_without_a_contract_stays_as_it_was(app, ticket_id, contracts, city, clerk):
    contracts()
    hand_over.hand_over(ticket_id, None, clerk, unit_id=city.unit_by_code("C-ROADS").id)
    assert kinds(ticket_id) == ["received", "handed_over"]


def test_an_ended_contract_issues_nothing_new_but_its_open_orders_go_on(
    app, ticket_id, order_id, contracts, roads, clerk, foreman, said
):
    with time_machine.travel(clock.now() + timedelta(days=2)):
        ended = orders.order_or_404(order_id).contract_id
        db.session.rollback()
        _end_contract(ended, clock.local(clock.now()).date())
        other = receive.receive_report(said(), Actor("resident")).ticket_id
        with pytest.raises(BadInput) as caught:
            issue_order.issue_order(other, None, clerk, unit_id=roads.id, instructions="")
        assert caught.value.problems == {"contract": "contract_ended"}
        assert (
            take_entry(order_id, entry("done", place=spot(ticket_id), photos=["before", "after"]), foreman)
            == "taken"
        )
        assert orders.order_or_404(order_id).contract_id == ended
        agree(ticket_id, clock.now())


def _end_contract(contract_id, day):
    with work.as_owner(), work.transaction():
        db.session.query(Contract).filter_by(authority_id=1, id=contract_id).update({"valid_to": day})
    stored._kept._values.clear()


def test_only_a_contractor_under_a_contract_for_the_work_gets_an_order(app, ticket_id, roads, city, clerk):
    def problems(unit_id, **more):
        with pytest.raises(BadInput) as caught:
            issue_order.issue_order(ticket_id, None, clerk, unit_id=unit_id, instructions="", **more)
        return caught.value.problems

    assert problems(city.unit_by_code("ROADS").id) == {"unit": "no_such_unit"}
    assert problems(0) == {"unit": "no_such_unit"}
    assert problems(city.unit_by_code("C-GREEN").id) == {"contract": "no_contract"}
    assert problems(roads.id, domain="gardening") == {"contract": "not_in_contract"}
    issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="")
    assert problems(roads.id) == {"unit": "order_already_open"}


def test_two_clerks_who_order_at_once_do_not_order_twice(app, ticket_id, roads, clerk):
    issue_order.issue_order(ticket_id, 1, clerk, unit_id=roads.id, instructions="")
    with pytest.raises(StaleVersion):
        issue_order.issue_order(ticket_id, 1, clerk, unit_id=roads.id, instructions="")


def test_she_sees_the_photo_of_the_work_that_the_city_judged_and_none_that_came_later(
    app, said, roads, clerk, foreman
):
    received = receive.receive_report(said(), RESIDENT)
    order_id = issue_order.issue_order(received.ticket_id, None, clerk, unit_id=roads.id, instructions="")

    def seen():
        db.session.rollback()
        return [
            each["kind"] for each in read_story(received.token).photos if each["added_by"] == "contractor"
        ]

    here = spot(received.ticket_id)
    take_entry(order_id, entry("done", place=here, photos=["before", "after"]), foreman)
    assert seen() == []
    finish.resolve_ticket(received.ticket_id, None, clerk, "photo", "", pass_orders=True)
    assert seen() == ["after"]
    take_entry(order_id, entry("photo", place=here, photos=["after"]), foreman)
    assert seen() == ["after"]


def test_a_late_word_of_the_field_does_not_undo_that_somebody_took_up_what_was_refused(
    ticket_id, order_id, foreman, clerk
):
    take_entry(order_id, entry("refuse", reason="no_capacity"), foreman)
    work_on.assign_ticket(ticket_id, None, clerk, clerk.id)
    assert queries.ticket_or_404(ticket_id).order_state is None
    take_entry(order_id, entry("note", words="הייתי שם"), foreman)
    db.session.expire_all()
    assert queries.ticket_or_404(ticket_id).order_state is None
    agree(ticket_id, clock.now())


def test_a_refused_order_that_nobody_takes_is_the_centres_and_says_so(
    app, ticket_id, order_id, foreman, roads, clerk
):
    with pytest.raises(BadInput):
        take_entry(order_id, entry("refuse"), foreman)
    assert take_entry(order_id, entry("refuse", reason="no_capacity", words="אין צוות"), foreman) == "taken"
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.order_state, ticket.holder_kind, ticket.status) == ("refused", "centre", "in_progress")
    assert {clock_of(order_id, kind).result for kind in ("accept", "arrive", "complete")} == {"void"}
    assert take_entry(order_id, entry("arrive"), foreman) == "refused", "it is no longer his"
    again = issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="")
    assert queries.ticket_or_404(ticket_id).order_state == "with_contractor"
    take_entry(again, entry("refuse", reason="unsafe"), foreman)
    work_on.assign_ticket(ticket_id, None, clerk, clerk.id)
    assert queries.ticket_or_404(ticket_id).order_state is None, "somebody took it up"
    agree(ticket_id, clock.now())


def test_nothing_ends_a_ticket_while_a_contractor_works_on_it(app, ticket_id, order_id, clerk, said, foreman):
    other = queries.ticket_or_404(receive.receive_report(said(), Actor("resident")).ticket_id).reference
    acts = {
        "resolve": lambda: finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן"),
        "resolve and pass": lambda: finish.resolve_ticket(
            ticket_id, None, clerk, "seen_by_staff", "תוקן", pass_orders=True
        ),
        "reject": lambda: finish.reject_ticket(ticket_id, None, clerk, "not_found", "אין"),
        "merge": lambda: merge.merge_ticket(ticket_id, None, other, clerk),
        "hand over": lambda: hand_over.hand_over(
            ticket_id, None, clerk, unit_id=queries.ticket_or_404(ticket_id).unit_id
        ),
    }
    for act in acts.values():
        with pytest.raises(InvalidMove) as caught:
            act()
        assert caught.value.key == "orders_open"
        db.session.rollback()
    work_on.assign_ticket(ticket_id, None, clerk, clerk.id)
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.assignee_id, ticket.holder_kind) == (clerk.id, "contractor"), "she follows it, he does it"
    agree(ticket_id, clock.now())


def test_the_clerk_may_pass_what_waits_and_resolve_in_one_act(app, ticket_id, order_id, foreman, clerk):
    take_entry(order_id, entry("done", place=spot(ticket_id), photos=["after"]), foreman)
    assert checks_of(order_id) == [("evidence", "asked")], "no photo of before"
    with pytest.raises(InvalidMove) as caught:
        finish.resolve_ticket(ticket_id, None, clerk, "photo", "")
    assert caught.value.key == "orders_to_verify"
    finish.resolve_ticket(ticket_id, None, clerk, "photo", "", pass_orders=True)
    assert (state(order_id), checks_of(order_id)) == ("passed", [("evidence", "passed")])
    agree(ticket_id, clock.now())


def test_a_photo_of_the_work_is_needed_to_resolve_by_photo(app, ticket_id, clerk):
    with pytest.raises(BadInput) as caught:
        finish.resolve_ticket(ticket_id, None, clerk, "photo", "")
    assert caught.value.problems == {"photos": "photo_required"}


def test_not_done_is_a_failed_verification_until_somebody_decides(app, ticket_id, order_id, foreman, clerk):
    take_entry(order_id, entry("done", place=spot(ticket_id), photos=["before", "after"]), foreman)
    due = clock_of(order_id, "complete").due_at
    finish.resolve_ticket(ticket_id, None, clerk, "photo", "")
    answer.say_not_done(ticket_id, RESIDENT, "עדיין בור")
    answer.say_not_done(ticket_id, RESIDENT, "עדיין בור")
    order = orders.order_or_404(order_id)
    assert (order.state, order.failed_count, order.done_at) == ("accepted", 1, None)
    assert (clock_of(order_id, "complete").due_at, clock_of(order_id, "complete").stopped_at) == (due, None)
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.status, ticket.holder_kind, ticket.has_news) == ("assigned", "contractor", True)
    assert checks_of(order_id) == [("resident", "asked")]
    agree(ticket_id, clock.now())

    verify_order.verify_order(order_id, clerk, passed=True, words="תוקן, בור אחר")
    order = orders.order_or_404(order_id)
    assert (order.state, order.failed_count, checks_of(order_id)) == ("passed", 0, [("resident", "passed")])
    assert clock_of(order_id, "complete").result == "met"
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.holder_kind, ticket.order_state) == ("centre", None)
    agree(ticket_id, clock.now())


def test_doing_it_again_concedes_the_doubt_and_is_always_looked_at(app, ticket_id, order_id, foreman, clerk):
    here = spot(ticket_id)
    take_entry(order_id, entry("done", place=here, photos=["before", "after"]), foreman)
    finish.resolve_ticket(ticket_id, None, clerk, "photo", "")
    answer.say_not_done(ticket_id, RESIDENT)
    take_entry(order_id, entry("done", place=here, photos=["before", "after"]), foreman)
    assert checks_of(order_id) == [("resident", "failed"), ("reopened", "asked")]
    assert queries.ticket_or_404(ticket_id).order_state == "to_verify"
    verify_order.verify_order(order_id, clerk, passed=True)
    assert (state(order_id), orders.order_or_404(order_id).failed_count) == ("passed", 1)
    finish.resolve_ticket(ticket_id, None, clerk, "photo", "")
    agree(ticket_id, clock.now())


def test_an_older_round_is_not_doubted_again(app, ticket_id, order_id, foreman, clerk):
    take_entry(order_id, entry("done", place=spot(ticket_id), photos=["before", "after"]), foreman)
    finish.resolve_ticket(ticket_id, None, clerk, "photo", "")
    answer.say_not_done(ticket_id, RESIDENT)
    verify_order.verify_order(order_id, clerk, passed=False, finding="not_done")
    assert checks_of(order_id) == [("resident", "failed")]
    verify_order.ask_verification(order_id, clerk)

    cancel_order(order_id, clerk, "done_by_city")
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, RESIDENT)
    assert state(order_id) == "cancelled"
    assert queries.ticket_or_404(ticket_id).holder_kind == "centre"
    agree(ticket_id, clock.now())


def test_work_that_fails_again_at_the_same_place_is_a_repeat(
    app, ticket_id, order_id, foreman, clerk, roads, said
):
    take_entry(order_id, entry("done", place=spot(ticket_id), photos=["before", "after"]), foreman)
    again = receive.receive_report(said(), Actor("resident")).ticket_id
    repeated = issue_order.issue_order(again, None, clerk, unit_id=roads.id, instructions="")
    assert orders.order_or_404(repeated).repeat_of_id == order_id
    with time_machine.travel(clock.now() + timedelta(days=31)):
        late = receive.receive_report(said(), Actor("resident")).ticket_id
        fresh = issue_order.issue_order(late, None, clerk, unit_id=roads.id, instructions="")
        assert orders.order_or_404(fresh).repeat_of_id is None


def test_another_part_of_the_same_ticket_is_no_repeat(app, ticket_id, order_id, foreman, clerk, roads):
    take_entry(order_id, entry("done", place=spot(ticket_id), photos=["before", "after"]), foreman)
    part = issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="")
    assert orders.order_or_404(part).repeat_of_id is None


def test_another_contractors_order_does_not_exist_for_him(app, order_id, city, clerk):
    stranger = Actor("contractor", 79, "", (Role("contractor", unit_id=city.unit_by_code("C-GREEN").id),))
    with pytest.raises(NotFound):
        take_entry(order_id, entry("accept"), stranger)
    with pytest.raises(NotAllowed):
        take_entry(order_id, entry("accept"), clerk)
    with pytest.raises(NotFound):
        take_entry(1, entry("accept"), stranger)


def test_a_contractor_neither_orders_verifies_nor_stops_his_own_clock(
    app, ticket_id, order_id, foreman, roads
):

    for act in (
        lambda: issue_order.issue_order(ticket_id, None, foreman, unit_id=roads.id, instructions=""),
        lambda: verify_order.verify_order(order_id, foreman, passed=True),
        lambda: pause_order(order_id, foreman, "weather"),
        lambda: cancel_order(order_id, foreman, "not_needed"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_order_of_another_city_does_not_exist(app, order_id, clerk):

    with work.tenant(2), pytest.raises(NotFound):
        verify_order.verify_order(order_id, clerk, passed=True)


def test_the_lists_cost_one_statement_each(app, ticket_id, order_id, roads, statements):

    db.session.rollback()
    for read in (
        lambda: orders.open_orders(roads.id),
        lambda: orders_of(ticket_id),
        lambda: orders.to_verify([1, 2]),
    ):
        statements.clear()
        read()
        assert len(statements) == 2, "the tenant's and the list's"
        db.session.rollback()
    file = orders_of(ticket_id)[0]
    assert (file.self["id"], [each["kind"] for each in file.clocks]) == (
        order_id,
        ["accept", "arrive", "complete"],
    )
    assert file.clocks[0]["due_at"].tzinfo is not None
    assert date.fromisoformat(str(file.self["issued_at"].date())) == clock.now().date()
