"""The mayor's pages: numbers that lead to their tickets, a CSV without traps, and who may look."""

import csv
import io
import re
from datetime import timedelta

import pytest

from service_desk import clock
from service_desk.desks.mayor.list_page import plain
from service_desk.flow import answer, finish, receive
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.reports.populations import FIGURES

RESIDENT = Actor("resident", 1)


@pytest.fixture
def past(app, said, clerk):
    """Three reports, one done, one reopened, at the true time of day."""

    def one(**parts):
        return receive.receive_report(said(**parts), RESIDENT).ticket_id

    done, again, waiting = one(), one(), one(text="=HYPERLINK(evil) 0501112233", person_name="דנה כהן")
    for ticket_id in (done, again):
        finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(again, RESIDENT, "עדיין בור")
    return [done, again, waiting]


def _total(page) -> int:
    found = re.search(r"<h1[^>]*>[^<]*<bdi[^>]*>([\d,.\s]+)</bdi>", page.get_data(as_text=True))
    return int(re.sub(r"\D", "", found.group(1)))


def test_the_overview_says_its_figures_in_eight_statements(client, past, statements):
    client.sign_in("mayor@rehovot.example")
    statements.clear()
    page = client.get("/mayor/?lang=en")
    assert page.status_code == 200
    assert len(statements) <= 8, statements
    body = page.get_data(as_text=True)
    assert "How the city keeps its promises" in body
    assert "too few to compare" in body
    assert body.count('class="m-fig"') == 5
    assert body.count('class="m-col"') == 7


@pytest.mark.parametrize("figure", FIGURES)
def test_each_figure_leads_to_its_tickets(client, past, figure):
    client.sign_in("mayor@rehovot.example")
    page = client.get(f"/mayor/list?figure={figure}&days=30&lang=en")
    assert page.status_code == 200
    rows = page.get_data(as_text=True).count("/desk/t/") or len(
        re.findall(r"<tr><td>", page.get_data(as_text=True))
    )
    assert rows == _total(page)
    sheet = client.get(f"/mayor/list.csv?figure={figure}&days=30")
    assert len(list(csv.reader(io.StringIO(sheet.get_data().decode("utf-8-sig"))))) == _total(page) + 1


def test_numbers_of_the_table_are_the_numbers_of_the_lists(client, past):
    client.sign_in("manager5@rehovot.example")
    body = client.get("/mayor/?lang=en").get_data(as_text=True)
    links = re.findall(r'<td><a href="(/mayor/list\?[^"]+)">(\d+)</a>', body)
    assert len(links) >= 7 * 8, "seven centres and the city, each number a link"
    for href, number in {
        href: number for href, number in links if number != "0" or "centre=5" in href
    }.items():
        assert _total(client.get(href.replace("&amp;", "&") + "&lang=en")) == int(number), href


@pytest.mark.parametrize("figure", ["received", "done"])
def test_a_list_goes_on_after_fifty_and_back(client, said, clerk, figure):
    for n in range(103):
        ticket_id = receive.receive_report(
            said(place=SaidPlace("address", line=f"הרצל {n + 1}"), phone=""), RESIDENT
        ).ticket_id
        finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    client.sign_in("mayor@rehovot.example")

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
    client.sign_in("mayor@rehovot.example")
    for name in ("after", "before"):
        page = client.get(f"/mayor/list?figure=due&{name}={place}&seen=99999999999")
        assert page.status_code == 200


def test_the_csv_says_nothing_about_a_person(client, past):
    client.sign_in("mayor@rehovot.example")
    answer_ = client.get("/mayor/list.csv?figure=received&days=7")
    text = answer_.get_data().decode("utf-8-sig")
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
    client.sign_in("mayor@rehovot.example")
    today = clock.local(clock.now()).date()
    good = client.get(f"/mayor/?from={today - timedelta(days=3)}&to={today}&lang=en").get_data(as_text=True)
    assert f"from={today - timedelta(days=3)}&amp;to={today}" in good
    for wrong in (
        "from=x&to=y",
        f"from={today}&to={today - timedelta(days=3)}",
        "from=2026-01-01",
        "days=%00",
    ):
        page = client.get(f"/mayor/?{wrong}&lang=en")
        assert page.status_code == 200
    assert "These dates make no period" in client.get("/mayor/?from=x&to=y&lang=en").get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["", "figure=satisfaction", "figure=late&centre=99", "figure=late&centre=x"]
)
def test_a_figure_or_centre_that_is_not_there_is_not_found(client, query):
    client.sign_in("mayor@rehovot.example")
    assert client.get(f"/mayor/list?{query}").status_code == 404
    assert client.get(f"/mayor/list.csv?{query}").status_code == 404


@pytest.mark.parametrize("path", ["/mayor/", "/mayor/list?figure=late", "/mayor/list.csv?figure=late"])
def test_clerks_and_strangers_do_not_see_the_figures(client, path):
    assert client.get(path).status_code == 302
    client.sign_in("clerk5@rehovot.example")
    assert client.get(path).status_code == 403
