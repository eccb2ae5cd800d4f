"""Open data: the same numbers as the overview, by the published schema, and nothing that leads to a person."""

import csv
import io
import json
import re
from collections import Counter
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from sqlalchemy import update

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.filters import today
from service_desk.desks.opendata import door
from service_desk.desks.opendata.shelf import Shelf
from service_desk.extensions import db
from service_desk.flow import count_figures
from service_desk.flow.demo import seed_past
from service_desk.reports.exporting import FORMULAIC
from service_desk.reports.models import FigureCase
from service_desk.reports.opendata import months
from service_desk.reports.opendata.fields import GRIDS_M, REQUESTS, TOGETHER, names
from service_desk.reports.opendata.months import Cell, thinned
from service_desk.reports.opendata.rows import write_csv
from service_desk.reports.rules import Days, usual_days
from service_desk.reports.sums import CITY, sums
from service_desk.tickets.models import Ticket

TICKETS = 400


@pytest.fixture
def shelf(app):
    """An empty shelf: another test's files are not served here, nor this one's there."""
    door.SHELF.forget()
    yield door.SHELF
    door.SHELF.forget()


@pytest.fixture
def opened(app, shelf):
    """A past of three months, counted: a quarter of it at one door, a quarter strewn over some streets, the rest anywhere."""
    seed_past(tickets=TICKETS, months=3, lean=True)
    street = min(each.name for each in city_map().streets.values())
    for number, ticket in enumerate(db.session.query(Ticket).order_by(Ticket.id)):
        if number % 4 == 0 and ticket.lon is not None:
            ticket.lon, ticket.lat, ticket.address = 34.8120011, 31.8940007, f"{street} 7"
        elif number % 4 == 1 and ticket.lon is not None:
            ticket.lon, ticket.lat = 34.8 + number % 37 * 1e-4, 31.89 + number % 29 * 1e-4
    db.session.commit()
    # From scratch: nothing that happened says that the places are others now.
    count_figures.rebuild()


