"""Booklets: made once a month, of the numbers of every page, never changed; a corrected past is another edition."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from desks.contractor_orders import firm, issued
from reports.booklet_past import LAMP, MONTH, NOW, POTHOLE, correct, put_months
from reports.sums_by_hand import put_days
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import ProgrammingError

from service_desk import work
from service_desk.contractors.rules.statement import content_hash
from service_desk.errors import BadInput, NotAllowed
from service_desk.extensions import db
from service_desk.flow.breach import record_breaches
from service_desk.flow.finish import resolve_ticket
from service_desk.flow.make_booklets import make_due, make_now
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor, Role
from service_desk.reports import booklets
from service_desk.reports.models import Booklet, FigureDay, HotSpot
from service_desk.reports.rules.booklets import MOST_TYPES, TREND
from service_desk.reports.rules.days import months_back, year_before
from service_desk.reports.sums import CITY
from service_desk.tickets.queries import ticket_or_404

MAYOR = Actor("staff", 1, "", (Role("mayor"),))
CLERK = Actor("staff", 2, "", (Role("clerk", 1),))


@pytest.fixture
def at(app):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ids(city):
    """The centres' ids by number."""
    return {each.number: each.id for each in city.centres.values()}


@pytest.fixture
def past(at, owner, ids, counted):
    """A year of figures in centres 1 and 5, and the month a year before."""
    counted()
    put_months(owner, [ids[1], ids[5]], [year_before(MONTH), *months_back(MONTH, TREND)])


def made(month=MONTH):
    with work.transaction():
        found = booklets.newest(month)
        db.session.expunge_all()
    return found


def measure(booklet, code):
    return next(each for each in booklet.content["measures"] if each["code"] == code)


def test_one_of_each_centre_and_of_the_city_is_made_once(past, city):
    assert make_due() == len(city.centres) + 1
    assert make_due() == 0
    assert set(made()) == {CITY, *city.centres}
    assert {each.edition for each in made().values()} == {1}


def test_nothing_is_made_before_six_on_the_second_and_all_of_it_after(past, at):
    at.move_to(datetime(2026, 11, 2, 3, 59, tzinfo=UTC))
    assert make_due() == 0
    at.move_to(datetime(2026, 11, 2, 4, 0, tzinfo=UTC))
    assert make_due() == 8


def test_a_month_in_which_nothing_happened_has_no_booklet(at, counted):
    counted()
    assert make_due() == 0
    assert made() == {}


def test_figures_that_wait_for_a_rebuild_make_no_booklet(past, owner):
    with owner.begin() as connection:
        connection.execute(text("UPDATE figures_state SET definitions = 0"))
    assert make_due() == 0
    with pytest.raises(BadInput) as found:
        make_now(MONTH, MAYOR)
    assert found.value.problems == {"month": "being_counted"}


def test_each_number_stands_beside_the_city_the_month_before_and_the_year_before(past, ids):
    make_due()
    received = measure(made()[ids[5]], "received")
    assert [received[of]["number"] for of in ("own", "city", "before", "year")] == [30, 60, 30, 30]
    assert measure(made()[CITY], "received")["city"] is None
    on_time = measure(made()[ids[5]], "on_time")["own"]
    assert (on_time["number"], on_time["cases"]) == (83.3, 30)


def test_few_cases_are_said_to_be_few_and_fewer_than_five_are_not_kept_at_all(past, ids):
    make_due()
    said = measure(made()[ids[5]], "satisfaction")["own"]
    assert (said["number"], said["cases"], said["few"], said["hidden"]) == (80.0, 10, True, False)
    quiet = made()[ids[2]].content
    assert {each["own"]["number"] for each in quiet["measures"]} == {0, None}
    with work.transaction():
        dangers = measure(made()[ids[5]], "hazards")["own"]
    assert (dangers["number"], dangers["hidden"]) == (6, False)


