"""Ladders shown and set: for the city and for one type, from now on, by an administrator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from founded_versions import versions_as_founded

from service_desk import work
from service_desk.city import kept
from service_desk.errors import BadInput, NotAllowed
from service_desk.flow import receive
from service_desk.flow.set_ladder import read_typed, set_city_ladder, set_own_ladder
from service_desk.people.rules import Actor, Role
from service_desk.slas.planning import state_of
from service_desk.slas.queries import clocks_of, standards
from service_desk.slas.rules.ladder import CITY_LADDER, Rung, rung_at

ADMIN = Actor("staff", 1, "", (Role("admin"),))
CODE = "RD-POTHOLE"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def as_founded(app, owner):
    with versions_as_founded(owner, "slas", emptied="city_ladders"):
        yield


@pytest.fixture
def report(app, said):
    return lambda **parts: receive.receive_report(said(**parts), Actor("resident")).ticket_id


def resolve_clock(ticket_id):
    return next(each for each in clocks_of(ticket_id) if each.kind == "resolve")


def first_percent(ticket_id):
    """Return the percent at which the ticket's clock waits for its first rung."""
    found = resolve_clock(ticket_id)
    calendar = standards().version(found.calendar_id, found.started_at)
    return next(n for n in range(1, 200) if rung_at(state_of(found), n, calendar) == found.next_rung_at)


def test_a_types_own_ladder_holds_for_new_promises_and_running_ones_keep_theirs(report):
    before = report()
    set_own_ladder(CODE, None, [("30", "clerk"), ("90 %", "management")], ADMIN)
    kept.forget()
    assert standards().ladders[standards().sla(CODE).id] == (Rung(30, "clerk"), Rung(90, "management"))
    after = report(phone="+972523456789")
    assert (first_percent(before), first_percent(after)) == (50, 30)
    assert resolve_clock(before).minutes == resolve_clock(after).minutes
    assert standards().ladder(resolve_clock(before).sla_id, resolve_clock(before).started_at) == CITY_LADDER


def test_the_citys_ladder_holds_for_promises_given_after_it_was_set(report):
    with time_machine.travel(NOW, tick=False) as traveller:
        before = report()
        traveller.shift(timedelta(minutes=1))
        set_city_ladder([("40", "manager")], ADMIN)
        kept.forget()
        after = report(phone="+972523456789")
    assert (first_percent(before), first_percent(after)) == (50, 40)
    assert standards().ladder(resolve_clock(before).sla_id, resolve_clock(before).started_at) == CITY_LADDER


def test_the_usual_ladder_again_is_a_version_too(report):
    set_own_ladder(CODE, None, [("30", "clerk")], ADMIN)
    kept.forget()
    during = report()
    set_own_ladder(CODE, None, None, ADMIN)
    kept.forget()
    after = report(phone="+972523456789")
    assert (first_percent(during), first_percent(after)) == (30, 50)


def test_who_saved_from_an_old_page_is_told_and_nothing_is_lost(app):
    seen = standards().sla(CODE).id
    set_own_ladder(CODE, seen, [("30", "clerk")], ADMIN)
    kept.forget()
    with pytest.raises(BadInput) as refused:
        set_own_ladder(CODE, seen, [("60", "clerk")], ADMIN)
    assert refused.value.problems == {"ladder": "changed"}
    assert standards().ladders[standards().sla(CODE).id] == (Rung(30, "clerk"),)


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([("", "clerk")], {"percent_1": "no_rungs"}),
        ([("80", "clerk"), ("", ""), ("50", "manager")], {"percent_3": "not_rising"}),
        (
            [("many", "clerk"), ("0", "unit")],
            {"percent_1": "percent_unreadable", "percent_2": "percent_range"},
        ),
        ([("-5", "clerk")], {"percent_1": "percent_unreadable"}),
        ([("٥٠", "clerk")], {"percent_1": "percent_unreadable"}),
        ([("50", "king")], {"percent_1": "no_such_role"}),
    ],
)
def test_what_cannot_stand_is_said_beside_its_line(lines, problems):
    with pytest.raises(BadInput) as refused:
        read_typed(lines)
    assert refused.value.problems == problems


def test_nobody_but_an_administrator_sets_a_ladder(app, client):
    with pytest.raises(NotAllowed):
        set_city_ladder([("50", "clerk")], Actor("staff", 2, "", (Role("manager", 1),)))
    with pytest.raises(NotAllowed):
        set_own_ladder(CODE, None, None, Actor("staff", 2, "", (Role("mayor"),)))
    client.sign_in("manager5@rehovot.example")
    assert client.get("/admin/ladders").status_code == 403


def test_the_pages_show_set_and_take_back(client):
    client.sign_in("admin@rehovot.example")
    page = client.get("/admin/ladders?lang=en").get_data(as_text=True)
    assert "City management" in page
    assert CODE in page
    wrong = {"percent_1": "90", "role_1": "clerk", "percent_2": "20", "role_2": "manager", "seen": ""}
    client.get("/admin/ladders/city?lang=en")
    refused = client.post("/admin/ladders/city", wrong)
    assert refused.status_code == 422
    assert "Each rung is higher" in refused.get_data(as_text=True)
    assert 'value="20"' in refused.get_data(as_text=True)
    right = {"percent_1": "20", "role_1": "clerk", "percent_2": "120", "role_2": "management"}
    assert client.post("/admin/ladders/city", right).status_code == 303
    assert "120%" in client.get("/admin/ladders?lang=en").get_data(as_text=True)
    client.get(f"/admin/ladders/type/{CODE}?lang=en")
    assert (
        client.post(f"/admin/ladders/type/{CODE}", {"percent_1": "33", "role_1": "unit"}).status_code == 303
    )
    assert "33%" in client.get("/admin/ladders?lang=en").get_data(as_text=True)
    assert client.post(f"/admin/ladders/type/{CODE}", {"usual": "1"}).status_code == 303
    assert "33%" not in client.get("/admin/ladders?lang=en").get_data(as_text=True)
    assert client.get("/admin/ladders/type/NOSUCH").status_code == 404


def test_the_list_asks_nothing_of_the_database_but_who_is_asking(client, statements):
    client.sign_in("admin@rehovot.example")
    client.get("/admin/ladders")
    statements.clear()
    client.get("/admin/ladders")
    assert [each for each in statements if "set_config" not in each and "staff_sessions" not in each] == []


def test_another_citys_ladder_stays_its_own(app):
    set_city_ladder([("40", "manager")], ADMIN)
    kept.forget()
    with work.tenant(2):
        assert standards().usual_ladder == CITY_LADDER
