"""From a broken duty to a signed statement: proposed with its working, answered, decided, summed, proven from the history."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from service_desk import clock
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.queries import orders, proposals
from service_desk.contractors.queries.contracts import contract_for
from service_desk.contractors.rules.contract import MOST_AGOROT
from service_desk.contractors.rules.field import FieldEntry
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow import do_order, issue_order, receive, settle_damage, statements, verify_order
from service_desk.flow import price_breaches as sweeping
from service_desk.flow.price_breaches import price_breaches
from service_desk.flow.verify_figures import verify_figures
from service_desk.people.rules import Actor, Role

#: a Sunday morning in the city, far from holidays
SUNDAY = datetime(2026, 7, 5, 6, 0, tzinfo=UTC)
RESIDENT = Actor("resident", 1)


@pytest.fixture
def at():
    """Time stands still, and moves when told."""
    with time_machine.travel(SUNDAY, tick=False) as moving:
        yield moving


@pytest.fixture
def firm(app, city):
    return next(unit for unit in city.units.values() if unit.code == "C-ROADS")


@pytest.fixture
def foreman(firm):
    return Actor("staff", None, "יעקב", (Role("contractor", unit_id=firm.id),))


@pytest.fixture
def manager(clerk):
    return Actor("staff", clerk.id, "", (Role("manager", next(iter(clerk.centre_ids))),))


def issued(said, clerk, firm):
    """Report a pothole in the lane and order its repair. Returns (order id, ticket id)."""
    ticket_id = receive.receive_report(said(), RESIDENT).ticket_id
    order_id = issue_order.issue_order(ticket_id, None, clerk, unit_id=firm.id, instructions="מילוי באספלט")
    db.session.expunge_all()
    return order_id, ticket_id


def say(order_id, kind, foreman, **more):
    return do_order.take_entry(
        order_id, FieldEntry(f"{kind}-{clock.now():%d%H%M%S}", kind, clock.now(), **more), foreman
    )


@pytest.fixture
def late(at, said, clerk, firm, foreman):
    """An order done far too late: (order id, ticket id)."""
    order_id, ticket_id = issued(said, clerk, firm)
    at.shift(timedelta(days=9))
    say(order_id, "done", foreman)
    verify_order.verify_order(order_id, clerk, passed=True)
    price_breaches()
    db.session.expunge_all()
    return order_id, ticket_id


def answer(damage, foreman, said, words):
    """Answer what is proposed now."""
    seen = proposals.proposals_of(damage.ticket_id, damage.id)[-1].seq
    settle_damage.answer_damage(damage.id, foreman, said, words, seen)


def of_order(order_id):
    db.session.expire_all()
    return {(each.metric, each.round): each for each in queries.damages_of_orders([order_id]).values()}


def test_each_breach_is_proposed_once_with_its_working_and_evidence(late, firm):
    found = of_order(late[0])
    assert ("complete", 0) in found
    damage = found["complete", 0]
    assert damage.state == "proposed"
    assert damage.amount_agorot == damage.working["units"] * damage.working["price_agorot"] > 0
    assert damage.answer_by > damage.proposed_at
    proof = {
        row.seq: row.kind
        for row in db.session.execute(
            text("SELECT seq, kind FROM ticket_events WHERE ticket_id = :t"), {"t": late[1]}
        )
    }
    assert {"order_issued", "order_done"} <= {proof[seq] for seq in damage.event_seqs}
    assert price_breaches() == 0
    assert of_order(late[0]).keys() == found.keys()


def test_nothing_is_proposed_while_the_duty_may_still_be_answered(at, said, clerk, firm, foreman):
    order_id, _ticket = issued(said, clerk, firm)
    at.shift(timedelta(minutes=10))
    assert price_breaches() == 0
    say(order_id, "accept", foreman)
    at.shift(timedelta(hours=1))
    price_breaches()
    assert of_order(order_id) == {}


def test_the_contractor_answers_and_the_manager_decides(late, at, foreman, manager):
    damage = of_order(late[0])["complete", 0]
    with pytest.raises(BadInput) as caught:
        settle_damage.decide_damage(damage.id, manager, "approved", "")
    assert caught.value.problems == {"decision": "may_still_answer"}
    with pytest.raises(BadInput):
        answer(damage, foreman, "contested", "")
    answer(damage, foreman, "contested", "הכביש היה חסום")
    with pytest.raises(BadInput):
        settle_damage.decide_damage(damage.id, manager, "approved", "")
    settle_damage.decide_damage(damage.id, manager, "approved", "נבדק מול המשטרה: לא היה חסום")
    assert of_order(late[0])["complete", 0].state == "approved"
    with pytest.raises(InvalidMove):
        answer(damage, foreman, "accepted", "")
    with pytest.raises(InvalidMove):
        settle_damage.decide_damage(damage.id, manager, "waived", "", "goodwill")


def test_silence_ends_with_the_contracts_days(late, at, manager):
    damage = of_order(late[0])["complete", 0]
    at.shift(damage.answer_by - clock.now())
    settle_damage.decide_damage(damage.id, manager, "approved", "")
    assert of_order(late[0])["complete", 0].state == "approved"


def test_a_waiver_needs_a_reason_and_may_come_at_once(late, manager):
    damage = of_order(late[0])["complete", 0]
    for reason in ("", "facts_changed", "because"):
        with pytest.raises(BadInput):
            settle_damage.decide_damage(damage.id, manager, "waived", "", reason)
    settle_damage.decide_damage(damage.id, manager, "waived", "", "goodwill")
    row = of_order(late[0])["complete", 0]
    assert (row.state, row.waiver) == ("waived", "goodwill")


def test_another_contractor_neither_sees_nor_answers_it(late, city, clerk):
    other = next(unit for unit in city.units.values() if unit.code == "C-LIGHT")
    damage = of_order(late[0])["complete", 0]
    with pytest.raises(NotFound):
        answer(damage, Actor("staff", None, "", (Role("contractor", unit_id=other.id),)), "accepted", "")
    with pytest.raises(NotAllowed):
        settle_damage.decide_damage(damage.id, clerk, "waived", "", "goodwill")


def decide_all(order_id, manager, decision="approved"):
    for row in of_order(order_id).values():
        if row.decided_at is None:
            settle_damage.decide_damage(
                row.id, manager, decision, "", "goodwill" if decision == "waived" else ""
            )


def test_a_month_is_signed_when_it_is_over_and_decided_and_then_stands(late, at, firm, manager):
    july = date(2026, 7, 1)
    with pytest.raises(BadInput) as caught:
        statements.sign_statement(firm.id, july, manager)
    assert caught.value.problems == {"month": "not_over"}
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    with pytest.raises(BadInput) as caught:
        statements.sign_statement(firm.id, july, manager)
    assert caught.value.problems == {"month": "undecided"}
    decide_all(late[0], manager)
    draft = statements.draft(firm.id, july)
    assert draft.may_be_signed
    signed = statements.sign_statement(firm.id, july, manager)
    assert signed.content == draft.content
    lines = signed.content["contracts"][0]["lines"]
    assert signed.total_agorot == sum(line["charged_agorot"] for line in lines)
    assert signed.content["work"]["passed"] == 1
    assert any(line["metric"] == "complete" and line["event_seqs"] for line in lines)
    with pytest.raises(InvalidMove):
        statements.sign_statement(firm.id, july, manager)


def test_figures_made_again_from_the_history_are_equal(late, at, firm, manager):
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    decide_all(late[0], manager)
    statements.sign_statement(firm.id, date(2026, 7, 1), manager)
    proof = verify_figures()
    assert proof.differences == []
    assert (proof.statements, proof.damages) == (1, len(of_order(late[0])))


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE damages SET amount_agorot = amount_agorot + 1",
        "UPDATE statements SET total_agorot = total_agorot - 1",
        "UPDATE statements SET content = jsonb_set(content, '{total_agorot}', '1')",
        "DELETE FROM damages",
        "UPDATE ticket_events SET data = jsonb_set(data, '{working,amount_agorot}', '7') WHERE kind = 'damage_proposed'",
        "UPDATE ticket_events SET data = jsonb_set(data, '{counts_at}', to_jsonb('2026-07-05T07:00:00+00:00'::text)) WHERE kind = 'order_done'",
    ],
)
def test_figures_that_were_forged_differ(late, at, firm, manager, owner, forgery):
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    decide_all(late[0], manager)
    statements.sign_statement(firm.id, date(2026, 7, 1), manager)
    with owner.begin() as connection:
        connection.execute(text(forgery))
    db.session.expire_all()
    assert verify_figures().differences


def test_a_signed_statement_cannot_be_changed_by_the_application(late, at, firm, manager):
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    decide_all(late[0], manager)
    statements.sign_statement(firm.id, date(2026, 7, 1), manager)
    for act in ("UPDATE statements SET total_agorot = 0", "DELETE FROM statements"):
        with pytest.raises(Exception, match="permission denied"):
            db.session.execute(text(act))
        db.session.rollback()


def test_what_a_later_word_of_the_field_answers_is_taken_back(at, said, clerk, firm, foreman):
    order_id, _ticket = issued(said, clerk, firm)
    terms = contract_for("roads", None, firm.id, at=clock.now()).terms
    arrived = clock.now() + timedelta(minutes=30)
    at.shift(timedelta(minutes=terms["duties"]["arrive"]["hazard_minutes"] + 600))
    say(order_id, "done", foreman)
    price_breaches()
    before = of_order(order_id)
    entry = FieldEntry("late-arrival", "arrive", arrived)
    assert do_order.take_entry(order_id, entry, foreman) == "late"
    # the order must be looked at again: it is open, and an hour has passed
    at.shift(timedelta(hours=2))
    price_breaches()
    after = of_order(order_id)
    gone = [key for key in before if key[0] in {"accept", "arrive"} and after[key].state == "waived"]
    assert all(after[key].waiver == "facts_changed" for key in gone)
    assert verify_figures().differences == []


def test_work_that_was_not_done_costs_until_it_is(at, said, clerk, firm, foreman, manager):
    order_id, _ticket = issued(said, clerk, firm)
    at.shift(timedelta(days=5))
    say(order_id, "done", foreman)
    price_breaches()
    before = of_order(order_id)["complete", 0]
    first = before.amount_agorot
    answer(before, foreman, "contested", "הכביש היה חסום")
    with pytest.raises(BadInput) as caught:
        settle_damage.decide_damage(before.id, manager, "approved", "הוא לא היה חסום")
    assert caught.value.problems == {"decision": "not_checked"}
    verify_order.verify_order(order_id, clerk, passed=False, finding="not_done")
    at.shift(timedelta(hours=2))
    price_breaches()
    assert of_order(order_id)["complete", 0].state == "contested"
    at.shift(timedelta(days=3))
    say(order_id, "done", foreman)
    verify_order.verify_order(order_id, clerk, passed=True)
    at.shift(timedelta(hours=2))
    price_breaches()
    after = of_order(order_id)["complete", 0]
    assert (after.state, after.answered_at, after.answer_words) == ("proposed", None, "")
    assert after.amount_agorot > first
    with pytest.raises(BadInput):
        settle_damage.decide_damage(after.id, manager, "approved", "")
    assert verify_figures().differences == []


def test_a_damage_that_was_taken_back_comes_again_with_its_breach(at, said, clerk, firm, foreman, manager):
    order_id, _ticket = issued(said, clerk, firm)
    at.shift(timedelta(days=5))
    say(order_id, "done", foreman)
    verify_order.verify_order(order_id, clerk, passed=True)
    price_breaches()
    assert of_order(order_id)["evidence", 0].state == "proposed"
    verify_order.verify_order(order_id, clerk, passed=False, finding="poor_quality")
    at.shift(timedelta(hours=2))
    price_breaches()
    assert of_order(order_id)["evidence", 0].state == "waived"
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    price_breaches()
    decide_all(order_id, manager, "waived")
    signed = statements.sign_statement(firm.id, date(2026, 7, 1), manager)
    assert signed.content["waived"]
    say(order_id, "done", foreman)
    at.shift(timedelta(minutes=1))
    verify_order.verify_order(order_id, clerk, passed=True)
    price_breaches()
    again = of_order(order_id)["evidence", 0]
    assert (again.state, again.waiver, again.decided_at) == ("proposed", None, None)
    assert again.month == date(2026, 8, 1)
    assert verify_figures().differences == []


def test_what_is_said_after_an_order_has_ended_is_judged_too(late, foreman):
    order_id, _ticket = late
    assert of_order(order_id)["arrive", 0].state == "proposed"
    order = orders.order_or_404(order_id)
    entry = FieldEntry(
        "from-the-pit", "arrive", clock.now() - timedelta(hours=20), 0, order.lon, order.lat, 5.0
    )
    assert do_order.take_entry(order_id, entry, foreman) == "late"
    before = of_order(order_id)["arrive", 0].working["over_minutes"]
    price_breaches()
    assert of_order(order_id)["arrive", 0].working["over_minutes"] < before
    assert verify_figures().differences == []


def test_a_decision_made_while_the_sweep_waited_stands(late, at, manager, foreman, monkeypatch):
    order_id, _ticket = late
    damage_id = of_order(order_id)["complete", 0].id
    do_order.take_entry(
        order_id, FieldEntry("from-the-pit", "arrive", clock.now() - timedelta(hours=20), 0), foreman
    )
    db.session.execute(text("UPDATE damages SET working = working || '{\"over_minutes\": 1}'"))
    db.session.commit()
    locked = sweeping.ticket_queries.lock

    def lock_after_a_decision(ticket_id):
        with db.engine.begin() as other:
            other.execute(
                text("UPDATE damages SET state = 'approved', decided_at = now() WHERE id = :id"),
                {"id": damage_id},
            )
        return locked(ticket_id)

    monkeypatch.setattr(sweeping.ticket_queries, "lock", lock_after_a_decision)
    price_breaches()
    assert of_order(order_id)["complete", 0].state == "approved"


def test_a_broken_history_keeps_no_other_order_from_being_judged(at, said, clerk, firm, foreman, owner):
    broken, ticket_id = issued(said, clerk, firm)
    whole, _ticket = issued(said, clerk, firm)
    at.shift(timedelta(days=9))
    for each in (broken, whole):
        say(each, "done", foreman)
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE ticket_events SET data = data - 'clocks' WHERE ticket_id = :t AND kind = 'order_issued'"
            ),
            {"t": ticket_id},
        )
    price_breaches()
    assert of_order(broken) == {}
    assert of_order(whole)


def test_sums_as_large_as_a_contract_may_say_are_kept(late):
    damage = of_order(late[0])["complete", 0]
    damage.amount_agorot = MOST_AGOROT
    db.session.flush()
    db.session.rollback()


def answered_and_approved(damage, foreman, manager):
    answer(damage, foreman, "accepted", "")
    settle_damage.decide_damage(damage.id, manager, "approved", "")


def test_work_that_fails_after_it_was_charged_costs_the_difference_once(
    at, late, clerk, firm, foreman, manager
):
    order_id = late[0]
    before = of_order(order_id)["complete", 0]
    first = before.working["units"]
    answered_and_approved(before, foreman, manager)
    verify_order.verify_order(order_id, clerk, passed=False, finding="not_done")
    at.shift(timedelta(days=3))
    price_breaches()
    assert ("complete", 1000) not in of_order(order_id)
    at.shift(timedelta(minutes=1))
    say(order_id, "done", foreman)
    verify_order.verify_order(order_id, clerk, passed=True)
    price_breaches()
    found = of_order(order_id)
    more = found["complete", 1000]
    assert found["complete", 0].state == "approved"
    assert found["complete", 0].working["units"] == first
    assert (more.state, more.working["counted_units"], more.working["is_rest"]) == ("proposed", first, True)
    assert more.amount_agorot == more.working["units"] * more.working["price_agorot"] > 0
    at.shift(timedelta(hours=2))
    assert price_breaches() == 0
    answered_and_approved(more, foreman, manager)
    at.shift(timedelta(hours=2))
    assert price_breaches() == 0
    assert verify_figures().differences == []


def test_a_second_failure_adds_a_second_supplement(at, late, clerk, foreman, manager):
    order_id = late[0]
    answered_and_approved(of_order(order_id)["complete", 0], foreman, manager)
    for round_ in (1000, 2000):
        verify_order.verify_order(order_id, clerk, passed=False, finding="not_done")
        at.shift(timedelta(days=2))
        say(order_id, "done", foreman)
        verify_order.verify_order(order_id, clerk, passed=True)
        price_breaches()
        answered_and_approved(of_order(order_id)["complete", round_], foreman, manager)
    found = of_order(order_id)
    rows = [found["complete", round_] for round_ in (0, 1000, 2000)]
    assert rows[2].working["counted_units"] == rows[0].working["units"] + rows[1].working["units"]
    at.move_to(datetime(2026, 8, 3, 6, 0, tzinfo=UTC))
    price_breaches()
    decide_all(order_id, manager)
    statements.sign_statement(rows[0].unit_id, date(2026, 7, 1), manager)
    assert verify_figures().differences == []


def test_a_supplement_nobody_decided_goes_when_a_later_word_answers_it(at, late, clerk, foreman, manager):
    order_id = late[0]
    answered_and_approved(of_order(order_id)["complete", 0], foreman, manager)
    verify_order.verify_order(order_id, clerk, passed=False, finding="not_done")
    at.shift(timedelta(days=3))
    say(order_id, "done", foreman)
    price_breaches()
    assert of_order(order_id)["complete", 1000].state == "proposed"
    with pytest.raises(BadInput) as caught:
        answered_and_approved(of_order(order_id)["complete", 1000], foreman, manager)
    assert caught.value.problems == {"decision": "not_checked"}
    verify_order.verify_order(order_id, clerk, passed=False, finding="not_done")
    at.shift(timedelta(hours=2))
    price_breaches()
    assert of_order(order_id)["complete", 1000].decided_at is None
    assert verify_figures().differences == []


def test_nobody_accepts_a_sum_that_was_not_shown(late, at, clerk, foreman):
    order_id = late[0]
    damage = of_order(order_id)["arrive", 0]
    order = orders.order_or_404(order_id)
    seen = proposals.proposals_of(damage.ticket_id, damage.id)[-1].seq
    earlier = clock.now() - timedelta(hours=20)
    do_order.take_entry(order_id, FieldEntry("pit", "arrive", earlier, 0, order.lon, order.lat, 5.0), foreman)
    price_breaches()
    with pytest.raises(StaleVersion):
        settle_damage.answer_damage(damage.id, foreman, "accepted", "", seen)
    assert of_order(order_id)["arrive", 0].state == "proposed"
    answer(damage, foreman, "accepted", "")
    assert of_order(order_id)["arrive", 0].state == "accepted"
