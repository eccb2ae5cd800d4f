"""Figures against a small past made by the use-cases: said by hand, and counted again row by row."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from service_desk import clock, work
from service_desk.extensions import db
from service_desk.flow import answer, finish, receive, work_on
from service_desk.flow.breach import record_breaches
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.reports import exporting, lists, queries
from service_desk.reports.exporting import Words
from service_desk.reports.populations import FIGURES
from service_desk.reports.rules import Days
from service_desk.reports.sums import CITY, Now, spreads, standing, sums

RESIDENT = Actor("resident", 1)
#: a Sunday morning: offices are open
START = datetime(2026, 6, 7, 6, 0, tzinfo=UTC)
END = START + timedelta(days=40)


class Hand:
    """A clock's hand that the test moves."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hand(app, monkeypatch):
    moved = Hand()
    monkeypatch.setattr(clock, "now", moved)
    queries.forget_public()
    yield moved
    queries.forget_public()


@pytest.fixture
def opened(hand, said):
    def make(at: datetime, line: str = "טשרניחובסקי 62", **parts) -> int:
        hand.at = at
        return receive.receive_report(
            said(place=SaidPlace("address", line=line), **parts), RESIDENT
        ).ticket_id

    return make


@pytest.fixture
def past(hand, opened, clerk):
    """Seven reports: kept, missed, reopened and kept, late now, paused, rejected, fresh."""
    made = {
        name: opened(START + timedelta(minutes=n))
        for n, name in enumerate(("kept", "missed", "reopened", "late"))
    }
    hand.at = START + timedelta(hours=3)
    work_on.assign_ticket(made["kept"], None, clerk, clerk.id)
    for name in ("kept", "reopened"):
        finish.resolve_ticket(made[name], None, clerk, "seen_by_staff", "תוקן")
    hand.at = START + timedelta(hours=4)
    answer.say_not_done(made["reopened"], RESIDENT, "עדיין בור")
    hand.at = START + timedelta(hours=5)
    finish.resolve_ticket(made["reopened"], None, clerk, "seen_by_staff", "תוקן שוב")
    made["paused"] = opened(START + timedelta(hours=6))
    made["refused"] = opened(START + timedelta(hours=6))
    work_on.ask_resident(made["paused"], None, clerk, "איפה בדיוק?")
    finish.reject_ticket(made["refused"], None, clerk, "private_property", "שטח פרטי")
    hand.at = START + timedelta(days=39)
    record_breaches()
    finish.resolve_ticket(made["missed"], None, clerk, "seen_by_staff", "תוקן מאוחר")
    made["fresh"] = opened(END - timedelta(minutes=5))
    hand.at = END
    record_breaches()
    return made


DAYS = Days(date(2026, 4, 20), date(2026, 7, 17))


def test_the_figures_are_what_was_lived(past, counted):
    counted()
    found, now = sums(DAYS, by="city")[CITY], standing()[CITY]
    assert (found.received, now.open, now.late) == (7, 6, 1)
    # kept, reopened twice: met; missed and late: not; paused, refused and fresh are not judged
    assert (found.met, found.due, found.breached) == (3, 5, 2)
    assert (found.came_back, found.done, found.ended, found.without_work) == (1, 4, 1, 1)
    assert (found.said_yes, found.said_no) == (0, 1)
    # taken, and all that was done again or refused or asked about; of the reopened one twice
    assert found.answered == 6
    # the same pothole was said to be done hours before, and of the fresh one the day before
    assert found.repeats == 3
    assert found.held_centre == (3 + 39 * 24 + 3 + 1) * 3600 - 3 * 60


def test_the_spread_of_times_has_one_case_for_each_work_done(past, counted):
    counted()
    done, over = spreads(DAYS, "resolve"), spreads(DAYS, "over")
    assert done[CITY].cases == 4
    assert done[CITY].quantile(0.25) == 60
    assert over[CITY].cases == 1


@pytest.mark.parametrize("name", FIGURES)
def test_the_list_behind_a_figure_has_as_many_rows_as_the_figure_says(past, city, counted, name):
    counted()
    for centre_id in (None, *city.centres):
        behind = lists.behind(name, DAYS, centre_id=centre_id, limit=1000)
        assert len(behind) == lists.count(name, DAYS, centre_id=centre_id)
        by_type = lists.behind(name, DAYS, centre_id=centre_id, service_code="RD-POTHOLE", limit=1000)
        assert len(by_type) == lists.count(name, DAYS, centre_id=centre_id, service_code="RD-POTHOLE")
        pages = [*lists.behind(name, DAYS, centre_id=centre_id, limit=2)]
        while pages and (more := lists.behind(name, DAYS, centre_id=centre_id, limit=2, after=lists.mark_of(name, pages[-1]))):  # fmt: skip
            pages += more
        assert pages == behind, "page by page it is the same list"
        if behind:
            back = lists.behind(name, DAYS, centre_id=centre_id, before=lists.mark_of(name, behind[-1]))
            assert back == behind[:-1]


def test_a_day_has_the_tickets_of_that_day_alone(past, counted):
    counted()
    last = Days(date(2026, 7, 17), date(2026, 7, 17))
    assert [each.id for each in lists.behind("received", last)] == [past["fresh"]]
    assert [each.id for each in lists.behind("done", last.before)] == [past["missed"]]
    assert sums(last, by="service") == {"RD-POTHOLE": sums(last, by="city")[CITY]}


def test_a_figure_and_its_list_cost_one_statement_each(past, counted, statements):
    counted()
    statements.clear()
    lists.behind("due", DAYS)
    lists.count("due", DAYS)
    asked = [each for each in statements if "figures_" in each]
    assert len(asked) == 2


def test_another_authority_sees_nothing_of_it(past, counted):
    counted()
    with work.tenant(2):
        assert sums(DAYS, by="city") == {}
        assert standing() == {CITY: Now()}
        assert lists.behind("received", DAYS) == []


def _csv(name):
    words = Words(
        {"RD-POTHOLE": "=Loch"}, {}, {}, {"reopened": "open"}, {"centre": "Centre"}, {"met": "kept"}
    )
    header = ["Number", "Centre", "Type", "Place", "State", "Held by", "Opened", "Promised by", "Done at", "@Promise"]  # fmt: skip
    return b"".join(exporting.csv_of(name, DAYS, header, words))


def test_the_file_of_a_figure_has_a_row_a_case_and_no_cell_that_is_a_formula(past, counted):
    counted()
    text = _csv("due").decode("utf-8-sig")
    assert _csv("due").startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][-1] == "'@Promise"
    assert len(rows) - 1 == lists.count("due", DAYS) == 5
    assert {row[2] for row in rows[1:]} == {"'=Loch"}
    assert [row[9] for row in rows[1:]].count("kept") == 3
    assert all(row[6].startswith("2026-06-07 ") for row in rows[1:])


def test_the_city_says_nothing_of_itself_by_a_handful_of_cases(past, counted):
    counted()
    assert queries.public_figures() is None


def test_the_city_says_its_figures_once_there_are_enough_and_keeps_them(
    hand, opened, clerk, counted, statements
):
    for n in range(20):
        ticket_id = opened(START + timedelta(minutes=n))
        hand.at = START + timedelta(hours=2, minutes=n)
        finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    hand.at = START + timedelta(days=20)
    counted()
    said = queries.public_figures()
    assert said == {"on_time": 100.0, "median_hours": 2.0, "cases": 20, "days": 30}
    db.session.rollback()
    statements.clear()
    assert queries.public_figures() == said
    assert statements == []
