"""The page of hot spots: list, map, streets, weeks and the requests behind."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime

import pytest

from service_desk import work
from service_desk.extensions import db
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.reports.models import HotSpot
from service_desk.tickets.queries import ticket_or_404

MAYOR = "mayor@rehovot.example"


@pytest.fixture
def spot(app, city, said):
    """One hot spot at centre 5 with two requests behind it."""
    ids = [receive_report(said(submission_key=f"s{n:032}"), Actor("resident")).ticket_id for n in range(2)]
    five = next(each.id for each in city.centres.values() if each.number == 5)
    with work.transaction():
        row = HotSpot(
            authority_id=1, service_code="RD-POTHOLE", centre_id=five, street="טשרניחובסקי", lon=34.81, lat=31.89, radius_m=60,
            cases=9, expected=0.04, false_share=0.001, first_day=date(2026, 10, 1), last_day=date(2026, 11, 3),
            weeks=[0] * 20 + [1, 2, 0, 1, 2, 3], ticket_ids=ids, made_at=datetime(2026, 11, 20, tzinfo=UTC),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        spot_id = row.id
    return spot_id, ids


def plain(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def test_where_nothing_stands_out_the_page_says_so(client):
    client.sign_in(MAYOR)
    assert "No place stands out" in plain(client.get("/mayor/hot-spots?lang=en"))


def test_a_place_is_said_with_street_numbers_weeks_and_leads_to_its_requests(client, spot):
    client.sign_in(MAYOR)
    page = client.get("/mayor/hot-spots?lang=en")
    text = plain(page)
    assert "Pothole in the road, טשרניחובסקי" in text
    assert "9 requests" in text
    assert "to be expected: less than 0.1" in text
    assert page.get_data(as_text=True).count("ev-bar") == 5
    for ticket_id in spot[1]:
        assert f'href="/desk/t/{ticket_id}"' in page.get_data(as_text=True)


def test_the_map_has_the_same_places_and_leads_to_the_list(client, spot):
    client.sign_in(MAYOR)
    (point,) = client.get("/mayor/hot-spots.json?lang=en").get_json()["features"]
    assert point["geometry"]["coordinates"] == [34.81, 31.89]
    assert point["properties"]["due"] == "9 requests, less than 0.1 to be expected"
    assert point["properties"]["url"].endswith(f"#spot-{spot[0]}")


def test_a_centre_sees_its_own(client, spot):
    client.sign_in("manager5@rehovot.example")
    assert "9 requests" in plain(client.get("/mayor/hot-spots?lang=en&centre=5"))
    assert "None at this centre" in plain(client.get("/mayor/hot-spots?lang=en&centre=1"))
    assert client.get("/mayor/hot-spots.json?centre=1").get_json()["features"] == []
    assert client.get("/mayor/hot-spots?centre=99").status_code == 404


def test_a_request_that_became_sensitive_is_no_longer_listed(client, spot, owner):
    ticket = ticket_or_404(spot[1][0])
    with owner.begin() as connection:
        connection.exec_driver_sql(f"UPDATE tickets SET is_sensitive = true WHERE id = {ticket.id}")
    client.sign_in(MAYOR)
    assert f"/desk/t/{ticket.id}" not in client.get("/mayor/hot-spots").get_data(as_text=True)


def test_the_page_asks_little_of_the_database(client, spot, statements):
    client.sign_in(MAYOR)
    client.get("/mayor/hot-spots")
    statements.clear()
    client.get("/mayor/hot-spots")
    assert len(statements) <= 4, statements
