"""Rounds: planned, put along a way, walked; each stop taken once, each finding one ticket, however late the network."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from supervision.stage import STREET, case_of, checks_of, elsewhere, kinds_of, person, round_of

from service_desk import clock, work
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.flow import plan_round as planning
from service_desk.flow import visit_place
from service_desk.flow.new_stops import case_stops_of, place_stop
from service_desk.flow.plan_round import Plan
from service_desk.flow.receive import receive_report
from service_desk.flow.stop_entry import Finding, StopEntry
from service_desk.flow.walk_round import end_round, start_round, visit_stop
from service_desk.intake.queries import photos_of
from service_desk.intake.rules import EncodedPhoto, SaidPlace
from service_desk.people.rules import Actor
from service_desk.supervision.actions.rounds import NewStop
from service_desk.supervision.queries import rounds, stops
from service_desk.tickets import queries as tickets

ALL_OK = dict.fromkeys(("bins", "around", "bulky", "recycling", "pests"), "ok")
PHOTO = EncodedPhoto(b"full", b"small", 4, 3)


@pytest.fixture
def inspector(app):
    return person("inspector")


@pytest.fixture
def manager(app):
    return person("manager5")


def way_of(round_id: int):
    db.session.rollback()
    db.session.expire_all()
    return [line.stop for line in stops.stops_of([round_id])]


def only_stop(round_id: int):
    (found,) = way_of(round_id)
    return found


def entry(**parts) -> StopEntry:
    return replace(StopEntry("key", answers=ALL_OK), **parts)


def bad(*codes: str, **parts) -> StopEntry:
    return entry(answers=ALL_OK | dict.fromkeys(codes, "bad"), **parts)


def test_a_round_is_walked_from_first_to_last_stop(manager, inspector):
    round_id = round_of(manager, inspector)
    stop = only_stop(round_id)
    start_round(round_id, inspector)
    assert visit_stop(stop.id, entry(lon=34.81, lat=31.9), inspector) == "taken"
    end_round(round_id, inspector)
    stop = only_stop(round_id)
    assert (stop.result, stop.answers, stop.visited_lon, stop.ticket_ids) == ("ok", ALL_OK, 34.81, [])
    assert rounds.round_or_404(round_id).state == "done"


def test_a_visit_locks_the_round_before_its_stop_as_everybody_does(manager, inspector, statements):
    stop = only_stop(round_of(manager, inspector))
    statements.clear()
    visit_stop(stop.id, entry(), inspector)
    locks = [each.split("FROM ")[1].split()[0] for each in statements if "FOR UPDATE" in each]
    assert locks[:2] == ["rounds", "round_stops"]


def test_the_same_plan_twice_is_one_round(manager, inspector):
    stop = place_stop(STREET, checks_of("street").id)
    plan = Plan("סיור", clock.local(clock.now()).date(), inspector.id, "same", stops=(stop,))
    assert planning.plan_round(plan, manager) == planning.plan_round(plan, manager)


def test_a_plan_says_what_is_missing(manager, inspector):
    today = clock.local(clock.now()).date()
    with pytest.raises(BadInput) as refused:
        planning.plan_round(Plan(" ", today - timedelta(days=1), manager.id, "k"), manager)
    assert refused.value.problems == {
        "name": "required",
        "day": "day_range",
        "inspector": "required",
        "stops": "no_stops",
    }
    many = tuple(NewStop("place", checklist_id=checks_of("street").id) for _ in range(41))
    with pytest.raises(BadInput) as refused:
        planning.plan_round(Plan("סיור", today, inspector.id, "k", stops=many), manager)
    assert refused.value.problems == {"stops": "too_many_stops"}


def test_stops_are_put_along_a_short_way(manager, inspector):
    checks = checks_of("street").id
    points = [(34.80, 31.89), (34.83, 31.89), (34.81, 31.89), (34.82, 31.89)]
    made = tuple(NewStop("place", f"{n}", lon, lat, checks) for n, (lon, lat) in enumerate(points))
    round_id = round_of(manager, inspector, lines=(), stops=made)
    assert [stop.address for stop in way_of(round_id)] == ["0", "2", "3", "1"]
    last = way_of(round_id)[-1]
    planning.move_stop(round_id, last.id, -1, manager)
    assert [stop.address for stop in way_of(round_id)] == ["0", "2", "1", "3"]
    planning.order_stops(round_id, manager)
    assert [stop.address for stop in way_of(round_id)] == ["0", "2", "3", "1"]
    planning.remove_stop(round_id, last.id, manager)
    assert [(stop.seq, stop.address) for stop in way_of(round_id)] == [(1, "0"), (2, "2"), (3, "3")]


def test_a_visited_stop_stays_on_the_way(manager, inspector):
    round_id = round_of(manager, inspector)
    stop = only_stop(round_id)
    visit_stop(stop.id, entry(), inspector)
    with pytest.raises(InvalidMove):
        planning.remove_stop(round_id, stop.id, manager)
    with pytest.raises(InvalidMove):
        planning.cancel_round(round_id, manager)


def test_each_bad_item_opens_one_ticket_however_often_it_is_sent(manager, inspector):
    stop = only_stop(round_of(manager, inspector))
    sent = bad("bins", "around", words="ליד הכניסה", findings={"bins": Finding("פח שבור", photos=(PHOTO,))})
    assert [visit_stop(stop.id, sent, inspector) for _ in range(3)] == ["taken", "repeated", "repeated"]
    stop = only_stop(stop.round_id)
    opened = [tickets.ticket_or_404(each) for each in stop.ticket_ids]
    assert [each.service_code for each in opened] == ["SAN-BIN", "SAN-AROUND"]
    assert [each.summary for each in opened] == ["פח שבור", "ליד הכניסה"]
    assert [len(photos_of(each.id)) for each in opened] == [1, 0]
    assert (opened[0].address, stop.result) == (stop.address, "finding")
    first = tickets.events_of(opened[0].id)[0]
    assert (first.actor_kind, first.actor_id) == ("staff", inspector.id)


def test_a_broken_off_entry_is_completed_by_sending_it_again(manager, inspector, monkeypatch):
    stop = only_stop(round_of(manager, inspector))

    def fail(*_given):
        raise OSError("the network went")

    with monkeypatch.context() as patched:
        patched.setattr(visit_place, "record", fail)
        with pytest.raises(OSError, match="network"):
            visit_stop(stop.id, bad("bins"), inspector)
    assert visit_stop(stop.id, bad("bins"), inspector) == "taken"
    assert len(only_stop(stop.round_id).ticket_ids) == 1
    count = db.session.execute(db.text("SELECT count(*) FROM tickets")).scalar_one()
    assert count == 1


def test_a_danger_marked_by_the_inspector_makes_the_ticket_a_hazard(manager, inspector):
    stop = only_stop(round_of(manager, inspector))
    visit_stop(stop.id, bad("around", findings={"around": Finding(is_danger=True)}), inspector)
    (ticket_id,) = only_stop(stop.round_id).ticket_ids
    assert tickets.ticket_or_404(ticket_id).is_hazard


def test_a_second_entry_for_the_same_stop_is_late_and_changes_nothing(manager, inspector):
    stop = only_stop(round_of(manager, inspector))
    visit_stop(stop.id, entry(words="ראשון"), inspector)
    assert visit_stop(stop.id, bad("bins", key="other"), inspector) == "late"
    stop = only_stop(stop.round_id)
    assert (stop.words, stop.result) == ("ראשון", "ok")
    assert db.session.execute(db.text("SELECT count(*) FROM tickets")).scalar_one() == 0


def test_two_phones_at_once_open_one_ticket_and_one_is_late(app, manager, inspector):
    stop = only_stop(round_of(manager, inspector))
    stop_id, round_id = stop.id, stop.round_id
    db.session.rollback()
    outcomes: list[str] = []

    def go(key: str) -> None:
        with app.app_context(), work.tenant(1):
            outcomes.append(visit_stop(stop_id, bad("bins", key=key), inspector))

    both = [threading.Thread(target=go, args=(key,)) for key in ("one", "two")]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(outcomes) == ["late", "taken"]
    assert len(only_stop(round_id).ticket_ids) == 1
    assert db.session.execute(db.text("SELECT count(*) FROM tickets")).scalar_one() == 1


def test_what_was_entered_without_network_counts_after_the_round_has_ended(manager, inspector):
    round_id = round_of(manager, inspector, lines=(STREET, "טשרניחובסקי 10"))
    first, second = way_of(round_id)
    start_round(round_id, inspector)
    visit_stop(second.id, entry(key="b"), inspector)
    end_round(round_id, inspector)
    assert [each.result for each in way_of(round_id)] == ["not_reached", "ok"]
    earlier = clock.now() - timedelta(minutes=1)
    ahead = entry(key="a", happened_at=earlier + timedelta(hours=3), clock_ahead_seconds=3 * 3600)
    assert visit_stop(first.id, ahead, inspector) == "taken"
    stop = way_of(round_id)[0]
    assert stop.result == "ok"
    assert stop.visited_at <= clock.now()


def test_a_known_ticket_is_joined_instead_of_opened_again(manager, inspector, said):
    stop = only_stop(round_of(manager, inspector))
    place = SaidPlace("pin", lon=stop.lon, lat=stop.lat)
    known = receive_report(
        said(service_code="SAN-BIN", answers={"problem": "broken"}, place=place), Actor("resident")
    ).ticket_id
    found = Finding("עדיין שבור", join_id=known, photos=(PHOTO,))
    visit_stop(stop.id, bad("bins", findings={"bins": found}), inspector)
    assert only_stop(stop.round_id).ticket_ids == [known]
    assert tickets.events_of(known)[-1].kind == "noted"
    assert [each.is_internal for each in tickets.remarks_of(known, with_internal=True)] == [True]
    assert tickets.ticket_or_404(known).photo_count == 1


def test_a_chosen_ticket_elsewhere_is_not_joined(manager, inspector, said):
    stop = only_stop(round_of(manager, inspector))
    far = receive_report(
        said(service_code="SAN-BIN", answers={"problem": "broken"}, place=elsewhere()), Actor("resident")
    ).ticket_id
    visit_stop(stop.id, bad("bins", findings={"bins": Finding(join_id=far)}), inspector)
    (opened,) = only_stop(stop.round_id).ticket_ids
    assert opened != far


def test_every_item_of_the_checklist_needs_its_answer(manager, inspector):
    stop = only_stop(round_of(manager, inspector))
    with pytest.raises(BadInput) as refused:
        visit_stop(stop.id, entry(answers={"bins": "ok"}), inspector)
    assert set(refused.value.problems) == {f"check_{code}" for code in ALL_OK if code != "bins"}


def test_a_look_at_a_case_is_an_act_on_it(manager, inspector):
    case_id = case_of(inspector)
    round_id = round_of(manager, inspector, lines=(), stops=tuple(case_stops_of([case_id])))
    stop = only_stop(round_id)
    seen = StopEntry("k", "הדוכן עדיין שם", is_good=False, photos=(PHOTO,))
    assert [visit_stop(stop.id, seen, inspector) for _ in range(2)] == ["taken", "repeated"]
    assert kinds_of(case_id) == ["opened", "inspected"]
    assert only_stop(round_id).result == "finding"
    assert stops.on_the_way() == (frozenset(), frozenset())


def test_a_matter_put_right_is_said_by_one_visit(manager, inspector):
    case_id = case_of(inspector)
    stop = only_stop(round_of(manager, inspector, lines=(), stops=tuple(case_stops_of([case_id]))))
    visit_stop(stop.id, StopEntry("k", "הדוכן הוסר", is_good=True), inspector)
    assert kinds_of(case_id) == ["opened", "inspected", "complied"]
    assert only_stop(stop.round_id).result == "ok"


def test_only_its_inspector_walks_a_round_and_only_planners_plan(manager, inspector):
    round_id = round_of(manager, inspector)
    stop = only_stop(round_id)
    for actor in (manager, person("inspector2"), person("clerk5"), person("contractor")):
        with pytest.raises(NotAllowed):
            start_round(round_id, actor)
        with pytest.raises(NotAllowed):
            visit_stop(stop.id, entry(), actor)
    for actor in (inspector, person("clerk5"), person("contractor"), person("mayor")):
        with pytest.raises(NotAllowed):
            planning.cancel_round(round_id, actor)
        with pytest.raises(NotAllowed):
            planning.plan_round(Plan("סיור", None, None, "k"), actor)


def test_a_unit_plans_a_round_too(inspector):
    assert only_stop(round_of(person("roads"), inspector)).seq == 1


def test_a_cancelled_round_takes_nothing(manager, inspector):
    round_id = round_of(manager, inspector)
    stop = only_stop(round_id)
    planning.cancel_round(round_id, manager)
    with pytest.raises(InvalidMove):
        visit_stop(stop.id, entry(), inspector)
    with pytest.raises(InvalidMove):
        start_round(round_id, inspector)


def test_another_city_sees_no_round(manager, inspector):
    round_id = round_of(manager, inspector)
    stop_id = only_stop(round_id).id
    db.session.rollback()
    with work.tenant(2):
        assert rounds.rounds() == []
        with pytest.raises(NotFound):
            rounds.round_or_404(round_id)
        with pytest.raises(NotFound):
            visit_stop(stop_id, entry(), inspector)


def test_every_item_of_every_checklist_can_open_its_ticket(manager, inspector):
    for checks in rounds.checklists().values():
        codes = [item.code for item in checks.items]
        for is_danger in (False, True):
            stop = only_stop(round_of(manager, inspector, code=checks.code))
            sent = StopEntry(
                "k",
                answers=dict.fromkeys(codes, "bad"),
                findings={code: Finding(is_danger=is_danger) for code in codes},
            )
            assert visit_stop(stop.id, sent, inspector) == "taken"
            assert len(only_stop(stop.round_id).ticket_ids) == len(codes)
    assert all(set(item.label) == {"he", "ar", "ru", "en", "am"} for item in checks.items)
    assert city_map().places
