"""The page of alerts: what was raised with what is behind it, rules to add and stop, and the line in the digest."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import g
from reports.sums_by_hand import put_days, put_now

from service_desk import work
from service_desk.flow.digest import write_digests
from service_desk.flow.raise_alerts import raise_thresholds
from service_desk.reports import alerts
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules.alerting import OF_THRESHOLD, USUAL

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MAYOR, MANAGER = "mayor@rehovot.example", "manager5@rehovot.example"
NEW = {
    "kind": "threshold", "measure": "on_time", "centre_id": "5", "service_code": "all", "side": "below", "limit_value": "80",
    "days": "14",
}  # fmt: skip


@pytest.fixture
def at(app):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def raised(at, city, owner):
    """Centre 5 has more late ones than the usual rule allows."""
    five = next(each.id for each in city.centres.values() if each.number == 5)
    put_now(owner, {(five, ""): {"late": 61, "open": 90}})
    assert raise_thresholds() == 1


def plain(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def test_what_was_raised_is_said_with_its_number_its_limit_and_its_requests(client, raised):
    client.sign_in(MAYOR)
    page = client.get("/mayor/alerts?lang=en")
    assert "Late now 61, above 50" in plain(page)
    assert "Marmorek" in plain(page)
    (href,) = re.findall(r'href="([^"]+)">The requests behind it', page.get_data(as_text=True))
    assert "figure=late" in href
    assert "centre=5" in href
    assert client.get(html.unescape(href)).status_code == 200


def test_a_share_is_said_with_the_number_of_cases_behind_it(client, at, city, owner):
    day = date(2026, 11, 20)
    five = next(each.id for each in city.centres.values() if each.number == 5)
    put_days(owner, {(five, "RD-POTHOLE", day): {"due": 40, "met": 20}})
    assert raise_thresholds() == 1
    client.sign_in(MAYOR)
    page = client.get("/mayor/alerts?lang=en")
    assert "On time 50% of 40, below 70%" in plain(page)
    (href,) = re.findall(r'href="([^"]+)">The requests behind it', page.get_data(as_text=True))
    assert "from=2026-10-25" in href
    assert "to=2026-11-23" in href


def test_without_alerts_the_page_says_so_and_shows_what_is_watched(client, at):
    client.sign_in(MAYOR)
    page = plain(client.get("/mayor/alerts?lang=en"))
    assert "Nothing was raised." in page
    assert "more than usual in seven days, 95% sure" in page
    assert "below 70% in 30 days" in page


def test_a_rule_is_added_stopped_and_started(client, at):
    client.sign_in(MAYOR)
    client.get("/mayor/alerts?lang=en")
    assert client.post("/mayor/alerts", NEW).status_code == 303
    with work.transaction():
        rule = next(each for each in alerts.rules() if each.measure == "on_time" and each.days == 14)
        assert (rule.limit_value, rule.is_above, rule.service_code) == (80, False, "")
        rule_id = rule.id
    assert "below 80% in 14 days" in plain(client.get("/mayor/alerts?lang=en"))
    for active in ("0", "1"):
        client.post(f"/mayor/alerts/{rule_id}", {"active": active})
        with work.transaction():
            assert alerts.rule(rule_id).is_active is (active == "1")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"limit_value": "many"}, "A number is needed here."),
        ({"limit_value": "140"}, "A percentage from 0 to 100."),
        ({"days": "0"}, "From 1 to 90 days."),
        ({"days": "two"}, "From 1 to 90 days."),
        ({"measure": "x"}, "Choose one of the list."),
        ({"centre_id": "44"}, "Choose one of the list."),
        ({"centre_id": "nowhere"}, "Choose one of the list."),
        (
            {"kind": "change", "limit_value": "95"},
            "A change can be told from chance only of numbers of requests.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(client, at, wrong, said):
    client.sign_in(MAYOR)
    client.get("/mayor/alerts?lang=en")
    answer = client.post("/mayor/alerts?lang=en", NEW | wrong)
    assert answer.status_code == 422
    assert said in plain(answer)
    assert f'value="{(NEW | wrong)["limit_value"]}"' in answer.get_data(as_text=True)


def test_a_manager_reads_but_sets_nothing(client, raised):
    client.sign_in(MANAGER)
    page = client.get("/mayor/alerts?lang=en")
    assert "Late now 61, above 50" in plain(page)
    assert "Watch something else" not in plain(page)
    assert client.post("/mayor/alerts", NEW).status_code == 403


def test_the_digest_has_a_line_that_leads_to_the_alert(client, raised):
    write_digests()
    g.pop("_login_user", None)
    client.sign_in(MANAGER)
    page = client.get("/desk/notices?lang=en")
    assert "61, above 50" in plain(page)
    assert re.search(r'href="/mayor/alerts#alert-\d+"', page.get_data(as_text=True))


def test_each_measure_that_may_be_watched_can_be_said(client, at):
    client.sign_in(MAYOR)
    client.get("/mayor/alerts?lang=en")
    for measure in OF_THRESHOLD:
        assert (
            client.post("/mayor/alerts", NEW | {"measure": measure, "limit_value": "77"}).status_code == 303
        ), measure
        assert MEASURES[measure].behind
    assert client.get("/mayor/alerts?lang=he").status_code == 200
    with work.transaction():
        assert len(alerts.rules()) == len(USUAL) + len(OF_THRESHOLD)


def test_the_page_asks_little_of_the_database(client, raised, statements):
    client.sign_in(MAYOR)
    client.get("/mayor/alerts")
    statements.clear()
    client.get("/mayor/alerts")
    assert len(statements) <= 4, statements
