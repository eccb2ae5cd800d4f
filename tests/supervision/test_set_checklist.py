"""Checklists made, changed, retired and brought back: versions that planned rounds keep, and two who change one at once."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from founded_versions import versions_as_founded
from supervision.stage import STREET, person, round_of

from service_desk import work
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import check_answers
from service_desk.city import actions as city_actions
from service_desk.errors import BadInput, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow.checklist_form import (
    LABEL_CHARS,
    MOST_ITEMS,
    NAME_CHARS,
    TypedChecklist,
    TypedItem,
    check_checklist,
    dangers_of,
    questions_of,
    typed_of,
    types_offered,
)
from service_desk.flow.new_stops import again_stops_of, place_stop
from service_desk.flow.plan_round import add_stops
from service_desk.flow.set_checklist import make_checklist, retire_checklist, set_checklist
from service_desk.flow.stop_entry import StopEntry
from service_desk.flow.walk_round import visit_stop
from service_desk.people.rules import Actor, Role
from service_desk.supervision.actions import checklists as actions
from service_desk.supervision.queries import rounds, stops
from service_desk.supervision.queries.checklists import versions_of
from service_desk.supervision.rules.checks import read_item

ADMIN = Actor("staff", 1, "", (Role("admin"),))
CODE = "waste_point"
KEY = "0123456789abcdef"


@pytest.fixture(autouse=True)
def as_founded(app, owner):
    with versions_as_founded(owner, "checklists", emptied="round_stops"):
        yield
        db.session.rollback()


def present():
    """Return the version of CODE in force, and its form."""
    found = rounds.newest_checklists()
    checks = next(each for each in found if each.code == CODE)
    return checks, typed_of(checks.name, checks.items)


def item(words="הכול במקום", **parts):
    return TypedItem(label={"he": words}, **parts)


def one(*items, name="רשימה חדשה"):
    return TypedChecklist({"he": name}, items or (item(),))


def problems_of(typed, known=frozenset(), taken=frozenset()):
    with pytest.raises(BadInput) as refused:
        check_checklist(typed, known, taken)
    return refused.value.problems


def test_every_checklist_a_city_begins_with_comes_back_from_its_form(app):
    for checks in rounds.newest_checklists():
        codes = {each.code for each in checks.items}
        content = check_checklist(typed_of(checks.name, checks.items), codes, frozenset())
        assert content.name == checks.name
        assert tuple(map(read_item, content.items)) == checks.items, checks.code


def test_a_change_is_a_version_and_what_was_planned_keeps_its_own(app):
    manager, inspector = person("manager5"), person("inspector")
    before, typed = present()
    round_id = round_of(manager, inspector, code=CODE)
    shorter = replace(typed, items=(item("גג על הפחים"), *typed.items[:2]))
    assert set_checklist(CODE, before.id, shorter, ADMIN)
    now, _typed = present()
    assert [each.code for each in now.items] == ["q1", "bins", "around"]
    old = stops.stops_to_order(round_id)[0]
    assert rounds.checklist(old.checklist_id).items == before.items
    answers = dict.fromkeys((each.code for each in before.items), "ok")
    assert visit_stop(old.id, StopEntry(key="k", answers=answers), inspector) == "taken"


def test_a_form_that_stood_open_plans_with_the_version_in_force(app):
    manager, inspector = person("manager5"), person("inspector")
    before, typed = present()
    waiting = place_stop(STREET, before.id)
    set_checklist(CODE, before.id, replace(typed, items=typed.items[1:]), ADMIN)
    round_id = round_of(manager, inspector, lines=(), stops=(waiting,))
    stop = stops.stops_to_order(round_id)[0]
    assert stop.checklist_id == present()[0].id != before.id
    add_stops(round_id, again_stops_of([stop.id]), manager)
    assert [each.checklist_id for each in stops.stops_to_order(round_id)] == [present()[0].id] * 2


def test_a_retired_checklist_serves_no_new_stop_and_comes_back(app):
    manager, inspector = person("manager5"), person("inspector")
    before, typed = present()
    round_id = round_of(manager, inspector, code=CODE)
    retire_checklist(CODE, before.id, ADMIN)
    with pytest.raises(BadInput) as refused:
        round_of(manager, inspector, code=CODE)
    assert refused.value.problems == {"stops": "no_checklist"}
    with pytest.raises(BadInput):
        add_stops(round_id, again_stops_of([stops.stops_to_order(round_id)[0].id]), manager)
    set_checklist(CODE, before.id, typed, ADMIN, is_back=True)
    assert present()[0].is_in_force
    assert round_of(manager, inspector, code=CODE) != round_id


def test_a_stop_planned_before_the_retirement_is_still_recorded(app):
    manager, inspector = person("manager5"), person("inspector")
    before, _typed = present()
    stop = stops.stops_to_order(round_of(manager, inspector, code=CODE))[0]
    retire_checklist(CODE, before.id, ADMIN)
    answers = dict.fromkeys((each.code for each in before.items), "ok")
    assert visit_stop(stop.id, StopEntry(key="k", answers=answers), inspector) == "taken"


def test_the_same_words_make_no_version(app):
    before, typed = present()
    assert not set_checklist(CODE, before.id, typed, ADMIN)
    assert [each.id for each in versions_of(CODE)] == [before.id]


def test_who_comes_second_is_told_and_undoes_nothing(app):
    before, typed = present()
    set_checklist(CODE, before.id, replace(typed, name={"he": "פחים"}), ADMIN)
    with pytest.raises(StaleVersion):
        set_checklist(CODE, before.id, replace(typed, name={"he": "אחר"}), ADMIN)
    with pytest.raises(StaleVersion):
        retire_checklist(CODE, before.id, ADMIN)
    assert present()[0].name == {"he": "פחים"}


def test_a_change_does_not_undo_a_retirement_unseen(app):
    before, typed = present()
    retire_checklist(CODE, before.id, ADMIN)
    with pytest.raises(StaleVersion):
        set_checklist(CODE, before.id, typed, ADMIN)
    with pytest.raises(StaleVersion):
        retire_checklist(CODE, before.id, ADMIN)
    assert not present()[0].is_in_force


def test_of_two_who_bring_it_back_at_once_one_is_told(app, founded):
    before, typed = present()
    retire_checklist(CODE, before.id, ADMIN)
    db.session.rollback()
    outcomes = []

    def bring_back():
        with founded.app_context(), work.tenant(1):
            try:
                outcomes.append(set_checklist(CODE, before.id, typed, ADMIN, is_back=True))
            except StaleVersion:
                outcomes.append("told")
            db.session.remove()

    both = [threading.Thread(target=bring_back) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(map(str, outcomes)) == ["True", "told"]
    assert [each.valid_to is None for each in versions_of(CODE)] == [False, True]


def test_versions_keep_their_order_whatever_ids_the_process_holds(app, monkeypatch):
    before, typed = present()
    ids = iter([before.id - 7, before.id - 6, before.id + 10**6])
    monkeypatch.setattr(actions, "new_id", lambda: next(ids))
    set_checklist(CODE, before.id, replace(typed, items=typed.items[1:]), ADMIN)
    assert [each.id for each in versions_of(CODE)] == [before.id, before.id + 10**6]


def test_a_version_begun_in_another_process_is_known_at_once(app):
    before, _typed = present()
    with work.transaction():  # as another process does it: this one's memory is not told
        row = actions.begin_version(CODE, {"he": "פחים"}, [], before.since, versions_of(CODE)[-1])
        made = row.id
        city_actions.note_change()
    assert rounds.checklist(made).name == {"he": "פחים"}
    with pytest.raises(NotFound):
        rounds.checklist(made + 1)


def test_a_checklist_that_never_was_tells_of_no_change(app, monkeypatch):
    rounds.checklists()
    forgotten = []
    monkeypatch.setattr(rounds, "forget", lambda: forgotten.append(True))
    for never in (7, 10**18 - 1):
        assert rounds.present_checklist(never) is None
        with pytest.raises(NotFound):
            rounds.checklist(never)
    assert rounds.present_checklist(None) is None
    assert forgotten == []


def test_a_new_checklist_sent_twice_is_one(app):
    code = make_checklist(KEY, one(), ADMIN)
    assert make_checklist(KEY, one(), ADMIN) == code
    assert len(versions_of(code)) == 1
    with pytest.raises(StaleVersion):
        make_checklist(KEY, one(item("אחר")), ADMIN)
    with pytest.raises(BadInput):
        make_checklist("no key", one(), ADMIN)
    assert rounds.newest_checklists()[-1].code == code


def test_an_item_keeps_its_code_and_a_new_one_takes_a_code_never_used(app):
    before, typed = present()
    set_checklist(CODE, before.id, replace(typed, items=(item("א"), *typed.items)), ADMIN)
    second, typed = present()
    set_checklist(CODE, second.id, replace(typed, items=typed.items[1:]), ADMIN)
    third, typed = present()
    foreign = replace(item("ב"), code="equipment")
    doubled = replace(typed.items[0], label={"he": "שוב"})
    set_checklist(CODE, third.id, replace(typed, items=(*typed.items, foreign, doubled)), ADMIN)
    codes = [each.code for each in present()[0].items]
    assert codes == [*(each.code for each in before.items), "q2", "q3"]


def test_what_is_missing_or_too_much_is_said_at_its_field(app):
    long = TypedChecklist(
        {"he": "ר" * (NAME_CHARS + 1), "am": "x" * (NAME_CHARS + 1)},
        (TypedItem(), TypedItem(label={"en": "y" * (LABEL_CHARS + 1)})),
    )
    assert problems_of(long) == {
        "name.he": "too_long",
        "name.am": "too_long",
        "item.2.label.he": "required",
        "item.2.label.en": "too_long",
    }
    assert problems_of(TypedChecklist({}, (TypedItem(),))) == {"name.he": "required", "items": "no_items"}
    assert problems_of(one(*[item()] * (MOST_ITEMS + 1))) == {"items": "too_many_items"}
    assert problems_of(one(name="גן"), taken={"גן"}) == {"name.he": "name_taken"}
    known = replace(item(" "), code="bins")
    assert problems_of(one(known), known={"bins"}) == {"item.1.label.he": "required"}


def test_a_finding_must_know_what_its_request_asks(app):
    pest = item(service_code="PST-RODENT")
    assert problems_of(one(pest)) == {"item.1.answer.pest": "required"}
    assert problems_of(one(replace(pest, answers={"pest": "tiger"}))) == {"item.1.answer.pest": "not_option"}
    assert problems_of(one(item(service_code="NO-SUCH"))) == {"item.1.service": "unknown_type"}
    sensitive = next(each.code for each in catalogue().types.values() if each.is_sensitive)
    assert problems_of(one(item(service_code=sensitive))) == {"item.1.service": "unknown_type"}
    wrong = item(service_code="PRK-FURN", danger="sharp=maybe")
    assert problems_of(one(wrong)) == {"item.1.danger": "not_option"}


def test_every_type_offered_opens_with_what_its_form_can_answer(app):
    assert "ADM-FOI" not in types_offered()
    for service in types_offered().values():
        answers = {
            each.code: each.options[0].key if each.options else "false" for each in questions_of(service)
        }
        for danger in ("", *dangers_of(service)):
            typed = one(item(service_code=service.code, answers=answers, danger=danger))
            made = check_checklist(typed, frozenset(), frozenset()).items[0]
            assert check_answers(service, made["answers"])[1] == {}
            assert check_answers(service, made["danger"] or made["answers"])[1] == {}


def test_a_danger_answers_all_that_the_request_asks(app):
    bulky = item(service_code="SAN-GREEN", answers={"kind": "bulky"}, danger="blocks=true")
    made = check_checklist(one(bulky), frozenset(), frozenset()).items[0]
    assert made["danger"] == {"kind": "bulky", "blocks": True}
    always = item(service_code="PRK-PLAY", answers={"injury": "false"}, danger="injury=true")
    assert check_checklist(one(always), frozenset(), frozenset()).items[0]["danger"] == {}


def test_nobody_but_an_administrator_touches_a_checklist(app):
    before, typed = present()
    for role in ("manager", "inspector", "mayor", "unit", "clerk"):
        actor = Actor("staff", 2, "", (Role(role),))
        with pytest.raises(NotAllowed):
            set_checklist(CODE, before.id, typed, actor)
        with pytest.raises(NotAllowed):
            make_checklist(KEY, one(), actor)
        with pytest.raises(NotAllowed):
            retire_checklist(CODE, before.id, actor)
    with pytest.raises(NotFound):
        retire_checklist("no-such", 1, ADMIN)


def test_another_citys_checklist_stays_its_own(app):
    before, _typed = present()
    retire_checklist(CODE, before.id, ADMIN)
    with work.tenant(2):
        assert next(each for each in rounds.newest_checklists() if each.code == CODE).is_in_force


def test_each_act_is_on_record_with_who_did_it(app):
    before, typed = present()
    set_checklist(CODE, before.id, replace(typed, items=typed.items[1:]), ADMIN)
    retire_checklist(CODE, present()[0].id, ADMIN)
    rows = db.session.execute(db.text("SELECT what, why, staff_id FROM access_log ORDER BY at, id")).all()
    assert [tuple(row) for row in rows] == [("checklist_set", CODE, 1), ("checklist_retired", CODE, 1)]
