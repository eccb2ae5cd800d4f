"""A case's life by its use-cases: what is near, who has taken it, two at once, what cannot be undone."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from supervision.stage import STREET, case_of, elsewhere, kinds_of, person

from service_desk import work
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow.handle_case import act_on_case
from service_desk.flow.receive import receive_report
from service_desk.flow.verify_history import verify_history
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.supervision.queries import cases
from service_desk.supervision.rules.cases import CaseAct


@pytest.fixture
def inspector(app):
    return person("inspector")


@pytest.fixture
def other(app):
    return person("inspector2")


def now_of(case_id: int):
    db.session.rollback()
    db.session.expire_all()
    return cases.case_or_404(case_id)


def test_a_case_goes_its_whole_way(inspector):
    case_id = case_of(inspector)
    for act in (
        CaseAct("inspect", "הדוכן במקום"),
        CaseAct("warn", "התראה נמסרה", days=14),
        CaseAct("fine", number="7741", amount_agorot=73_000),
        CaseAct("court", "הוגש"),
        CaseAct("comply", "הדוכן הוסר"),
        CaseAct("close"),
    ):
        act_on_case(case_id, now_of(case_id).version, act, inspector)
    case = now_of(case_id)
    assert (case.state, case.is_open, case.next_at) == ("closed", False, None)
    assert kinds_of(case_id) == [
        "opened",
        "inspected",
        "warned",
        "fined",
        "sent_to_court",
        "complied",
        "closed",
    ]
    assert case.reference.startswith("E-1")
    assert case.taken_by is None


def test_references_follow_each_other(inspector):
    first, second = case_of(inspector), case_of(inspector, place=elsewhere())
    numbers = [int(now_of(each).reference[2:]) for each in (first, second)]
    assert numbers[1] == numbers[0] + 1


def test_a_case_beside_it_must_be_seen_first(inspector, other):
    first = case_of(inspector)
    with pytest.raises(BadInput) as refused:
        case_of(other)
    assert refused.value.problems == {"near": "near_case"}
    second = case_of(other, seen_near=frozenset({first}))
    assert cases.events_of(second)[0].data["seen_near"] == [first]


def test_the_same_form_twice_opens_one(inspector):
    assert case_of(inspector, submission_key="k") == case_of(inspector, submission_key="k")


def test_two_who_open_at_once_do_not_miss_each_other(app, inspector, other):
    outcomes: list[object] = []

    def go(actor):
        with app.app_context(), work.tenant(1):
            try:
                outcomes.append(case_of(actor))
            except BadInput as error:
                outcomes.append(error.problems)

    both = [threading.Thread(target=go, args=(actor,)) for actor in (inspector, other)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert {"near": "near_case"} in outcomes
    assert sum(isinstance(each, int) for each in outcomes) == 1


def test_two_who_act_at_once_are_told(inspector):
    case_id = case_of(inspector)
    seen = now_of(case_id).version
    act_on_case(case_id, seen, CaseAct("inspect", "ראיתי"), inspector)
    with pytest.raises(StaleVersion):
        act_on_case(case_id, seen, CaseAct("inspect", "גם אני"), inspector)
    assert kinds_of(case_id) == ["opened", "inspected"]


def test_somebody_else_s_case_is_not_acted_on_unknowingly(inspector, other):
    case_id = case_of(inspector)
    with pytest.raises(BadInput) as refused:
        act_on_case(case_id, None, CaseAct("inspect", "ראיתי"), other)
    assert refused.value.problems == {"taken": "taken_by_other"}
    act_on_case(case_id, None, CaseAct("note", "הערה"), other)
    act_on_case(case_id, None, CaseAct("inspect", "ראיתי"), other, despite=inspector.id)
    assert now_of(case_id).taken_by == other.id
    act_on_case(case_id, None, CaseAct("release"), other)
    assert now_of(case_id).taken_by is None
    act_on_case(case_id, None, CaseAct("take"), inspector)
    assert now_of(case_id).taken_by == inspector.id


def test_a_case_passes_to_another_unit(inspector):
    case_id = case_of(inspector)
    was, to = now_of(case_id).unit_id, city_map().unit_by_code("BUILDCTRL").id
    act_on_case(case_id, None, CaseAct("pass", unit_id=to), inspector)
    case = now_of(case_id)
    assert (case.unit_id, case.taken_by, case.state) == (to, None, "opened")
    event = cases.events_of(case_id)[-1]
    assert (event.data["from_unit"], event.data["unit"], event.unit_id) == (was, to, to)
    contractor = next(unit for unit in city_map().units.values() if unit.kind == "contractor")
    with pytest.raises(BadInput):
        act_on_case(case_id, None, CaseAct("pass", unit_id=contractor.id), inspector)


def test_a_unit_acts_on_its_own_cases_and_notes_on_others(inspector):
    roads = person("roads")
    (unit_id,) = roads.unit_ids
    theirs = case_of(roads, unit_id=unit_id)
    act_on_case(theirs, None, CaseAct("inspect", "נבדק"), roads)
    case_id = case_of(inspector, place=elsewhere())
    with pytest.raises(NotAllowed):
        act_on_case(case_id, None, CaseAct("inspect", "נבדק"), roads)
    act_on_case(case_id, None, CaseAct("note", "נראה גם אצלנו"), roads)
    assert kinds_of(case_id) == ["opened", "noted"]


@pytest.mark.parametrize("email", ["clerk5", "contractor", "mayor", "admin"])
def test_other_roles_handle_no_case(inspector, email):
    case_id = case_of(inspector)
    nobody = person(email)
    for act in (lambda: case_of(nobody), lambda: act_on_case(case_id, None, CaseAct("note", "x"), nobody)):
        with pytest.raises(NotAllowed):
            act()


def test_a_case_needs_a_place_in_the_city(inspector):
    with pytest.raises(BadInput) as refused:
        case_of(inspector, place=SaidPlace("address", line="אין רחוב כזה"))
    assert refused.value.problems == {"line": "no_place"}
    with pytest.raises(BadInput) as refused:
        case_of(inspector, place=SaidPlace("pin", lon=34.7, lat=32.1))
    assert refused.value.problems == {"line": "outside_boundary"}


def test_an_impossible_step_leaves_no_trace(inspector):
    case_id = case_of(inspector)
    with pytest.raises(InvalidMove):
        act_on_case(case_id, None, CaseAct("close"), inspector)
    assert kinds_of(case_id) == ["opened"]


def test_a_case_comes_from_a_ticket_of_this_city(inspector, said):
    ticket_id = receive_report(said(), Actor("resident")).ticket_id
    case_id = case_of(inspector, ticket_id=ticket_id)
    assert [case.id for case in cases.of_ticket(ticket_id)] == [case_id]
    with pytest.raises(NotFound):
        case_of(inspector, ticket_id=5, place=elsewhere())


def test_another_city_sees_no_case(inspector):
    case_id = case_of(inspector)
    db.session.rollback()
    with work.tenant(2):
        with pytest.raises(NotFound):
            cases.case_or_404(case_id)
        with pytest.raises(NotFound):
            act_on_case(case_id, None, CaseAct("note", "x"), Actor("system"))
        assert cases.cases(cases.CaseFilter(scope="all")) == []


def test_a_case_s_history_verifies_and_tampering_shows(inspector, owner):
    case_id = case_of(inspector)
    act_on_case(case_id, None, CaseAct("inspect", "ראיתי"), inspector)
    found = verify_history()
    assert (found.cases, found.count) == (1, 0)
    with owner.begin() as connection:
        connection.execute(
            text("""UPDATE case_events SET data = '{"words": "לא ראיתי"}' WHERE case_id = :id AND seq = 2"""),
            {"id": case_id},
        )
    broken = verify_history()
    assert [(each.where, each.seq) for each in broken.places] == [(now_of(case_id).reference, 2)]
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM case_events WHERE seq = 2"))
    assert verify_history().count >= 1


def test_the_service_cannot_rewrite_a_case_s_past(inspector):
    case_of(inspector)
    with pytest.raises(Exception, match="permission denied"), work.transaction():
        db.session.execute(text("UPDATE case_events SET kind = 'noted'"))


def test_what_is_near_is_measured(inspector):
    case_id = case_of(inspector)
    case = now_of(case_id)
    assert [(each.id, round(metres)) for each, metres in cases.near(case.lon, case.lat, 50)] == [(case_id, 0)]
    assert cases.near(case.lon + 0.01, case.lat, 500) == []
    assert STREET.split()[0] in case.address
