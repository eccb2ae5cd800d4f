"""The page of expected times: every type, the curve of one, and whether what was told came true."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from reports.cases_by_hand import case, put_cases

from service_desk.desks.mayor.expected_drawing import curve
from service_desk.flow.make_expected import make_expected
from service_desk.reports.models import Expected

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
DAY = 24 * 60
MAYOR = "mayor@rehovot.example"


@pytest.fixture
def made(app, city, owner):
    """A year of two types; of one, centre 5 has enough of its own."""
    five = next(each.id for each in city.centres.values() if each.number == 5)
    other = next(each.id for each in city.centres.values() if each.number == 2)
    with time_machine.travel(NOW, tick=False):
        start = NOW - timedelta(days=100)
        told = {"told_half_minutes": DAY, "told_most_minutes": 4 * DAY}
        rows = [case(start, took=(1 + n % 5) * DAY, centre_id=five, **told) for n in range(60)]
        rows += [case(start, took=8 * DAY, centre_id=other, service_code="LGT-LAMP") for n in range(29)]
        rows += [case(start, took=9 * DAY, centre_id=five, service_code="LGT-LAMP") for n in range(9)]
        put_cases(owner, rows)
        make_expected()
        yield


def plain(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def test_before_the_first_night_the_page_says_that_nothing_can_be_said(client):
    client.sign_in(MAYOR)
    assert "Nothing can be said yet" in plain(client.get("/mayor/expected?lang=en"))


def test_each_type_has_its_times_and_how_often_what_was_told_came_true(client, made):
    client.sign_in(MAYOR)
    page = plain(client.get("/mayor/expected?lang=en"))
    assert "3 days" in page
    assert "80%" in page, "48 of 60 were done within the four days told"
    assert "between 68.2% and 88.2%" in page, "and how sure that is"
    assert "Nobody was told this." in page


def test_a_type_shows_its_curve_by_centre_and_the_same_as_a_table(client, made):
    client.sign_in(MAYOR)
    page = client.get("/mayor/expected?lang=en&service=RD-POTHOLE&centre=5")
    text = page.get_data(as_text=True)
    assert 'class="ev-line"' in text
    assert "Show as a table" in text
    assert re.search(r"Share done by each time\s+5\s+Keshet Marmorek", plain(page))


def test_a_centre_with_too_few_of_its_own_is_said_to_have_too_few(client, made):
    client.sign_in(MAYOR)
    page = plain(client.get("/mayor/expected?lang=en&service=LGT-LAMP&centre=2"))
    assert "too few of its own" in page


def test_the_number_of_requests_leads_to_those_received_in_the_same_days(client, made):
    client.sign_in(MAYOR)
    page = client.get("/mayor/expected?lang=en").get_data(as_text=True)
    ((href, number),) = re.findall(r'href="([^"]+service=RD-POTHOLE)">(\d+)<', page)
    assert number == "60"
    assert "figure=received" in href
    assert "days=365" in href
    assert client.get(html.unescape(href)).status_code == 200


def test_an_unknown_type_is_the_list_of_all(client, made):
    client.sign_in(MAYOR)
    assert "By type, the whole city" in plain(client.get("/mayor/expected?lang=en&service=NO-SUCH"))


def test_a_clerk_does_not_see_it(client):
    client.sign_in("clerk5@rehovot.example")
    assert client.get("/mayor/expected").status_code == 403


@pytest.mark.parametrize(("path", "most"), [("", 3), ("?service=RD-POTHOLE&centre=5", 4)])
def test_the_page_asks_little_of_the_database(client, made, statements, path, most):
    client.sign_in(MAYOR)
    client.get("/mayor/expected")
    statements.clear()
    client.get(f"/mayor/expected{path}")
    assert len(statements) <= most, statements


def test_the_curve_rises_from_nought_at_the_left_to_its_end():
    row = Expected(
        half_minutes=DAY, most_minutes=2 * DAY, most_high=3 * DAY,
        curve=[[DAY, 0.5, 0.4, 0.6], [2 * DAY, 0.05, 0.01, 0.1]],
    )  # fmt: skip
    drawn = curve(row)
    assert drawn.line.startswith("M0 100H")
    assert drawn.labels[0] == "0"
    xs = [float(x) for x in re.findall(r"H([\d.]+)", drawn.line)]
    ys = [float(y) for y in re.findall(r"V([\d.]+)", drawn.line)]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert [mark.y for mark in drawn.marks] == [50.0, 10.0]
