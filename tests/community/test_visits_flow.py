"""Visits and commitments as they happen: once per form, never over another's, with their whole history."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text
from visit_stage import centre_id, commitment, manager, mayor, plan, promised, today, visit

from service_desk import clock, work
from service_desk.community import meetings, queries
from service_desk.community.rules import Act
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow.act_on_commitment import act_on_commitment
from service_desk.flow.make_commitment import NewTicket, make_commitment
from service_desk.flow.plan_visit import call_off_visit, change_visit, hold_visit, plan_visit
from service_desk.flow.receive import receive_report
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor, Role
from service_desk.tickets.queries import ticket_or_404

RESIDENT = Actor("resident", 1)


def test_a_double_press_plans_one_visit(city):
    asked = plan(city)
    assert plan_visit(asked, mayor()) == plan_visit(asked, mayor())
    assert len(meetings.visits()) == 1


def test_the_place_names_the_centre(city):
    found = meetings.visit_or_404(visit(city))
    assert found.centre_id == centre_id(city, 5)
    assert found.lat is not None


def test_the_name_of_a_known_place_is_enough(city):
    spot = next(each for each in city.places.values() if each.name.get("he") == "מרמורק")
    found = meetings.visit_or_404(visit(city, place=SaidPlace("address", line="מרמורק")))
    assert (found.lon, found.lat, found.place) == (spot.lon, spot.lat, "מרמורק")
    assert found.centre_id == centre_id(city, 5)


def test_a_place_in_words_needs_the_centre(city):
    words = SaidPlace("address", line="ליד הספסלים מאחורי בית הכנסת")
    with pytest.raises(BadInput) as refused:
        visit(city, place=words)
    assert refused.value.problems == {"centre": "required"}
    assert visit(city, place=words, centre_id=centre_id(city, 3))


def test_all_that_is_wrong_is_said_at_once(city):
    with pytest.raises(BadInput) as refused:
        visit(city, title=" ", day=today() + timedelta(days=900), hour=None, place=SaidPlace())
    assert refused.value.problems == {
        "title": "required",
        "day": "visit_range",
        "hour": "required",
        "line": "required",
        "centre": "required",
    }


def test_a_manager_plans_at_her_centre_only(city):
    assert plan_visit(plan(city), manager(city, 5))
    with pytest.raises(NotAllowed):
        plan_visit(plan(city), manager(city, 2))
    with pytest.raises(NotAllowed):
        plan_visit(plan(city), Actor("staff", 9, "", (Role("clerk", centre_id(city, 5)),)))


def test_of_two_who_change_a_visit_the_second_is_told(city):
    visit_id = visit(city)
    change_visit(visit_id, 0, plan(city, title="אחר"), mayor())
    with pytest.raises(StaleVersion):
        change_visit(visit_id, 0, plan(city, title="שלישי"), mayor())
    assert meetings.visit_or_404(visit_id).title == "אחר"


def test_a_visit_is_held_once_its_hour_came_and_called_off_only_before(city):
    ahead = visit(city, day=today() + timedelta(days=5))
    with pytest.raises(InvalidMove):
        hold_visit(ahead, 0, mayor())
    call_off_visit(ahead, 0, mayor())
    assert meetings.visit_or_404(ahead).state == "cancelled"
    now = visit(city)
    hold_visit(now, 0, mayor())
    with pytest.raises(InvalidMove):
        call_off_visit(now, 1, mayor())


def test_nothing_is_promised_at_a_visit_ahead_or_called_off(city):
    ahead = visit(city, day=today() + timedelta(days=5))
    with pytest.raises(InvalidMove):
        commitment(ahead)
    call_off_visit(ahead, 0, mayor())
    with pytest.raises(InvalidMove):
        commitment(ahead)


def test_the_first_promise_says_that_the_visit_was_held(city):
    visit_id = visit(city)
    made = queries.lock(commitment(visit_id))
    assert meetings.visit_or_404(visit_id).state == "held"
    assert (made.first_due_on, made.version, made.state) == (made.due_on, 1, "open")
    (event,) = queries.events_of([made.id])[made.id]
    assert (event.kind, event.seq, event.staff_id) == ("made", 1, mayor().id)


def test_a_visit_with_promises_stays_at_its_centre(city):
    visit_id = visit(city)
    commitment(visit_id)
    with pytest.raises(BadInput) as refused:
        change_visit(visit_id, 1, plan(city, centre_id=centre_id(city, 2)), mayor())
    assert refused.value.problems == {"centre": "has_commitments"}


def test_two_presses_at_once_write_one_commitment_and_open_one_ticket(app, city):
    visit_id = visit(city)
    said = promised(opens=NewTicket("RD-POTHOLE", answers={"position": "lane"}))
    who, found, both = mayor(), [], threading.Barrier(2)

    def press():
        with app.app_context(), work.tenant(1):
            both.wait()
            found.append(make_commitment(visit_id, said, who))
            db.session.remove()

    threads = [threading.Thread(target=press) for _turn in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert db.session.scalar(text("SELECT count(*) FROM tickets")) == 1
    assert db.session.scalar(text("SELECT count(*) FROM commitments")) == 1


def test_a_new_ticket_lies_where_the_visit_was_and_bears_the_words(city):
    made = queries.lock(commitment(visit(city), opens=NewTicket("RD-POTHOLE", answers={"position": "lane"})))
    ticket = ticket_or_404(made.ticket_id)
    assert ticket.centre_id == centre_id(city, 5)
    assert ticket.summary == made.words
    assert ticket.channel == "walk_in"


def test_a_question_of_the_type_must_be_answered(city):
    with pytest.raises(BadInput) as refused:
        commitment(visit(city), opens=NewTicket("RD-POTHOLE"))
    assert refused.value.problems == {"answer_position": "required"}
    assert queries.commitments() == []


def test_a_commitment_is_linked_to_the_ticket_it_names(city, said):
    first = receive_report(said(), RESIDENT)
    made = queries.commitment_or_404(commitment(visit(city), reference=first.reference))
    assert (made.commitment.ticket_id, made.reference) == (first.ticket_id, first.reference)
    with pytest.raises(BadInput) as refused:
        commitment(visit(city), reference="1234567")
    assert refused.value.problems == {"reference": "no_such_reference"}


def test_a_day_moves_with_its_reason_and_the_first_stays(city):
    made = commitment(visit(city))
    later = today() + timedelta(days=60)
    act_on_commitment(made, 1, Act("moved", "ממתינים לחלק", later), mayor())
    found = queries.lock(made)
    assert (found.due_on, found.first_due_on) == (later, today() + timedelta(days=30))
    events = queries.events_of([made])[made]
    assert [each.kind for each in events] == ["made", "moved"]
    assert events[1].words == "ממתינים לחלק"
    assert events[1].data == {"from": found.first_due_on.isoformat(), "to": later.isoformat()}


def test_of_two_acts_at_once_the_second_is_told(city):
    made = commitment(visit(city))
    act_on_commitment(made, 1, Act("kept"), mayor())
    with pytest.raises(StaleVersion):
        act_on_commitment(made, 1, Act("not_kept", "לא נעשה"), mayor())
    assert queries.lock(made).state == "kept"


def test_an_end_is_taken_back_with_a_reason(city):
    made = commitment(visit(city))
    act_on_commitment(made, 1, Act("kept"), mayor())
    assert queries.lock(made).ended_at is not None
    act_on_commitment(made, 2, Act("reopened", "התאורה כבתה שוב"), mayor())
    found = queries.lock(made)
    assert (found.state, found.ended_at, found.version) == ("open", None, 3)


def test_only_a_unit_of_the_city_can_be_charged(city):
    unit = next(each for each in city.units.values() if each.kind == "unit")
    contractor = next(each for each in city.units.values() if each.kind == "contractor")
    made = commitment(visit(city), unit_id=unit.id)
    with pytest.raises(BadInput):
        act_on_commitment(made, 1, Act("assigned", unit_id=contractor.id), mayor())
    act_on_commitment(made, 1, Act("assigned", unit_id=None), mayor())
    assert queries.lock(made).unit_id is None


def test_nobody_acts_without_the_ability(city):
    made = commitment(visit(city))
    for stranger in (manager(city, 2), Actor("staff", 9, "", (Role("unit", None, 1),)), RESIDENT):
        with pytest.raises(NotAllowed):
            act_on_commitment(made, 1, Act("kept"), stranger)
    with pytest.raises(NotFound):
        act_on_commitment(made, 1, Act("shredded"), mayor())
    with pytest.raises(InvalidMove):
        act_on_commitment(made, 1, Act("made"), mayor())


def test_the_history_cannot_be_changed_by_the_application(city):
    commitment(visit(city))
    for statement in ("UPDATE commitment_events SET words = 'x'", "DELETE FROM commitment_events"):
        with pytest.raises(Exception, match="permission denied"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_standing_counts_what_is_open_and_names_the_next(city, statements):
    visit_id = visit(city)
    late = commitment(visit_id, due_on=today())
    soon = commitment(visit_id, due_on=today() + timedelta(days=15))
    commitment(visit_id, due_on=today() + timedelta(days=40))
    done = commitment(visit_id)
    act_on_commitment(done, 1, Act("kept"), mayor())
    statements.clear()
    found = queries.standing(today() + timedelta(days=1))
    assert len(statements) == 1 + len([each for each in statements if "set_config" in each])
    assert (found.open, found.late, found.due_soon) == (3, 1, 1)
    assert [each.commitment.id for each in found.next][:2] == [late, soon]
    assert queries.standing(today(), centre_id=centre_id(city, 2)) == queries.Standing()
    assert clock.now() > found.next[0].at
