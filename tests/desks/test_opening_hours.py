"""Opening hours: arrivals against them, other hours tried on the same reports, hours set by who may."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from service_desk import clock, work
from service_desk.city import kept
from service_desk.errors import NotAllowed
from service_desk.extensions import db
from service_desk.flow import receive, set_hours
from service_desk.people.rules import Actor, Role
from service_desk.reports.arrivals import arrived
from service_desk.slas.queries import standards

RESIDENT = Actor("resident", 1)
WEEK = dict.fromkeys((6, 0, 1, 2, 3), "08:00-16:00")


@pytest.fixture
def centre(app, city, owner):
    """Centre 5; its hours are put back after the test."""
    yield next(each for each in city.centres.values() if each.number == 5)
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM calendar_days WHERE calendar_code IS NOT NULL"))
        connection.execute(
            text("DELETE FROM calendars WHERE code = 'K5' AND valid_from > now() - interval '40 days'")
        )
        connection.execute(text("UPDATE calendars SET valid_to = NULL WHERE code = 'K5'"))
        connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
    kept.forget()


def manager(centre_id):
    return Actor("staff", None, "", (Role("manager", centre_id),))


def test_reports_are_counted_by_the_citys_wall_clock_across_the_clock_change():
    # 25 October 2026, 02:00 summer time becomes 01:00: both hours bear the number 1.
    moments = [
        datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ]
    found = arrived(np.array([int(each.timestamp()) for each in moments]))
    assert found.hours[6][1] == 2
    assert found.hours[6][2] == 1
    assert sum(map(sum, found.hours)) == found.total == 3


def test_a_report_at_night_found_the_door_closed(centre):
    noon, night = datetime(2026, 11, 16, 8, 0, tzinfo=UTC), datetime(2026, 11, 16, 23, 0, tzinfo=UTC)
    found = arrived(np.array([int(noon.timestamp()), int(night.timestamp())]))
    calendar = standards().calendar("K5")[1]
    assert found.while_closed(calendar) == 1
    assert found.closed_percent(calendar) == 50.0
    always = standards().trial("K5", [[day, 0, 1440] for day in range(7)])
    assert found.while_closed(always) == 0


def test_new_hours_hold_for_new_promises_and_the_old_version_stays(centre):
    before = standards().in_force["K5"]
    set_hours.set_week(centre.id, before.id, WEEK, manager(centre.id))
    kept.forget()
    after = standards().in_force["K5"]
    assert after.id != before.id
    assert len(after.windows) == 5
    assert standards().version(before.id, clock.now()).code == "K5"


def test_of_two_who_set_hours_at_once_the_second_is_told(centre, client):
    seen = standards().in_force["K5"].id
    set_hours.set_week(centre.id, seen, WEEK, manager(centre.id))
    client.sign_in("manager5@rehovot.example")
    page = client.post("/mayor/hours/5/week", data={"seen": str(seen), "day_0": "09:00-12:00"})
    assert page.status_code == 422
    assert "Somebody set other hours" in client.post(
        "/mayor/hours/5/week?lang=en", data={"seen": str(seen), "day_0": "09:00-12:00"}
    ).get_data(as_text=True)


def test_another_centres_manager_may_not_set_them(centre, city):
    other = next(each for each in city.centres.values() if each.number != 5)
    with pytest.raises(NotAllowed):
        set_hours.set_week(centre.id, None, WEEK, manager(other.id))


def test_a_changed_day_closes_the_door_and_can_be_taken_back(centre):
    day = clock.local(clock.now()).date() + timedelta(days=3)
    while day in standards().calendar("K5")[1].day_rules:  # a holiday would be closed without our doing
        day += timedelta(days=1)
    noon = datetime(day.year, day.month, day.day, 10, tzinfo=clock.CITY_ZONE)
    set_hours.set_week(centre.id, None, dict.fromkeys(range(7), "08:00-16:00"), manager(centre.id))
    set_hours.set_day(centre.id, day, "", "השתלמות", manager(centre.id))
    kept.forget()
    at = arrived(np.array([int(noon.timestamp())]))
    assert at.while_closed(standards().calendar("K5")[1]) == 1
    [row] = standards().days_of("K5")
    set_hours.drop_day(centre.id, row.id, manager(centre.id))
    kept.forget()
    assert at.while_closed(standards().calendar("K5")[1]) == 0


def test_the_page_shows_the_days_that_stand_and_no_others(centre, client):
    client.sign_in("manager5@rehovot.example")
    today = clock.local(clock.now()).date()
    for ahead, hours, name in ((3, "", "First word"), (3, "8-12", "Last word"), (4, "", "Another day")):
        day = (today + timedelta(days=ahead)).isoformat()
        client.post("/mayor/hours/5/day?lang=en", data={"day": day, "hours": hours, "name": name})
    gone = next(each for each in standards().days_of("K5") if each.day == today + timedelta(days=4))
    client.post(f"/mayor/hours/5/day/{gone.id}/drop?lang=en")
    body = client.get("/mayor/hours/5?lang=en").get_data(as_text=True)
    assert "Last word" in body
    assert "First word" not in body
    assert "Another day" not in body
    assert client.post(f"/mayor/hours/5/day/{gone.id}/drop?lang=en").status_code == 404, "taken back once"


def test_a_day_is_ended_and_never_changed_or_deleted(centre):
    set_hours.set_day(
        centre.id, clock.local(clock.now()).date() + timedelta(days=3), "", "יום", manager(centre.id)
    )
    for act in ("DELETE FROM calendar_days", "UPDATE calendar_days SET day = day + 1"):
        with pytest.raises(ProgrammingError, match="permission denied"), work.transaction():
            db.session.execute(text(act))


def test_what_cannot_be_read_comes_back_with_what_was_typed(centre, client):
    client.sign_in("manager5@rehovot.example")
    page = client.post("/mayor/hours/5/week?lang=en", data={"day_0": "morning", "day_1": "8-12"})
    body = page.get_data(as_text=True)
    assert page.status_code == 422
    assert 'value="morning"' in body
    assert "Hours are written like" in body
    never = client.post("/mayor/hours/5/week?lang=en", data={"day_0": ""})
    assert "A centre that never opens" in never.get_data(as_text=True)
    past = client.post("/mayor/hours/5/day?lang=en", data={"day": "2020-01-01", "hours": "8-12", "name": ""})
    assert "Only today and days to come" in past.get_data(as_text=True)


def test_other_hours_are_tried_without_being_kept(centre, client, said, statements):
    receive.receive_report(said(), RESIDENT)
    before = standards().in_force["K5"].id
    client.sign_in("mayor@rehovot.example")
    client.get("/mayor/hours/5?lang=en")
    statements.clear()
    page = client.get("/mayor/hours/5?lang=en&" + "&".join(f"day_{day}=00:00-24:00" for day in range(7)))
    assert len(statements) <= 4, statements
    assert "With the hours tried here" in page.get_data(as_text=True)
    assert standards().in_force["K5"].id == before


def test_the_list_compares_the_centres_in_few_statements(centre, client, said, statements):
    receive.receive_report(said(), RESIDENT)
    client.sign_in("mayor@rehovot.example")
    statements.clear()
    page = client.get("/mayor/hours?lang=en")
    assert page.status_code == 200
    assert len(statements) <= 4, statements
    assert page.get_data(as_text=True).count("/mayor/hours/") >= 7
