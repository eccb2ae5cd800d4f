"""Pictures of a measure: areas, lines and times say what the table says; and from whom to whom requests went."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from service_desk import clock
from service_desk.desks.mayor import overview_page
from service_desk.desks.mayor.pictures_series import points
from service_desk.desks.mayor.pictures_times import bars
from service_desk.extensions import db
from service_desk.flow import finish, receive
from service_desk.people.rules import Actor
from service_desk.reports.handovers import ENDED, REPORTED, handovers
from service_desk.reports.measures import MEASURES
from service_desk.reports.models import FigureDay, FigureSpread
from service_desk.reports.rules import Days, Steps, month_of, usual_days

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MAYOR = "mayor@rehovot.example"


@pytest.fixture(autouse=True)
def a_friday_morning(app):
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def year(app, city):
    """Two years of centre 5, a day in each month, better each month; centre 6 has few; the others nothing."""
    five, six = (next(each.id for each in city.centres.values() if each.number == n) for n in (5, 6))
    first = month_of(clock.local(clock.now()).date())
    for back in range(25):
        day = first + timedelta(days=2)
        db.session.add(
            FigureDay(
                authority_id=1,
                service_code="",
                day=day,
                centre_id=five,
                received=40,
                due=100,
                met=99 - 2 * back,
                done=40,
            )
        )
        kept = Steps.of([60 * (back + 1)] * 39 + [6000]).kept
        for span, begin in (("day", day), ("month", first)):
            db.session.add(
                FigureSpread(
                    authority_id=1, measure="resolve", span=span, day=begin, centre_id=five, steps=kept
                )
            )
        first = month_of(first - timedelta(days=1))
    db.session.add(
        FigureDay(authority_id=1, service_code="", day=date(2026, 11, 3), centre_id=six, due=12, met=12)
    )
    db.session.commit()


def _cells(body: str, caption: str) -> list[list[str]]:
    table = re.search(rf'<caption class="sr">{caption}</caption>(.*?)</table>', body, re.DOTALL).group(1)
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_every_measure_has_its_pictures_in_five_statements(client, year, statements):
    client.sign_in(MAYOR)
    for code in MEASURES:
        overview_page.forget()
        statements.clear()
        page = client.get(f"/mayor/pictures?measure={code}&lang=en")
        assert page.status_code == 200
        asked = [each for each in statements if "figures_" in each]
        assert len(asked) == (3 if MEASURES[code].is_now else 4), code
    for wrong in ("measure=x", "by=day", "centre=9"):
        assert client.get(f"/mayor/pictures?{wrong}").status_code == 404


def test_an_area_says_its_value_its_shade_and_leads_to_its_tickets(client, year):
    client.sign_in(MAYOR)
    body = client.get("/mayor/pictures?measure=on_time&lang=en").get_data(as_text=True)
    rows = {row[0].split()[0]: row[1:] for row in _cells(body, "On time")[1:] if row[0][:1].isdigit()}
    assert rows["5"] == ["99%", "100"]
    assert rows["6"] == ["too few", "12"], "twelve cases are not drawn beside a hundred"
    assert rows["1"] == ["too few", "0"]
    shades = re.findall(r'<title>(\d) · .*?</title><path class="pa-area pa-s(\d)"', body)
    assert dict(shades) == {"1": "0", "2": "0", "3": "0", "4": "0", "5": "3", "6": "0", "7": "0"}
    assert re.search(
        r'<a href="/mayor/list\?figure=due&amp;centre=5&amp;days=30" aria-label="5 · [^"]*: 99%"', body
    )


def test_a_line_of_months_stands_beside_last_year_s_and_in_its_table(client, year):
    client.sign_in(MAYOR)
    body = client.get("/mayor/pictures?measure=on_time&lang=en&centre=5").get_data(as_text=True)
    assert len(re.findall(r'<path class="pc-line pc-(?:now|before)" d="M', body)) >= 2
    table = re.search(r'<table class="m-list pc-table">.*?</table>', body, re.DOTALL).group()
    rows = _cells(table, "On time")
    assert rows[0] == ["Begins on", "This year", "A year before"]
    assert len(rows) == 13
    assert rows[1] == ["October 2026", "97%", "73%"]
    assert rows[12] == ["November 2025", "75%", "51%"]
    october = re.search(r'href="([^"]+)">97%', table).group(1).replace("&amp;", "&")
    assert client.get(october).status_code == 200
    assert "from=2026-10-01&to=2026-10-31" in october
    by_week = client.get("/mayor/pictures?measure=half&by=week&lang=en").get_data(as_text=True)
    assert (
        len(
            _cells(
                re.search(r'<table class="m-list pc-table">.*?</table>', by_week, re.DOTALL).group(),
                "Time until done, half of them",
            )
        )
        == 27
    )


def test_spans_are_over_and_a_year_apart():
    for by in ("week", "month"):
        shown, before = points(by, date(2026, 11, 20))
        assert max(shown) < date(2026, 11, 20)
        assert len(shown) == len(before)
        assert all(340 < (a - b).days < 370 for a, b in zip(shown, before, strict=True))
    assert points("month", date(2026, 1, 31))[0][-1] == date(2025, 12, 1)
    assert points("week", date(2026, 11, 22))[0][-1] == date(2026, 11, 15), (
        "a Sunday begins a week that is not over"
    )


def test_bars_of_times_hold_every_case_and_mark_the_half(app):
    with app.test_request_context():
        found = bars(Steps.of([30] * 6 + [300] * 3 + [3000]))
    assert sum(each.cases for each in found) == 10
    assert [each.cases for each in found if each.has_half] == [6]
    assert [each.cases for each in found if each.has_most] == [3]
    assert max(each.width for each in found) == 100
    assert found[-1].cases, "nothing empty at the long end"


def test_no_time_is_said_of_fewer_than_five(client, app):
    client.sign_in(MAYOR)
    page = client.get("/mayor/pictures?lang=en").get_data(as_text=True)
    assert "Fewer than 5 cases: nothing is shown." in page
    assert "Too few cases for a line." in page


def test_handovers_follow_each_request_from_its_report_to_its_end(app, said, clerk, counted):
    with time_machine.travel(NOW - timedelta(days=3)):
        ids = [receive.receive_report(said(), Actor("resident", 1)).ticket_id for _ in range(3)]
    with time_machine.travel(NOW - timedelta(days=2)):
        finish.resolve_ticket(ids[0], None, clerk, "seen_by_staff", "תוקן")
    counted()
    days = usual_days(clock.local(clock.now()).date())
    found = handovers(days)
    assert found.tickets == 3
    passed = {(each.source, each.target): each for each in found.rows}
    assert sum(each.times for each in found.rows if each.source == REPORTED) == 3
    done = [each for each in found.rows if each.target == "resident"]
    assert sum(each.times for each in done) == 1
    assert 20 < done[0].hours < 28
    assert (REPORTED, ENDED) not in passed
    assert handovers(Days(date(2020, 1, 1), date(2020, 1, 31))).rows == []


def test_the_holders_page_shows_ways_taken_five_times_and_more(client, said, clerk, counted):
    with time_machine.travel(NOW - timedelta(days=3)):
        for _each in range(6):
            receive.receive_report(said(phone=""), Actor("resident", 1))
    counted()
    client.sign_in(MAYOR)
    page = client.get("/mayor/holders?lang=en").get_data(as_text=True)
    rows = _cells(page, "From whom to whom")
    assert rows[1][0] == "The report"
    assert rows[1][2:4] == ["100", "6"]


def test_the_week_is_on_the_city_s_clock_and_adds_up_to_what_was_received(client, said, counted, statements):
    for day, hour in (
        (17, 5),
        (17, 5),
        (18, 21),
        (19, 22),
    ):  # Tuesday 07, 07, Wednesday 23, Friday 00 in the city
        with time_machine.travel(datetime(2026, 11, day, hour, 30, tzinfo=UTC)):
            receive.receive_report(said(phone=""), Actor("resident", 1))
    counted()
    client.sign_in(MAYOR)
    statements.clear()
    body = client.get("/mayor/week?days=7&lang=en").get_data(as_text=True)
    assert len([each for each in statements if "figures_" in each]) == 1
    rows = _cells(body, "By hour and weekday")
    by_day = {row[0]: row[1:] for row in rows[1:]}
    assert list(by_day) == ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    assert (by_day["Tuesday"][7], by_day["Tuesday"][24]) == ("2", "2")
    assert by_day["Wednesday"][23] == "1"
    assert by_day["Thursday"][24] == "0"
    assert by_day["Friday"][24] == "0", "Friday is today, which is not over"
    assert "3 reports" in body
    assert "Most come on Tuesday, 07:00–08:00: 2." in re.sub(r"</?bdi[^>]*>", "", body)
    elsewhere = client.get("/mayor/week?days=7&centre=1&lang=en").get_data(as_text=True)
    assert "0 reports" in elsewhere