def _rows(client, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


@pytest.fixture
def rows(client, opened):
    """The requests of every year that there is a file of."""
    return [row for year in door.years() for row in _rows(client, f"/open/requests.csv?year={year}")]


def test_the_files_sum_to_the_overview_s_numbers_for_the_same_days(rows):
    present = today()
    for days in (
        usual_days(present),
        usual_days(present, 7),
        Days(present - timedelta(days=80), present - timedelta(days=31)),
    ):
        whole = sums(days, by="city")[CITY]

        def on(name: str, row, days=days) -> bool:
            return bool(row[name]) and date.fromisoformat(row[name]) in days

        assert (
            sum(on("received_on", row) and row["is_again"] == "false" for row in rows) == whole.received > 0
        )
        assert sum(on("done_on", row) for row in rows) == whole.done > 0
        judged = [row for row in rows if on("due_on", row) and row["in_time"]]
        assert (len(judged), sum(row["in_time"] == "true" for row in judged)) == (whole.due, whole.met)


def _fits(text: str, field: dict) -> bool:
    """Say whether a cell is of its field's type and within its constraints, as the Table Schema has it."""
    limits = field.get("constraints", {})
    if text == "":
        return not limits.get("required", False)
    kind, value = field["type"], text
    if kind == "date":
        return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None and bool(date.fromisoformat(text))
    if kind == "boolean":
        return text in field["trueValues"] + field["falseValues"]
    if kind in {"integer", "number"}:
        value = int(text) if kind == "integer" else float(text)
        low, high = limits.get("minimum", value), limits.get("maximum", value)
        return low <= value <= high and value in limits.get("enum", [value])
    pattern = limits.get("pattern", ".*")
    return re.fullmatch(pattern, text) is not None and text in limits.get("enum", [text])


def test_what_is_served_is_what_the_schema_says(client, opened):
    package = json.loads(client.get("/open/schema.json").get_data())
    tables = package["resources"]
    assert [each["name"] for each in tables][-1] == "figures"
    assert len(tables) == door.YEARS + 1
    seen = 0
    for table in tables:
        path = table["path"].removeprefix("http://localhost")
        answer = client.get(path)
        assert answer.mimetype == table["mediatype"]
        lines = list(csv.reader(io.StringIO(answer.get_data().decode(table["encoding"]))))
        columns = table["schema"]["fields"]
        assert lines[0] == [each["name"] for each in columns]
        for line in lines[1:]:
            assert len(line) == len(columns)
            wrong = [
                (each["name"], cell)
                for each, cell in zip(columns, line, strict=True)
                if not _fits(cell, each)
            ]
            assert wrong == [], path
            seen += 1
    assert seen > TICKETS


def test_every_place_and_street_is_shared_by_enough_others(rows):
    for year in door.years():
        of_year = [row for row in rows if row["received_on"].startswith(str(year)) and row["service"]]
        squares = Counter((row["lon"], row["lat"], row["grid_m"]) for row in of_year if row["grid_m"])
        streets = Counter(
            (row["lon"], row["lat"], row["grid_m"], row["street"]) for row in of_year if row["street"]
        )
        assert all(number >= TOGETHER for number in squares.values())
        assert all(number >= TOGETHER for number in streets.values())
        topics = Counter(row["service"] for row in of_year)
        assert all(number >= TOGETHER for number in topics.values())
    assert any(row["grid_m"] for row in rows)
    assert {row["withheld"] for row in rows} == {"", "sensitive", "few", "place"}


def test_what_came_of_requests_after_their_year_was_over_is_told_too(app, opened):
    into, last = BytesIO(), today() - timedelta(days=31)
    write_csv(Days(last - timedelta(days=30), last), into)
    found = list(csv.DictReader(io.StringIO(into.getvalue().decode())))
    done = [date.fromisoformat(row["done_on"]) for row in found if row["done_on"]]
    assert last < max(done) < today()
    judged = [date.fromisoformat(row["due_on"]) for row in found if row["in_time"]]
    assert last < max(judged) < today()


def test_what_was_done_today_is_open_until_the_file_tells_its_day(app, opened):
    def statuses():
        """The rows by their status, and by whether a day of their end is told."""
        into = BytesIO()
        write_csv(Days(today() - timedelta(days=90), today() - timedelta(days=1)), into)
        rows = csv.DictReader(io.StringIO(into.getvalue().decode()))
        return Counter((row["status"], bool(row["done_on"])) for row in rows if row["status"])

    before = statuses()
    assert before["done", True] > 0
    db.session.execute(update(FigureCase).where(FigureCase.done_day.is_not(None)).values(done_day=today()))
    db.session.commit()
    after = statuses()
    assert sum(count for (_status, is_told), count in after.items() if is_told) == 0
    was_done = before["done", True] + before["without_work", True]
    assert after["open", False] == before["open", False] + was_done
    assert after["ended", False] == before["ended", False]


def test_no_place_is_nearer_than_its_square(app, opened):
    """A published point is the middle of a square: no ticket's own point, and no more than half a diagonal away."""
    into = BytesIO()
    write_csv(Days(today() - timedelta(days=60), today() - timedelta(days=1)), into)
    found = list(csv.DictReader(io.StringIO(into.getvalue().decode())))
    placed = {(float(row["lon"]), float(row["lat"])) for row in found if row["lon"]}
    own = {(lon, lat) for lon, lat in db.session.query(Ticket.lon, Ticket.lat) if lon is not None}
    assert placed
    assert not placed & own
    assert all((row["lon"] == "") == (row["lat"] == "") == (row["grid_m"] == "") for row in found)
    assert {row["grid_m"] for row in found} <= {"", *map(str, GRIDS_M)}


def test_sensitive_requests_are_counted_by_their_days_and_not_described(rows):
    hidden = {each.code for each in catalogue().types.values() if each.is_sensitive or not each.is_public}
    assert not hidden & {row["service"] for row in rows}
    bare = [row for row in rows if row["withheld"] == "sensitive"]
    first = date(door.years()[-1], 1, 1)
    there = [
        case
        for case in db.session.query(FigureCase)
        if (case.is_sensitive or case.service_code in hidden) and case.opened_day and case.opened_day >= first
        and case.opened_day < today()
    ]  # fmt: skip
    assert len([row for row in bare if row["received_on"]]) == len(there) > 0
    for row in bare:
        told = {name for name, value in row.items() if value} - {"withheld"}
        assert told in ({"received_on", "is_again"}, {"due_on", "in_time"}, {"done_on"})


def test_dangers_have_no_place(app, opened):
    db.session.query(FigureCase).filter(FigureCase.is_hazard.is_(False)).delete()
    into = BytesIO()
    write_csv(Days(today() - timedelta(days=90), today() - timedelta(days=1)), into)
    found = list(csv.DictReader(io.StringIO(into.getvalue().decode())))
    db.session.rollback()
    assert len(found) > TOGETHER
    assert not any(row["lon"] or row["lat"] or row["grid_m"] or row["street"] for row in found)


def test_no_words_names_numbers_or_formulas_are_in_the_files(client, rows):
    streets = {each.name for each in city_map().streets.values()}
    assert {row["street"] for row in rows} - {""} <= streets
    assert not any(re.search(r"\d", row["street"]) and row["street"] not in streets for row in rows)
    text = "".join(
        client.get(f"/open/requests.{kind}?year={year}").get_data(as_text=True)
        for kind in ("csv", "geojson")
        for year in door.years()
    )
    topics = " ".join(each.name["he"] for each in catalogue().types.values())
    for ticket in db.session.query(Ticket):
        assert ticket.reference not in text
        assert ticket.summary in topics or ticket.summary not in text
    assert not any(cell.startswith(FORMULAIC) for row in rows for cell in row.values())


def test_the_order_of_rows_tells_nothing(client, opened):
    year = door.years()[0]
    lines = client.get(f"/open/requests.csv?year={year}").get_data(as_text=True).splitlines()[1:]
    days = [line.partition(",")[0] for line in lines]
    assert days == sorted(each for each in days if each) + [""] * days.count("")
    same = [
        row
        for row in csv.DictReader(io.StringIO("\n".join([",".join(names(REQUESTS)), *lines])))
        if row["received_on"]
    ]
    for one, two in pairwise(same):
        if (
            one["received_on"] == two["received_on"]
            and one["is_again"] == two["is_again"]
            and one["group"]
            and two["group"]
        ):
            assert one["group"] <= two["group"]


def test_points_are_the_rows_that_have_a_place(client, opened):
    year = door.years()[0]
    answer = client.get(f"/open/requests.geojson?year={year}")
    assert answer.mimetype == "application/geo+json"
    found = json.loads(answer.get_data())
    assert found["type"] == "FeatureCollection"
    placed = [row for row in _rows(client, f"/open/requests.csv?year={year}") if row["grid_m"]]
    told = Counter((row["lon"], row["lat"], row["service"], row["received_on"]) for row in placed)
    points = Counter(
        (
            *(f"{degrees:.5f}" for degrees in each["geometry"]["coordinates"]),
            each["properties"]["service"],
            each["properties"]["received_on"],
        )
        for each in found["features"]
    )
    assert points == told


def test_a_year_without_requests_is_a_file_of_its_header_and_another_is_none(client, opened):
    oldest = door.years()[-1]
    assert client.get(f"/open/requests.csv?year={oldest}").get_data(as_text=True).splitlines() == [
        ",".join(names(REQUESTS))
    ]
    assert json.loads(client.get(f"/open/requests.geojson?year={oldest}").get_data())["features"] == []
    for year in (oldest - 1, door.years()[0] + 1, "x", "", "20260"):
        assert client.get(f"/open/requests.csv?year={year}").status_code == 404


def test_files_are_for_everybody_kept_and_not_sent_twice(client, opened, statements):
    answer = client.get("/open/requests.csv")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert "public" in answer.headers["Cache-Control"]
    assert int(answer.headers["Content-Length"]) == len(answer.get_data())
    statements.clear()
    again = client.get("/open/requests.csv", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert statements == [], "a file of today asks the database nothing"


def test_a_file_is_made_by_few_statements(client, opened, statements):
    client.get("/open")
    for path, most in (("/open/requests.csv", 4), ("/open/figures.csv", 4)):
        statements.clear()
        client.get(path)
        assert len(statements) <= most, statements


def test_what_is_not_counted_yet_is_not_kept(client, shelf, counted):
    first = client.get("/open/requests.csv")
    assert first.headers["Cache-Control"] == "no-cache"
    assert first.get_data(as_text=True).splitlines() == [",".join(names(REQUESTS))]
    counted()
    seed_past(tickets=30, months=1, lean=True)
    counted()
    again = client.get("/open/requests.csv")
    assert "max-age" in again.headers["Cache-Control"]
    assert len(again.get_data(as_text=True).splitlines()) > 1


def test_the_page_explains_in_five_languages(client, shelf):
    for language in ("he", "ar", "ru", "en", "am"):
        page = client.get(f"/open?lang={language}")
        assert page.status_code == 200
        assert page.get_data(as_text=True).count("/open/requests.csv?year=") == door.YEARS


def test_figures_are_the_overview_s_and_hide_what_speaks_of_few(client, opened):
    found = _rows(client, "/open/figures.csv")
    assert found
    by_key = {(row["month"], row["centre"], row["measure"]): row for row in found}
    numbers = {each.number: each.id for each in city_map().centres.values()}
    for (month, centre, measure), row in by_key.items():
        assert (row["hidden"] == "true") <= (row["value"] == "" and row["cases"] == "")
        if measure != "received" or row["hidden"] == "true":
            continue
        first = date.fromisoformat(month)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        whole = sums(Days(first, last), by="centre" if centre else "city")
        own = whole.get(numbers[int(centre)] if centre else CITY)
        assert float(row["value"]) == (own.received if own else 0)
        assert not 0 < int(row["cases"]) < 5
    assert any(row["hidden"] == "true" for row in found)


def _cell(centre_id: int, cases: int, *, is_hidden: bool = False) -> Cell:
    return Cell(date(2026, 1, 1), centre_id, "done", float(cases), cases, is_hidden)


def test_the_only_hidden_centre_takes_the_smallest_other_with_it():
    cells = [
        _cell(CITY, 100),
        _cell(1, 3, is_hidden=True),
        _cell(2, 40),
        _cell(3, 20),
        _cell(4, 37),
        _cell(5, 0),
    ]
    assert [each.centre_id for each in thinned(cells) if each.is_hidden] == [1, 3]
    two = [_cell(CITY, 50), _cell(1, 3, is_hidden=True), _cell(2, 2, is_hidden=True), _cell(3, 45)]
    assert thinned(two) == two
    none = [_cell(CITY, 50), _cell(1, 20), _cell(2, 30)]
    assert thinned(none) == none
    alone = [_cell(CITY, 3, is_hidden=True), _cell(1, 3, is_hidden=True)]
    assert thinned(alone) == alone


def test_figures_of_no_month_are_a_header(app, opened):
    assert list(months.cells(Days(today() - timedelta(days=3), today() - timedelta(days=1)))) == []


def test_a_file_is_made_once_a_day_and_read_by_many():
    made, shelf = [], Shelf()

    def write(into):
        made.append(1)
        into.write(b"x" * 200_000)
        return True

    first = shelf.get("a", date(2026, 1, 1), write)
    assert shelf.get("a", date(2026, 1, 1), write) is first
    readers = [first.chunks(), first.chunks()]
    assert b"".join(readers[0]) == b"".join(readers[1]) == b"x" * 200_000
    shelf.get("a", date(2026, 1, 2), write)
    assert len(made) == 2
    assert b"".join(first.chunks()) == b"x" * 200_000, "who reads the old one reads on"


def test_a_file_that_fails_is_not_kept():
    shelf = Shelf()

    def fail(into):
        into.write(b"half")
        raise OSError

    with pytest.raises(OSError):
        shelf.get("a", date(2026, 1, 1), fail)
    assert shelf.get("a", date(2026, 1, 1), lambda into: into.write(b"whole") > 0).size == 5