def test_a_count_from_one_to_four_is_hidden_with_its_cases(at, owner, ids, counted):
    counted()
    put_days(owner, {(ids[5], POTHOLE, date(2026, 10, 3)): {"received": 4, "due": 4, "met": 4}})
    make_due()
    for code in ("received", "due", "on_time"):
        assert measure(made()[ids[5]], code)["own"] == {
            "number": None,
            "cases": None,
            "few": True,
            "hidden": True,
        } | ({"few": False} if code != "on_time" else {})
    assert made()[ids[5]].content["types"] == []


def test_a_month_before_the_city_began_is_no_nought(at, owner, ids, counted):
    counted()
    put_months(owner, [ids[5]], [MONTH])
    make_due()
    received = measure(made()[ids[5]], "received")
    assert (received["before"], received["year"]) == (None, None)


def test_types_stand_by_their_number_with_what_was_kept_of_each(past, ids):
    make_due()
    types = made()[ids[5]].content["types"]
    assert [(each["code"], each["received"], each["on_time"]) for each in types] == [
        (POTHOLE, 20, 75.0),
        (LAMP, 10, 100.0),
    ]
    assert len(types) <= MOST_TYPES
    assert [each["received"] for each in made()[CITY].content["types"]] == [40, 20]


def test_the_trend_has_twelve_months_and_leaves_gaps_where_cases_are_few(past, owner, ids):
    with owner.begin() as connection:
        few = FigureDay.day.between(date(2026, 3, 1), date(2026, 3, 31))
        connection.execute(delete(FigureDay).where(few))
    make_due()
    trend = made()[ids[5]].content["trend"]
    assert (trend["months"][0], trend["months"][-1]) == ("2025-11-01", "2026-10-01")
    assert trend["own"]["on_time"].index(None) == trend["months"].index("2026-03-01")
    assert trend["own"]["on_time"].count(83.3) == 11
    assert made()[CITY].content["trend"]["city"] == {}


def test_hot_spots_are_told_in_their_own_centre_and_the_city(past, owner, ids):
    spot = {
        "authority_id": 1, "id": 1, "service_code": POTHOLE, "centre_id": ids[5], "street": "הרצל", "lon": 34.8, "lat": 31.9,
        "radius_m": 60.0, "cases": 7, "expected": 1.24, "false_share": 0.01, "first_day": NOW.date(), "last_day": NOW.date(),
        "weeks": [], "ticket_ids": [], "made_at": NOW,
    }  # fmt: skip
    with owner.begin() as connection:
        connection.execute(HotSpot.__table__.insert(), [spot])
    make_due()
    (told,) = made()[ids[5]].content["moment"]["spots"]
    assert (told["street"], told["cases"], told["expected"], told["centre"]) == ("הרצל", 7, 1.2, 5)
    assert made()[ids[1]].content["moment"]["spots"] == []
    assert len(made()[CITY].content["moment"]["spots"]) == 1


def test_of_a_month_long_past_nothing_of_this_moment_is_told(past):
    assert make_now(date(2026, 5, 1), MAYOR) == 8
    moment = made(date(2026, 5, 1))[CITY].content["moment"]
    assert (moment["spots"], moment["promised"]) == (None, None)


def test_making_again_changes_nothing_when_nothing_was_corrected(past):
    make_due()
    before = {key: each.id for key, each in made().items()}
    assert make_now(MONTH, MAYOR) == 0
    assert {key: each.id for key, each in made().items()} == before


def test_a_corrected_past_is_a_new_edition_that_says_what_changed(past, at, owner, ids):
    make_due()
    first = made()[ids[5]]
    old = json.dumps(first.content, sort_keys=True)
    correct(owner, ids[5])
    at.shift(timedelta(days=20))
    make_now(MONTH, MAYOR)
    second = made()[ids[5]]
    assert (second.edition, second.made_by) == (2, 1)
    (received,) = [each for each in second.content["changes"] if each["code"] == "received"]
    assert (received["was"]["number"], received["now"]["number"]) == (30, 29)
    assert second.content["moment"] == first.content["moment"]
    with work.transaction():
        kept = booklets.booklet_or_404(first.id)
        assert json.dumps(kept.content, sort_keys=True) == old
        assert [each.edition for each in booklets.editions(kept)] == [1, 2]


