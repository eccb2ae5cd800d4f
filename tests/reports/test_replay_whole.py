"""Replays of a seeded past: the side «before» is what every page says, and the parts of a case say its due time."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select, text

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.clock import CITY_ZONE
from service_desk.contractors.queries import contracts
from service_desk.extensions import db
from service_desk.flow.change_forms import StandardForm, read_boundary, read_hours, read_standard
from service_desk.flow.contract_area_form import read_contract_areas
from service_desk.flow.demo import seed_past
from service_desk.reports.arrivals import arrivals
from service_desk.reports.models import FigureCase
from service_desk.reports.replay.changes import SlaChange, from_json, to_json
from service_desk.reports.replay.contract_areas import OWN_UNIT, Served, WorkSum, unit_after
from service_desk.reports.replay.counting import ALL, Both, Count
from service_desk.reports.replay.loading import HELD, RUNNING, placed_cases, timed_cases
from service_desk.reports.replay.promised_by import as_promised
from service_desk.reports.replay.promising import paused_seconds
from service_desk.reports.replay.replaying import Result, new_index, replay
from service_desk.reports.rules import usual_days
from service_desk.reports.scorecards import scores
from service_desk.reports.sums import sums
from service_desk.slas import queries
from service_desk.slas.queries import standards
from service_desk.slas.rules import instant_of, open_seconds_between
from service_desk.slas.rules.vectorised import due_after_many

BOX = '{"type": "Polygon", "coordinates": [[[34.8, 31.886], [34.815, 31.886], [34.815, 31.9], [34.8, 31.9], [34.8, 31.886]]]}'
NOW = clock.now()
DAYS = usual_days(clock.local(NOW).date(), 365)


@pytest.fixture
def past(app, counted):
    seed_past(tickets=300, seed=11)
    counted()
    return app


def by_centre(**more):
    return {
        key: Count(received=each.received, due=each.due, met=each.met)
        for key, each in sums(DAYS, by="centre", **more).items()
        if each.received or each.due
    }


def without(count, *names):
    return Count(**{name: getattr(count, name) for name in ("received", "due", "met") if name not in names})


def busiest():
    counted = sums(DAYS, by="service")
    return max(counted, key=lambda code: counted[code].due)


def arrived():
    """The cases that arrived in the days."""
    return [
        case for case in db.session.scalars(select(FigureCase)) if case.opened_day and case.opened_day in DAYS
    ]


def test_before_a_border_moves_every_centre_has_what_the_overview_says(past, city):
    result = replay(read_boundary(BOX, "K5"), NOW)
    before = {key: without(both.before) for key, both in result.by_key.items() if key != ALL}
    assert before == by_centre()
    assert result.by_key[ALL].before.received == result.by_key[ALL].after.received > 0
    assert result.by_key[ALL].before.due == result.by_key[ALL].after.due > 0
    assert result.moved > 0
    near = sum(
        bool(city.index.locate(case.lon, case.lat).neighbours) for case in arrived() if case.lon is not None
    )
    assert result.by_key[ALL].before.border == near > 0
    _a_case_goes_where_its_place_goes(city)


def _a_case_goes_where_its_place_goes(city):
    """And what a person decided otherwise stays."""
    change = read_boundary(BOX, "K5")
    result, index = replay(change, NOW), new_index(change)
    wanted: dict[int, int] = {}
    near = 0
    for case in arrived():
        centre = case.centre_id
        if case.lon is not None:
            old = city.index.locate(case.lon, case.lat).area_code
            new = index.locate(case.lon, case.lat).area_code
            near += bool(index.locate(case.lon, case.lat).neighbours)
            if old and new and old != new and city.centre_of_area(old).id == centre:
                centre = city.centre_of_area(new).id
        wanted[centre] = wanted.get(centre, 0) + 1
    found = {key: both.after.received for key, both in result.by_key.items() if key != ALL}
    assert found == wanted
    assert result.by_key[ALL].after.border == near


def all_paused():
    """Return what every case of the year was given back for pauses, as the replay reads it."""
    return paused_seconds(*as_promised(timed_cases(DAYS)))


@pytest.fixture
def close_since(owner):
    """Let a day of the past turn out to be entered as closed just now; it goes when the test is over."""

    def enter(code, day):
        with owner.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO calendar_days (authority_id, id, calendar_code, day, kind, windows, name, source, created_at) "
                    "VALUES (1, 1, :code, :day, 'closed', '[]', '{}', 'test', :at)"
                ),
                {"code": code, "day": day, "at": NOW},
            )
        queries._kept._values.clear()

    yield enter
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM calendar_days WHERE calendar_code IS NOT NULL"))
    queries._kept._values.clear()


def is_open_on(calendar, day):
    if calendar.is_always_open:
        return False  # no entered day closes it
    midnight = calendar.second_at(day, 0)
    return open_seconds_between(instant_of(midnight), instant_of(calendar.second_at(day, 1440)), calendar) > 0


def a_day_that_counted():
    """Return (calendar code, day): a day with open hours between the start and the due time of a case that was paused."""
    cases, calendars = as_promised(timed_cases(DAYS))
    for place in np.flatnonzero(paused_seconds(cases, calendars) > 0).tolist():
        calendar = calendars[int(cases.calendar_id[place])]
        start, due = (instant_of(int(each[place])) for each in (cases.started, cases.due))
        day = clock.local(start).date() + timedelta(days=1)
        while day < clock.local(due).date():
            if is_open_on(calendar, day):
                return calendar.code, day
            day += timedelta(days=1)
    raise AssertionError("no case of this past was paused over a working day")


def test_a_day_entered_since_changes_nothing_that_is_read_off_a_due_time(past, close_since):
    before = all_paused()
    close_since(*a_day_that_counted())
    assert (all_paused() == before).all()
    known = standards()
    as_now = {number: known.calendar(row.code)[1] for number, row in known.versions.items()}
    assert paused_seconds(timed_cases(DAYS), as_now).sum() < before.sum(), "by the days of today it would"


def test_the_parts_of_every_case_say_its_due_time(past):
    some = 0
    for service in catalogue().types:
        cases, calendars = as_promised(timed_cases(DAYS, service_code=service))
        seconds = 60 * cases.promised_minutes.astype(np.int64) + paused_seconds(cases, calendars)
        for version in np.unique(cases.calendar_id).tolist():
            here = cases.calendar_id == version
            due = due_after_many(cases.started[here], seconds[here], calendars[version])
            assert (due == cases.due[here]).all()
            some += int(here.sum())
        ended = (cases.stopped != RUNNING) & (cases.stopped != HELD)
        kept = cases.is_judged & cases.is_met
        assert (cases.stopped[kept] <= cases.due[kept]).all()
        late = cases.is_judged & ~cases.is_met & ended
        assert (cases.stopped[late] > cases.due[late]).all()
    assert some > 100


def test_before_another_standard_the_type_has_what_the_overview_says(past):
    code = busiest()
    sla = standards().slas[code]
    hours = str(2 * sla.resolve_minutes / 60)
    change = read_standard(StandardForm(code, hours, str(sla.reopened_minutes / 60), sla.calendar_code))
    result = replay(change, NOW)
    before = {key: both.before for key, both in result.by_key.items() if key != ALL}
    assert before == by_centre(service_code=code)
    whole = sums(DAYS, by="city")[0]
    assert result.city.before == Count(due=whole.due, met=whole.met)
    assert (
        result.city.after.due - result.city.before.due
        == result.by_key[ALL].after.due - result.by_key[ALL].before.due
    )
    # the standard of today tried again changes nothing
    same = (sla.resolve_minutes, sla.reopened_minutes, sla.calendar_code)
    result = replay(SlaChange(code, *same, *same, base=sla.id), NOW)
    assert all(both.before == both.after for both in result.by_key.values())


def test_before_other_hours_and_contracts_all_is_as_the_hours_page_and_the_cards_say(past, city):
    centre = city.centre_of_area("K5")
    result = replay(read_hours(centre.id, dict.fromkeys(range(7), "00:00-24:00")), NOW)
    both = result.by_key[centre.id]
    found = arrivals(DAYS.since(CITY_ZONE), DAYS.until(CITY_ZONE))[centre.id]
    assert without(both.before) == by_centre()[centre.id]
    assert both.before.received == found.total
    assert (both.after.due, both.after.met) == (both.before.due, both.before.met), (
        "no standard is counted on these hours"
    )
    assert both.before.closed == found.while_closed(standards().calendar(centre.calendar_code)[1])
    assert both.after.closed < both.before.closed
    _each_contractor_has_what_its_card_says()


def _each_contractor_has_what_its_card_says():
    result = replay(read_contract_areas("C-WASTE-N-1", ["K1", "K2"], "C-WASTE-S-1"), NOW)
    wanted: dict[int, Count] = {}
    for (unit_id, _month), score in scores(DAYS).items():
        wanted[unit_id] = wanted.get(unit_id, Count()) + Count(
            received=score.issued, due=score.due, met=score.met
        )
    found = {key: both.before for key, both in result.by_key.items() if key != ALL and both.before != Count()}
    assert found == {key: each for key, each in wanted.items() if each != Count()}
    assert result.by_key[ALL].before == result.by_key[ALL].after


def test_work_goes_along_with_its_area_and_other_work_stays():
    north = Served(1, frozenset({"waste"}), frozenset({"K1", "K2"}), frozenset({"K1"}))
    south = Served(2, frozenset({"waste"}), frozenset({"K3"}), frozenset({"K2", "K3"}))

    def after(unit, domain, area, *changed):
        return unit_after(WorkSum(unit, "X", area, 1, 1, 1), domain, changed)

    assert after(1, "waste", "K2", north, south) == 2
    assert after(1, "waste", "K1", north, south) == 1
    assert after(1, "roads", "K2", north, south) == 1
    assert after(1, None, "K2", north, south) == 1
    assert after(9, "waste", "K2", north, south) == 9
    assert after(1, "waste", "K2", north) == OWN_UNIT
    assert after(1, "waste", None, north, south) == 1


def test_a_replay_costs_as_many_statements_whatever_was_reported(past, statements, city):
    contracts.every_version()
    standards()
    catalogue()
    cost = {}
    for name, change in (
        ("boundary", read_boundary(BOX, "K5")),
        ("sla", read_standard(StandardForm(busiest(), "1000", "10", "business"))),
        ("hours", read_hours(city.centre_of_area("K5").id, {0: "08:00-12:00"})),
        ("contract_area", read_contract_areas("C-WASTE-N-1", ["K1"], "C-WASTE-S-1")),
    ):
        db.session.rollback()
        before = len(statements)
        replay(change, NOW)
        cost[name] = len([each for each in statements[before:] if "set_config" not in each])
    assert cost == {"boundary": 2, "sla": 5, "hours": 5, "contract_area": 2}


def test_without_any_past_a_replay_says_nothing_happened(app, city):
    result = replay(read_boundary(BOX, "K5"), NOW)
    assert result.by_key == {ALL: Both(Count(), Count())}
    assert result.moved == 0
    assert len(placed_cases(DAYS).lon) == 0


def test_changes_and_results_are_read_back_as_they_were_stored(app, city):
    change = read_boundary(BOX, "K5")
    assert from_json("boundary", to_json(change)) == change
    result = Result(
        DAYS,
        {ALL: Both(Count(1, 2, 3, 4, 5), Count())},
        7,
        3,
        datetime.now(CITY_ZONE),
        Both(Count(), Count(due=1)),
    )
    assert Result.from_json(result.to_json()) == result
