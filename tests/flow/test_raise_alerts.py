"""Alerts: raised once, by the same numbers as all pages, told in one digest to whom they concern."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from reports.sums_by_hand import put_days, put_now, steady
from sqlalchemy import select, text

from service_desk import work
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.flow import set_alert
from service_desk.flow.digest import write_digests
from service_desk.flow.found_city import found_city
from service_desk.flow.raise_alerts import raise_changes, raise_thresholds
from service_desk.people.models import Notice
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor, Role
from service_desk.reports import alerts
from service_desk.reports.models import Alert
from service_desk.reports.rules.alerting import MOST_RULES, USUAL, Wanted

#: a Tuesday, ten in the morning
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
TYPES = ("RD-POTHOLE", "LGT-LAMP", "SAN-HOUSE", "PRK-PRUNE")
MAYOR = Actor("staff", 1, "", (Role("mayor"),))


@pytest.fixture
def at(app):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ids(city):
    """The centres' ids by number."""
    return {each.number: each.id for each in city.centres.values()}


@pytest.fixture
def only(at):
    """Let only this rule be at work. Returns its id."""

    def make(**parts):
        wanted = Wanted(
            **(
                {
                    "kind": "threshold",
                    "measure": "late",
                    "centre_id": None,
                    "service_code": "",
                    "limit_value": 5.0,
                }
                | parts
            )
        )
        with work.transaction():
            for each in alerts.rules(active_only=True):
                alerts.set_active(alerts.rule(each.id), is_active=False)
        return set_alert.add_rule(wanted, MAYOR)

    return make


def raised():
    with work.transaction():
        rows = db.session.scalars(select(Alert).order_by(Alert.id)).all()
        return [(each.centre_id, each.service_code, each.found) for each in rows]


def test_a_number_above_its_limit_is_raised_for_each_centre_that_is(owner, only, ids):
    only()
    put_now(owner, {(ids[1], ""): {"late": 5}, (ids[2], ""): {"late": 6}, (ids[3], ""): {"late": 60}})
    assert raise_thresholds() == 2
    assert raised() == [
        (ids[2], "", {"number": 6, "cases": 6, "limit": 5.0}),
        (ids[3], "", {"number": 60, "cases": 60, "limit": 5.0}),
    ]


def test_what_holds_on_is_not_raised_again_for_a_week(owner, only, ids, at):
    only()
    put_now(owner, {(ids[2], ""): {"late": 6}})
    assert [raise_thresholds(), raise_thresholds()] == [1, 0]
    at.move_to(NOW + timedelta(days=6))
    assert raise_thresholds() == 0
    at.move_to(NOW + timedelta(days=7))
    assert raise_thresholds() == 1


def test_a_stopped_rule_raises_nothing_and_a_started_one_does(owner, only, ids):
    rule_id = only()
    put_now(owner, {(ids[2], ""): {"late": 6}})
    set_alert.set_active(rule_id, MAYOR, is_active=False)
    assert raise_thresholds() == 0
    set_alert.set_active(rule_id, MAYOR, is_active=True)
    assert raise_thresholds() == 1


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"centre_id": 0}, [(0, "", 9)]),
        ({"service_code": "RD-POTHOLE", "limit_value": 2}, [(2, "RD-POTHOLE", 3)]),
        ({"service_code": None, "limit_value": 2}, [(2, "RD-POTHOLE", 3), (3, "LGT-LAMP", 6)]),
        ({"service_code": None, "centre_id": 0, "limit_value": 3}, [(0, "LGT-LAMP", 6)]),
    ],
    ids=["the whole city", "one type at each centre", "each type at each centre", "each type in the city"],
)
def test_a_rule_looks_where_it_says(owner, only, ids, parts, found):
    only(**parts)
    rows = {(ids[2], "RD-POTHOLE"): {"late": 3}, (ids[3], "LGT-LAMP"): {"late": 6}}
    put_now(owner, rows | {(ids[2], ""): {"late": 3}, (ids[3], ""): {"late": 6}})
    raise_thresholds()
    assert [(centre, service, each["number"]) for centre, service, each in raised()] == [
        (ids.get(number, 0), service, number_found) for number, service, number_found in found
    ]


def test_a_share_below_its_limit_is_raised_only_where_enough_cases_are_behind_it(owner, only, ids):
    only(measure="on_time", limit_value=70.0, is_above=False, days=7)
    day = TODAY - timedelta(days=3)
    put_days(
        owner,
        {
            (ids[1], "RD-POTHOLE", day): {"due": 40, "met": 20},
            (ids[2], "RD-POTHOLE", day): {"due": 10, "met": 1},
            (ids[3], "RD-POTHOLE", day): {"due": 40, "met": 39},
            (ids[4], "RD-POTHOLE", TODAY - timedelta(days=8)): {"due": 40, "met": 1},
        },
    )
    raise_thresholds()
    assert raised() == [(ids[1], "", {"number": 50.0, "cases": 40, "limit": 70.0})]


def test_a_type_that_rises_at_one_centre_is_raised_with_what_is_usual(owner, only, ids):
    only(kind="change", measure="received", service_code=None, limit_value=95.0)
    rows = steady(ids.values(), TYPES, TODAY)
    for back in range(1, 8):
        rows[ids[4], "LGT-LAMP", TODAY - timedelta(days=back)] = {"received": 5}
    put_days(owner, rows)
    assert raise_changes() == 1
    ((centre_id, service, found),) = raised()
    assert (centre_id, service, found["number"]) == (ids[4], "LGT-LAMP", 35)
    assert found["usual"] == pytest.approx(7, abs=1.5)
    assert found["false_share"] <= 0.05
    assert raise_changes() == 0


