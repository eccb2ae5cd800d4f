"""The mayor's pages: figures that lead to their tickets, the words beside them, a CSV without traps, and who may look."""

import csv
import html
import io
import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from service_desk import clock
from service_desk.clock import CITY_ZONE
from service_desk.desks.mayor import overview_page, words
from service_desk.extensions import db
from service_desk.flow import answer, finish, receive
from service_desk.flow.breach import record_breaches
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.reports.exporting import plain
from service_desk.reports.measures import MEASURES
from service_desk.reports.models import FigureDay, FigureNow, FigureSpread, FigureState
from service_desk.reports.populations import FIGURES
from service_desk.reports.rules import DEFINITIONS, Steps, usual_days

RESIDENT = Actor("resident", 1)
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
MAYOR = "mayor@rehovot.example"


@pytest.fixture(autouse=True)
def a_friday_morning(app):
    """The same day for all, and no figures of another test remembered."""
    overview_page.forget()
    with time_machine.travel(NOW):
        yield
    overview_page.forget()


def _noon(days_ago: int) -> datetime:
    day = clock.local(clock.now()).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(12), CITY_ZONE).astimezone(UTC)


@pytest.fixture
def past(app, said, clerk, counted):
    """Three reports of twenty days ago: one done, one done and reopened, one left alone; two are late. And one of today."""
    with time_machine.travel(_noon(20)):
        done, again, waiting = (receive.receive_report(said(**parts), RESIDENT).ticket_id for parts in (
            {}, {}, {"text": "=HYPERLINK(evil) 0501112233", "person_name": "דנה כהן"},
        ))  # fmt: skip
    with time_machine.travel(_noon(19)):
        for ticket_id in (done, again):
            finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    with time_machine.travel(_noon(18)):
        answer.say_not_done(again, RESIDENT, "עדיין בור")
    record_breaches()
    new = receive.receive_report(said(), RESIDENT).ticket_id
    counted()
    return [done, again, waiting, new]


def _text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)).split())


def _total(page) -> int:
    found = re.search(r"<h1[^>]*>[^<]*<bdi[^>]*>([\d,.\s]+)</bdi>", page.get_data(as_text=True))
    return int(re.sub(r"\D", "", found.group(1)))


def _rows(page) -> int:
    return len(re.findall(r"<tr><td>", page.get_data(as_text=True)))


@pytest.fixture
def year(app, city):
    """Sums of the last 30 days, the 30 before and the same a year ago, written by hand for centres 5 and 6."""
    five, six = (next(each.id for each in city.centres.values() if each.number == n) for n in (5, 6))
    today = clock.local(clock.now()).date()
    days = usual_days(today)

    def day(when, centre, **counts):
        db.session.add(FigureDay(authority_id=1, service_code="", day=when, centre_id=centre, **counts))

    def spread(when, centre, measure, minutes):
        kept = Steps.of(minutes).kept
        for span, first in (("day", when), ("month", when.replace(day=1))):
            db.session.add(
                FigureSpread(
                    authority_id=1, measure=measure, span=span, day=first, centre_id=centre, steps=kept
                )
            )

    day(
        days.last,
        five,
        received=35,
        hazards=2,
        due=100,
        met=90,
        done=60,
        came_back=3,
        said_yes=40,
        said_no=10,
        ended=40,
        without_work=4,
    )
    day(
        days.last,
        six,
        received=7,
        due=4,
        met=1,
        breached=2,
        done=12,
        said_yes=2,
        said_no=1,
        ended=3,
        without_work=1,
    )
    day(days.before.last, five, due=100, met=80, done=50, came_back=5)
    day(days.year_ago.last, five, due=200, met=196, done=150)
    day(today, five, received=6, breached=1)
    spread(days.last, five, "resolve", [60] * 30 + [600] * 30)
    spread(days.last, six, "resolve", [120] * 12)
    db.session.add(FigureNow(authority_id=1, service_code="", centre_id=five, open=50, late=8, hazards=3))
    db.session.add(FigureState(authority_id=1, counted_at=clock.now(), definitions=DEFINITIONS))
    db.session.commit()
    return days


def _row(body: str, code: str) -> list[str]:
    """Return the texts of a row of the table of centres: the city, then centres 1 to 7."""
    row = re.search(rf'<tr data-code="{code}">(.*?)</tr>', body, re.DOTALL).group(1)
    return [
        " ".join(re.sub(r"<[^>]+>", " ", cell).split())
        for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    ]


def test_the_overview_takes_ten_statements_and_two_within_seconds(client, past, statements):
    client.sign_in(MAYOR)
    statements.clear()
    page = client.get("/mayor/?lang=en")
    assert page.status_code == 200
    assert len(statements) <= 10, statements
    statements.clear()
    client.get("/mayor/?lang=en")
    assert len(statements) <= 2, statements


