"""Figures against a small past made by the use-cases: said by hand, and counted again row by row."""

from datetime import UTC, datetime, timedelta
from statistics import median

import pytest

from service_desk import clock, work
from service_desk.extensions import db
from service_desk.flow import answer, finish, receive, work_on
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.reports import lists, queries
from service_desk.reports.populations import FIGURES
from service_desk.reports.rules import last_days
from service_desk.slas.models import Clock
from service_desk.tickets.models import Ticket

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
    finish.resolve_ticket(made["missed"], None, clerk, "seen_by_staff", "תוקן מאוחר")
    made["fresh"] = opened(END - timedelta(minutes=5))
    hand.at = END
    return made


def _rows(model):
    return list(db.session.query(model).filter_by(authority_id=1))


def test_the_figures_are_what_was_lived(past, city):
    period = last_days(90, END)
    figures = queries.overview(period, END, list(city.centres))[queries.CITY]
    assert (figures.received, figures.open) == (7, 6)
    assert figures.late == 1
    # kept, reopened twice: met; missed and late: not; paused, refused and fresh are not judged
    assert (figures.on_time.part, figures.on_time.whole) == (3, 5)
    assert (figures.reopened.part, figures.reopened.whole) == (1, 4)
    assert figures.to_resolve.cases == 4


def test_the_figures_are_what_a_walk_over_the_rows_counts(past, city):
    period = last_days(90, END)
    tickets = {ticket.id: ticket for ticket in _rows(Ticket)}
    clocks = [each for each in _rows(Clock) if each.kind == "resolve"]
    judged = [
        each for each in clocks
        if period.since <= each.due_at < END
        and (each.result in {"met", "missed"} or (each.stopped_at is None and each.paused_at is None))
    ]  # fmt: skip
    done = [
        each for each in clocks
        if each.result in {"met", "missed"} and tickets[each.ticket_id].status != "rejected"
    ]  # fmt: skip
    hours = [(each.stopped_at - each.started_at).total_seconds() / 3600 for each in done]
    for key, figures in queries.overview(period, END, list(city.centres)).items():
        here = [each for each in judged if key in {queries.CITY, tickets[each.ticket_id].centre_id}]
        assert figures.on_time.whole == len(here)
        assert figures.on_time.part == sum(each.result == "met" for each in here)
        assert figures.received == sum(key in {0, each.centre_id} for each in tickets.values())
    city_wide = queries.overview(period, END, [])[queries.CITY].to_resolve
    assert city_wide.half == pytest.approx(median(hours), abs=1e-3)
    assert min(hours) <= city_wide.half <= city_wide.nine_tenths <= max(hours)


@pytest.mark.parametrize("name", FIGURES)
def test_the_list_behind_a_figure_has_as_many_rows_as_the_figure_says(past, city, name):
    period = last_days(90, END)
    for centre_id in (None, *city.centres):
        figures = queries.overview(period, END, list(city.centres))[centre_id or queries.CITY]
        said = {
            "received": figures.received, "open": figures.open, "late": figures.late,
            "due": figures.on_time.whole, "met": figures.on_time.part,
            "missed": figures.on_time.whole - figures.on_time.part, "done": figures.to_resolve.cases,
            "reopened": figures.reopened.part, "answered": figures.to_answer.cases,
        }[name]  # fmt: skip
        behind = lists.behind(name, period, END, centre_id=centre_id, limit=1000)
        assert len(behind) == lists.count(name, period, END, centre_id=centre_id) == said
        assert len(list(lists.each_of(name, period, END, centre_id=centre_id))) == said


def test_the_period_before_is_told_apart(past, city):
    figures = queries.overview(last_days(30, END), END, [])[queries.CITY]
    assert (figures.received, figures.received_before) == (1, 6)
    assert (figures.to_resolve.cases, figures.to_resolve.cases_before) == (1, 3)
    assert figures.to_resolve.change is None, "too few to compare"


def test_the_weeks_of_the_trend_hold_every_promise_that_fell_due_in_them(past):
    trend = queries.overview(last_days(7, END), END, [])[queries.CITY].trend
    assert len(trend) == 12
    assert [share for share in trend if share is not None], "some week had promises"
    assert trend[-1] is None, "nothing fell due in the last week"


def test_time_is_summed_by_who_held_the_ticket(past):
    hours = lists.where_time_goes(last_days(90, END), END)
    assert set(hours) == {"centre"}
    # kept: 3 h; missed: 39 days; reopened: 3 h and 1 h more
    assert hours["centre"] == pytest.approx(3 + 39 * 24 + 3 + 1, abs=0.2)


def test_another_authority_sees_nothing_of_it(past):
    with work.tenant(2):
        figures = queries.overview(last_days(90, END), END, [])[queries.CITY]
        assert (figures.received, figures.open, figures.late, figures.on_time.whole) == (0, 0, 0, 0)
        assert lists.where_time_goes(last_days(90, END), END) == {}
        assert lists.count("received", last_days(90, END), END) == 0


def test_the_city_says_nothing_of_itself_by_a_handful_of_cases(past):
    assert queries.public_figures() is None


def test_the_city_says_its_figures_once_there_are_enough_and_keeps_them(hand, opened, clerk, statements):
    for n in range(20):
        ticket_id = opened(START + timedelta(minutes=n))
        hand.at = START + timedelta(hours=2, minutes=n)
        finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    hand.at = START + timedelta(days=20)
    said = queries.public_figures()
    assert said == {"on_time": 100.0, "median_hours": 2.0, "cases": 20, "days": 30}
    db.session.rollback()
    statements.clear()
    assert queries.public_figures() == said
    assert statements == []