def test_a_rise_of_a_type_in_the_whole_city_is_one_alert(owner, only, ids):
    only(kind="change", measure="received", service_code=None, centre_id=0, limit_value=95.0)
    rows = steady(ids.values(), TYPES, TODAY)
    for number in ids.values():
        for back in range(1, 8):
            rows[number, "LGT-LAMP", TODAY - timedelta(days=back)] = {"received": 3}
    put_days(owner, rows)
    raise_changes()
    assert [(centre, service) for centre, service, _found in raised()] == [(0, "LGT-LAMP")]


def test_a_city_without_figures_raises_nothing(at):
    assert [raise_thresholds(), raise_changes()] == [0, 0]


def digests(email):
    with work.transaction():
        rows = db.session.scalars(select(Notice).where(Notice.staff_id == staff_by_email(email).id)).all()
        return [(each.at, each.items) for each in rows]


def test_one_digest_tells_management_all_and_a_manager_of_her_own(owner, only, ids):
    only()
    put_now(owner, {(ids[2], ""): {"late": 6}, (ids[5], ""): {"late": 9}})
    raise_thresholds()
    assert write_digests() == 2
    assert write_digests() == 0
    ((_at, items),) = digests("mayor@rehovot.example")
    assert len(items) == 2
    ((_at, own),) = digests("manager5@rehovot.example")
    assert own == items[1:]
    assert digests("clerk5@rehovot.example") == []
    assert digests("manager1@rehovot.example") == []


def test_at_night_an_alert_waits_for_the_morning(owner, only, ids, at):
    only()
    put_now(owner, {(ids[2], ""): {"late": 6}})
    at.move_to(datetime(2026, 11, 24, 22, 30, tzinfo=UTC))
    raise_thresholds()
    write_digests()
    ((told_at, _items),) = digests("mayor@rehovot.example")
    assert told_at == datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


def test_who_may_not_set_alerts_does_not(at, clerk):
    wanted = Wanted("threshold", "late", None, "", 5.0)
    with pytest.raises(NotAllowed):
        set_alert.add_rule(wanted, clerk)
    with pytest.raises(NotAllowed):
        set_alert.set_active(1, clerk, is_active=False)
    with pytest.raises(NotFound):
        set_alert.set_active(1, MAYOR, is_active=False)


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        ({"kind": "guess"}, {"kind": "required"}),
        ({"measure": "beauty"}, {"measure": "required"}),
        ({"kind": "change", "measure": "on_time", "limit_value": 95}, {"measure": "not_for_change"}),
        ({"kind": "change", "measure": "received", "limit_value": 100}, {"limit_value": "sureness"}),
        ({"measure": "on_time", "limit_value": 101}, {"limit_value": "percent_range"}),
        ({"limit_value": -1}, {"limit_value": "not_positive"}),
        ({"limit_value": float("nan")}, {"limit_value": "not_positive"}),
        ({"days": 0}, {"days": "days_range"}),
        ({"measure": "half", "service_code": "RD-POTHOLE"}, {"service_code": "times_are_of_all_types"}),
        ({"centre_id": -1}, {"centre_id": "required"}),
        ({"service_code": "NO-SUCH"}, {"service_code": "required"}),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_the_reason(at, parts, problems):
    usual = {
        "kind": "threshold",
        "measure": "late",
        "centre_id": None,
        "service_code": "",
        "limit_value": 5.0,
    }
    with pytest.raises(BadInput) as refused:
        set_alert.add_rule(Wanted(**(usual | parts)), MAYOR)
    assert refused.value.problems == problems


def test_the_same_rule_is_not_added_twice_and_not_without_end(at):
    set_alert.add_rule(Wanted("threshold", "late", None, "", 5.0), MAYOR)
    with pytest.raises(BadInput) as refused:
        set_alert.add_rule(Wanted("threshold", "late", None, "", 5.0), MAYOR)
    assert refused.value.problems == {"measure": "already_there"}
    with work.transaction():
        at_work = len(alerts.rules(active_only=True))
    for number in range(MOST_RULES - at_work):
        set_alert.add_rule(Wanted("threshold", "late", None, "", 100.0 + number), MAYOR)
    with pytest.raises(BadInput) as refused:
        set_alert.add_rule(Wanted("threshold", "late", None, "", 99.0), MAYOR)
    assert refused.value.problems == {"measure": "too_many_rules"}


def test_a_city_begins_with_the_usual_rules_and_an_old_one_gets_them(app, owner):
    with work.transaction():
        assert {(each.kind, each.measure) for each in alerts.rules()} == {
            (each.kind, each.measure) for each in USUAL
        }
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM alert_rules WHERE authority_id = 1"))
    found_city("rehovot")
    with work.transaction():
        assert len(alerts.rules()) == len(USUAL)


@pytest.mark.parametrize("each", USUAL, ids=lambda each: f"{each.kind} {each.measure}")
def test_each_usual_rule_would_be_accepted_and_can_be_judged(at, owner, each):
    with owner.begin() as connection:
        connection.execute(text("UPDATE alert_rules SET is_active = false"))
    set_alert.add_rule(each, MAYOR)
    assert [raise_thresholds(), raise_changes()] == [0, 0]