def test_the_overview_says_today_what_waits_and_five_figures(client, past):
    client.sign_in(MAYOR)
    page = client.get("/mayor/?lang=en")
    body, text = page.get_data(as_text=True), _text(page)
    assert "How the city keeps its promises" in text
    assert "1 new today" in text
    assert "2 late now" in text
    assert "Waits for a decision Nothing waits." in text
    assert body.count('class="m-fig"') == 5
    assert body.count('class="m-col') == 7
    assert "too few to compare" in text


def test_each_measure_stands_in_the_table_with_its_one_definition(client, year):
    client.sign_in(MAYOR)
    body = client.get("/mayor/?lang=en").get_data(as_text=True)
    assert set(re.findall(r'<tr data-code="(\w+)">', body)) == set(MEASURES) - {"met"}
    assert set(words.NAME) >= set(MEASURES) | set(FIGURES)
    assert set(words.DEFINITION) >= set(MEASURES) | set(FIGURES)
    for code in MEASURES:
        if code != "met":
            assert str(words.DEFINITION[code]) in html.unescape(body)


def test_few_cases_are_marked_and_fewer_than_five_are_not_shown(client, year):
    client.sign_in(MAYOR)
    body = client.get("/mayor/?lang=en").get_data(as_text=True)
    on_time = _row(body, "on_time")
    assert (on_time[0], on_time[5], on_time[6]) == ("87.5%", "90%", "fewer than 5")
    assert on_time[1] == "–", "nothing fell due there"
    assert _row(body, "half")[6] == "2 hours (12)", "twelve are shown, and said to be few"
    assert _row(body, "satisfaction")[5] == "80%"
    assert _row(body, "satisfaction")[6] == "fewer than 5"
    assert _row(body, "response")[6] == "25% (12)"
    assert _row(body, "without_work")[5] == "10%"
    assert _row(body, "due")[6] == "4", "a count is never hidden from those who may open its tickets"
    cell = re.search(r'<tr data-code="on_time">.*?</tr>', body, re.DOTALL).group()
    assert "centre=6" not in cell, "no list behind a figure that is not shown"


def test_arrivals_are_held_against_those_who_live_there(client, city, year):
    client.sign_in(MAYOR)
    body = client.get("/mayor/?lang=en").get_data(as_text=True)
    residents = next(a.residents for a in city.areas.values() if city.centre_of_area(a.code).number == 5)
    assert _row(body, "per_1000")[5] == f"{round(35 * 1000 / residents, 1):g}"
    assert _row(body, "received")[5] == "35"


def test_changes_are_against_the_days_before_and_the_same_days_a_year_ago(client, year):
    client.sign_in(MAYOR)
    text = _text(client.get("/mayor/?lang=en"))
    # 91 of 104 now, 80 of 100 before, 196 of 200 a year ago
    assert "7.5 points more than before" in text
    assert "10.5 points fewer than a year ago" in text
    assert f"30 whole days: {words.day(year.first)}" in text or "30 whole days" in text


def test_today_and_yesterday_stand_apart_from_whole_days(client, year):
    client.sign_in(MAYOR)
    page = client.get("/mayor/?lang=en")
    assert "6 new today" in _text(page)
    assert "3 became late since yesterday" in _text(page)
    assert _row(page.get_data(as_text=True), "received")[0] == "42", (
        "today is not over, so it is not in the days"
    )


def test_a_manager_sees_the_same_numbers_with_the_own_centre_marked(client, year):
    client.sign_in(MAYOR)
    mayor = client.get("/mayor/?lang=en").get_data(as_text=True)
    assert "my centre" not in mayor
    client.post("/staff/logout")
    client.sign_in("manager5@rehovot.example")
    manager = client.get("/mayor/?lang=en").get_data(as_text=True)
    assert manager.count("my centre") == 2
    for code in MEASURES.keys() - {"met"}:
        assert _row(manager, code) == _row(mayor, code)


@pytest.mark.parametrize("when", ["days=30", "on=today", "on=yesterday"])
def test_each_figure_leads_to_its_tickets(client, past, when):
    client.sign_in(MAYOR)
    for figure in FIGURES:
        page = client.get(f"/mayor/list?figure={figure}&{when}&lang=en")
        assert page.status_code == 200
        assert _rows(page) == _total(page)
        sheet = client.get(f"/mayor/list.csv?figure={figure}&{when}")
        assert len(list(csv.reader(io.StringIO(sheet.get_data().decode("utf-8-sig"))))) == _total(page) + 1


def test_numbers_of_the_table_are_the_numbers_of_the_lists(client, past):
    client.sign_in("manager5@rehovot.example")
    body = client.get("/mayor/?lang=en").get_data(as_text=True)
    rows = re.findall(r'<tr data-code="(\w+)">(.*?)</tr>', body, re.DOTALL)
    counts = "".join(row for code, row in rows if MEASURES[code].unit == "cases")
    links = re.findall(r'<td[^>]*><a href="(/mayor/list\?[^"]+)">(\d+)</a>', counts)
    assert len(links) >= 10
    for href, number in set(links):
        assert _total(client.get(href.replace("&amp;", "&") + "&lang=en")) == int(number), href
    strip = re.findall(r'<li><a href="(/mayor/list\?[^"]+)"><b[^>]*><bdi>(\d+)', body)
    assert len(strip) == 4
    for href, number in strip:
        assert _total(client.get(href.replace("&amp;", "&") + "&lang=en")) == int(number), href


