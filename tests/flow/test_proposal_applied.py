"""A proposal from draft to force: what it changes, from when, for whom, and what it never touches."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from service_desk import clock, work
from service_desk.city import kept
from service_desk.city.models import Area
from service_desk.city.queries import city_map
from service_desk.contractors.queries import contracts
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow import receive
from service_desk.flow.apply_proposal import apply_agreed, apply_proposal
from service_desk.flow.change_forms import StandardForm, read_boundary, read_hours, read_standard
from service_desk.flow.contract_area_form import read_contract_areas
from service_desk.flow.try_change import drop_proposal, replay_proposal, try_change
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor, Role
from service_desk.reports.replay import proposals
from service_desk.routing.models import HandlerRule
from service_desk.slas.models import Clock
from service_desk.slas.queries import standards
from service_desk.tickets.models import Ticket

RESIDENT = Actor("resident", 1)
MAYOR = Actor("staff", 7, "", (Role("mayor"),))
MANAGER = Actor("staff", 8, "", (Role("manager", 100),))
CLERK = Actor("staff", 9, "", (Role("clerk", 100),))
#: tables whose versions a proposal may change
VERSIONED = ("areas", "slas", "calendars", "contracts", "handler_rules")


@pytest.fixture(autouse=True)
def as_founded(founded, owner):
    """Take back what was applied, after everything else of the test is gone."""
    with owner.connect() as connection:
        before = {
            table: [
                (row.id, row.valid_to)
                for row in connection.execute(text(f"SELECT id, valid_to FROM {table}"))
            ]
            for table in VERSIONED
        }
    yield
    with owner.begin() as connection:
        for table, rows in before.items():
            ids = [row_id for row_id, _end in rows]
            connection.execute(text(f"DELETE FROM {table} WHERE id <> ALL(:ids)"), {"ids": ids})
            for row_id, end in rows:
                connection.execute(
                    text(
                        f"UPDATE {table} SET valid_to = :to WHERE id = :id AND valid_to IS DISTINCT FROM :to"
                    ),
                    {"to": end, "id": row_id},
                )
        connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
    kept.forget()


@pytest.fixture
def today(app):
    return clock.local(clock.now()).date()


@pytest.fixture
def spot(city):
    """A point well inside area K2."""
    drawing = city.index
    return next(
        (lon, lat)
        for lon, lat in ((34.80 + 0.0005 * n, 31.885 + 0.0005 * m) for n in range(40) for m in range(40))
        if (found := drawing.locate(lon, lat)).area_code == "K2" and not found.neighbours
    )


def around(spot, reach=0.003):
    lon, lat = spot
    corners = [
        (lon - reach, lat - reach),
        (lon + reach, lat - reach),
        (lon + reach, lat + reach),
        (lon - reach, lat + reach),
    ]
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


def tried(change, actor=MAYOR, key="key"):
    return try_change(change, "", key, actor)


def applied(proposal_id, since, **more):
    apply_proposal(proposal_id, proposals.proposal(proposal_id).version, since, MAYOR, is_sure=True, **more)


def reported(said, spot):
    made = receive.receive_report(said(place=SaidPlace("pin", lon=spot[0], lat=spot[1])), RESIDENT)
    db.session.rollback()
    return db.session.scalars(select(Ticket).where(Ticket.id == made.ticket_id)).one()


def test_a_moved_border_routes_new_reports_and_leaves_old_tickets_alone(app, said, spot, today):
    old = reported(said, spot)
    old_centre, old_area = old.centre_id, old.area_code
    change = read_boundary(around(spot), "K5")
    proposal_id = tried(change)
    assert city_map().index.locate(*spot).area_code == "K2", "a draft changes nothing"
    applied(proposal_id, today)
    new = reported(said, spot)
    assert new.area_code == "K5"
    assert new.centre_id == city_map().centre_of_area("K5").id != old_centre
    db.session.expire_all()
    again = db.session.get(Ticket, (1, old.id))
    assert (again.centre_id, again.area_code) == (old_centre, old_area)
    ended = db.session.get(Area, (1, change.base["K2"]))
    assert (ended.valid_to, ended.code) == (today, "K2")
    assert proposals.proposal(proposal_id).state == "applied"
    together = {code: area.residents for code, area in city_map().areas.items()}
    assert sum(together.values()) == pytest.approx(sum(each or 0 for each in _founding_residents()), abs=10)
    assert together["K5"] > 0


def _founding_residents():
    query = select(Area.residents).where(Area.kind == "centre").order_by(Area.code, Area.id)
    return db.session.scalars(query.distinct(Area.code)).all()


def test_another_standard_holds_for_new_promises_only(app, said, spot, today):
    old = reported(said, spot)
    change = read_standard(StandardForm("RD-POTHOLE", "240", "24", "business"))
    applied(tried(change), today)
    assert standards().slas["RD-POTHOLE"].resolve_minutes == 240 * 60
    assert standards().slas["RD-POTHOLE"].acknowledge_minutes > 0
    new = reported(said, spot)
    minutes = {
        clock_.ticket_id: clock_.minutes
        for clock_ in db.session.scalars(select(Clock).where(Clock.kind == "resolve"))
    }
    assert minutes == {old.id: change.was_resolve_minutes, new.id: 240 * 60}


def test_other_hours_are_a_new_version_of_the_calendar(app, city, today):
    centre = city.centre_of_area("K5")
    applied(tried(read_hours(centre.id, {0: "08:00-12:00"})), today)
    assert standards().in_force[centre.calendar_code].windows == [[0, 480, 720]]
    assert standards().in_force[centre.calendar_code].valid_from == today


def test_other_areas_are_new_versions_of_both_contracts_and_route_new_work(app, city, today):
    north, south = city.unit_by_code("C-WASTE-N"), city.unit_by_code("C-WASTE-S")
    had = contracts.terms_of(contracts.versions_of("C-WASTE-N-1")[-1].id).areas
    gone = [code for code in had if code != "K1"]
    applied(tried(read_contract_areas("C-WASTE-N-1", ["K1"], "C-WASTE-S-1")), today)
    assert contracts.terms_of(contracts.versions_of("C-WASTE-N-1")[-1].id).areas == ("K1",)
    assert set(gone) < set(contracts.terms_of(contracts.versions_of("C-WASTE-S-1")[-1].id).areas)
    rules = db.session.scalars(
        select(HandlerRule).where(HandlerRule.valid_to.is_(None), HandlerRule.authority_id == 1)
    )
    served = {(rule.unit_id, rule.area_code) for rule in rules}
    assert {(north.id, "K1"), *((south.id, code) for code in gone)} <= served
    assert not {(north.id, code) for code in gone} & served
    now = clock.now()
    domain = contracts.terms_of(contracts.versions_of("C-WASTE-N-1")[-1].id).domains[0]
    assert {contracts.contract_for(domain, code, at=now).unit_id for code in gone} == {south.id}


def test_a_contract_gains_an_area_from_the_one_that_names_it(app, city):
    theirs = contracts.terms_of(contracts.versions_of("C-WASTE-S-1")[-1].id).areas
    had = contracts.terms_of(contracts.versions_of("C-WASTE-N-1")[-1].id).areas
    change = read_contract_areas("C-WASTE-N-1", [*had, theirs[0]], "")
    assert change.areas["C-WASTE-S-1"] == list(theirs[1:])
    for areas, code in (([], "no_area"), (list(had), "same"), ([*had, *theirs], "contract_gone")):
        with pytest.raises(BadInput) as refused:
            read_contract_areas("C-WASTE-N-1", areas, "")
        assert refused.value.problems == {"areas": code}
    with pytest.raises(BadInput) as refused:
        read_contract_areas("C-WASTE-N-1", [had[0]], "C-ROADS-1")
    assert refused.value.problems == {"given_to": "other_work"}


def test_a_proposal_made_on_older_data_must_be_replayed_before_it_is_applied(app, spot, today):
    first = tried(read_boundary(around(spot), "K5"), key="first")
    applied(tried(read_standard(StandardForm("RD-POTHOLE", "240", "24", "business")), key="second"), today)
    with pytest.raises(StaleVersion):
        applied(first, today)
    assert proposals.proposal(first).state == "draft"
    replay_proposal(first, proposals.proposal(first).version, MAYOR)
    applied(first, today)
    assert city_map().index.locate(*spot).area_code == "K5"


def test_two_proposals_for_the_same_ground_do_not_overwrite_each_other(app, spot, today):
    first = tried(read_boundary(around(spot), "K5"), key="first")
    second = tried(read_boundary(around(spot, 0.002), "K6"), key="second")
    applied(first, today)
    replay_proposal(second, proposals.proposal(second).version, MAYOR)
    with pytest.raises(BadInput) as refused:
        applied(second, today)
    assert refused.value.problems == {"base": "changed"}
    assert proposals.proposal(second).state == "draft"
    assert city_map().index.locate(*spot).area_code == "K5"


def test_an_agreed_proposal_waits_for_its_day(app, spot, today, monkeypatch):
    proposal_id = tried(read_boundary(around(spot), "K5"))
    day = today + timedelta(days=3)
    applied(proposal_id, day)
    assert apply_agreed() == 0
    assert proposals.proposal(proposal_id).state == "agreed"
    assert city_map().index.locate(*spot).area_code == "K2"
    later = clock.local(clock.now()) + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert apply_agreed() == 1
    assert apply_agreed() == 0
    db.session.rollback()
    row = proposals.proposal(proposal_id)
    assert (row.state, row.valid_from, row.decided_by) == ("applied", day, MAYOR.id)
    assert city_map().index.locate(*spot).area_code == "K5"


def test_an_agreed_proposal_whose_ground_was_changed_meanwhile_becomes_a_draft_again(
    app, spot, today, monkeypatch
):
    proposal_id = tried(read_boundary(around(spot), "K5"), key="first")
    applied(proposal_id, today + timedelta(days=2))
    applied(tried(read_boundary(around(spot, 0.002), "K6"), key="second"), today)
    later = clock.local(clock.now()) + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert apply_agreed() == 0
    db.session.rollback()
    row = proposals.proposal(proposal_id)
    assert (row.state, row.valid_from, row.decided_at) == ("draft", None, None)
    assert city_map().index.locate(*spot).area_code == "K6"


def test_who_may_do_what(app, spot, today):
    change = read_boundary(around(spot), "K5")
    with pytest.raises(NotAllowed):
        tried(change, CLERK)
    proposal_id = tried(change, MANAGER)
    with pytest.raises(NotAllowed):
        apply_proposal(proposal_id, 0, today, MANAGER, is_sure=True)
    with pytest.raises(NotAllowed):
        drop_proposal(proposal_id, 0, replace(MANAGER, id=99))
    with pytest.raises(NotAllowed):
        replay_proposal(proposal_id, 0, CLERK)
    drop_proposal(proposal_id, 0, MANAGER)
    with pytest.raises(InvalidMove):
        applied(proposal_id, today)
    with pytest.raises(NotFound):
        replay_proposal(1, 0, MAYOR)


def test_a_decision_needs_a_day_to_come_and_a_sure_hand(app, spot, today):
    proposal_id = tried(read_boundary(around(spot), "K5"))
    for since, code in (
        (None, "required"),
        (today - timedelta(days=1), "past"),
        (today + timedelta(days=366), "far"),
    ):
        with pytest.raises(BadInput) as refused:
            apply_proposal(proposal_id, 0, since, MAYOR, is_sure=True)
        assert refused.value.problems == {"since": code}
    with pytest.raises(BadInput) as refused:
        apply_proposal(proposal_id, 0, today, MAYOR, is_sure=False)
    assert refused.value.problems == {"sure": "required"}
    with pytest.raises(StaleVersion):
        apply_proposal(proposal_id, 5, today, MAYOR, is_sure=True)


def test_a_tenant_sees_no_proposal_of_another(app, spot):
    proposal_id = tried(read_boundary(around(spot), "K5"))
    with work.tenant(2):
        assert list(proposals.listed()) == []
        with pytest.raises(NotFound):
            proposals.proposal(proposal_id)


@pytest.mark.parametrize(
    ("hours", "problems"),
    [
        (("abc", "10"), {"resolve": "hours"}),
        (("nan", "10"), {"resolve": "hours"}),
        (("0", "inf"), {"resolve": "hours", "reopened": "hours"}),
        (("9000", "10"), {"resolve": "hours"}),
        (("10", "20"), {"reopened": "longer"}),
    ],
)
def test_hours_that_are_no_time_are_refused(app, hours, problems):
    with pytest.raises(BadInput) as refused:
        read_standard(StandardForm("RD-POTHOLE", *hours, "business"))
    assert refused.value.problems == problems