def test_what_was_published_can_be_checked_by_its_hash_and_not_be_changed(past, ids):
    make_due()
    booklet = made()[ids[5]]
    assert content_hash(booklet.content) == booklet.content_hash
    with pytest.raises(ProgrammingError, match="permission denied"), work.transaction():
        db.session.execute(text("UPDATE booklets SET edition = 9"))


def test_making_asks_for_a_month_that_is_over_and_for_somebody_who_sees_figures(past):
    for month in (None, date(2026, 11, 1), date(2020, 1, 1), date(2026, 10, 2)):
        with pytest.raises(BadInput):
            make_now(month, MAYOR)
    with pytest.raises(NotAllowed):
        make_now(MONTH, CLERK)


def noon(day, month=10):
    return time_machine.travel(datetime(2026, month, day, 9, 0, tzinfo=UTC), tick=False)


def test_what_was_late_when_the_month_ended_is_listed_by_its_street_alone(at, said, clerk, counted, ids):
    with noon(4):
        in_time, later, open_still = (
            receive_report(said(), Actor("resident", 1)).ticket_id for _each in range(3)
        )
    with noon(5):
        resolve_ticket(in_time, None, clerk, "seen_by_staff", "תוקן")
    with noon(31):
        record_breaches()
    with noon(10, 11):
        resolve_ticket(later, None, clerk, "seen_by_staff", "תוקן")
    with noon(20, 11):
        receive_report(said(), Actor("resident", 1))
    counted()
    make_due()
    late = made()[ids[5]].content["moment"]["late"]
    assert late["count"] == 2
    assert {each["street"] for each in late["longest"]} == {"טשרניחובסקי"}
    with work.transaction():
        wanted = {ticket_or_404(each).reference for each in (later, open_still)}
    assert {each["reference"] for each in late["longest"]} == wanted
    assert made()[CITY].content["moment"]["late"]["count"] == 2
    assert made()[ids[1]].content["moment"]["late"] == {"count": 0, "longest": []}


def test_contractors_stand_where_their_requests_were(at, said, clerk, counted, ids):
    with noon(4):
        for _each in range(5):
            issued(said, clerk)
    counted()
    make_due()
    (worked,) = made()[ids[5]].content["contractors"]
    assert (worked["issued"], worked["name"]) == (5, firm().name)
    assert made()[ids[1]].content["contractors"] == []
    assert [each["issued"] for each in made()[CITY].content["contractors"]] == [5]


def test_reports_that_came_while_the_centre_was_closed_are_a_share(at, said, counted, ids):
    with noon(4):
        for _each in range(4):
            receive_report(said(), Actor("resident", 1))
    with time_machine.travel(datetime(2026, 10, 5, 0, 0, tzinfo=UTC), tick=False):
        receive_report(said(), Actor("resident", 1))
    counted()
    make_due()
    came = made()[ids[5]].content["arrivals"]
    assert (came["total"], came["closed"], came["few"]) == (5, 20.0, True)
    assert came["week_minutes"] > 0


def test_a_months_booklets_cost_the_same_statements_however_many_they_are(past, statements, city):
    seen = len(statements)
    make_due()
    sent = [each for each in statements[seen:] if "set_config" not in each]
    writes = [each for each in sent if each.startswith("INSERT")]
    assert len(writes) == len(city.centres) + 1
    with work.transaction():
        assert db.session.scalar(select(func.count()).select_from(Booklet)) == len(city.centres) + 1
    # of each its open commitments and its readers; of all together: the month in six, and what there is of it in five
    assert len(sent) - len(writes) == 11 + 2 * (len(city.centres) + 1)