def test_a_list_can_be_of_one_type_and_takes_two_statements(client, past, statements):
    client.sign_in(MAYOR)
    all_types = _total(client.get("/mayor/list?figure=received&days=30&lang=en"))
    statements.clear()
    page = client.get("/mayor/list?figure=received&days=30&service=RD-POTHOLE&lang=en")
    assert len([each for each in statements if "figures" in each]) == 2
    assert _total(page) == all_types
    assert _total(client.get("/mayor/list?figure=received&days=30&service=LGT-LAMP&lang=en")) == 0
    assert client.get("/mayor/list?figure=received&service=NO-SUCH").status_code == 404


@pytest.mark.parametrize("figure", ["received", "done"])
def test_a_list_goes_on_after_fifty_and_back(client, said, clerk, counted, figure):
    with time_machine.travel(_noon(2)):
        for n in range(103):
            place = SaidPlace("address", line=f"הרצל {n + 1}")
            ticket_id = receive.receive_report(said(place=place, phone=""), RESIDENT).ticket_id
            finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    counted()
    client.sign_in(MAYOR)

    def turn(page: str, rel: str) -> str:
        href = re.search(rf'rel="{rel}" href="([^"]+)"', page).group(1).replace("&amp;", "&")
        return client.get(href).get_data(as_text=True)

    def shown(page: str) -> list[str]:
        return re.findall(r'/desk/t/(\d+)"', page)

    first = client.get(f"/mayor/list?figure={figure}&days=7&lang=en").get_data(as_text=True)
    second = turn(first, "next")
    third = turn(second, "next")
    said_where = [re.search(r"[\d]+–[\d]+ of 103", page).group() for page in (first, second, third)]
    assert said_where == ["1–50 of 103", "51–100 of 103", "101–103 of 103"]
    assert len({*shown(first), *shown(second), *shown(third)}) == 103
    assert 'rel="next"' not in third
    assert shown(turn(third, "prev")) == shown(second)
    assert shown(turn(second, "prev")) == shown(first)


@pytest.mark.parametrize("place", ["x", "1", "1.2", "99999999999999999.1.1", "1.2.3.4", "%00", "-1.1.1"])
def test_a_place_that_is_none_still_gives_a_page(client, past, place):
    client.sign_in(MAYOR)
    for name in ("after", "before"):
        page = client.get(f"/mayor/list?figure=due&{name}={place}&seen=99999999999")
        assert page.status_code == 200


def test_the_csv_says_nothing_about_a_person(client, past):
    client.sign_in(MAYOR)
    answer_ = client.get("/mayor/list.csv?figure=received&days=30")
    text = answer_.get_data().decode("utf-8-sig")
    assert text.count("\n") == 4
    assert answer_.mimetype == "text/csv"
    assert "attachment" in answer_.headers["Content-Disposition"]
    for personal in ("972502345678", "0501112233", "דנה", "HYPERLINK", "תחנת האוטובוס"):
        assert personal not in text


@pytest.mark.parametrize("cell", ["=1+1", "+972", "-2", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_plain(cell):
    assert plain(cell) == f"'{cell}"


def test_other_cells_stay_as_they_are():
    assert [plain(cell) for cell in ("", "הרצל 5", "482-1937")] == ["", "הרצל 5", "482-1937"]


def test_a_period_of_dates_is_kept_in_links_and_nonsense_is_said(client, past):
    client.sign_in(MAYOR)
    today = clock.local(clock.now()).date()
    first, last = today - timedelta(days=25), today - timedelta(days=1)
    good = client.get(f"/mayor/?from={first}&to={last}&lang=en").get_data(as_text=True)
    assert f"from={first}&amp;to={last}" in good
    for wrong in (
        "from=x&to=y",
        f"from={today}&to={first}",
        "from=2026-01-01",
        "days=%00",
        f"from={today}&to={today}",
    ):
        page = client.get(f"/mayor/?{wrong}&lang=en")
        assert page.status_code == 200
        assert ("These dates make no period" in page.get_data(as_text=True)) == wrong.startswith("from")


@pytest.mark.parametrize(
    "query", ["", "figure=joy", "figure=late&centre=99", "figure=late&centre=x", "figure=late&service=x"]
)
def test_a_figure_or_centre_that_is_not_there_is_not_found(client, query):
    client.sign_in(MAYOR)
    assert client.get(f"/mayor/list?{query}").status_code == 404
    assert client.get(f"/mayor/list.csv?{query}").status_code == 404


@pytest.mark.parametrize(
    "path", ["/mayor/", "/mayor/list?figure=late", "/mayor/list.csv?figure=late", "/mayor/pictures"]
)
def test_clerks_and_strangers_do_not_see_the_figures(client, path):
    assert client.get(path).status_code == 302
    client.sign_in("clerk5@rehovot.example")
    assert client.get(path).status_code == 403
