"""Quiet hours: properties over every instant of years with their holidays and changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.city.seed.calendars import holiday_days
from service_desk.messages.rules import EVENTS
from service_desk.messages.rules.hours import first_allowed, is_urgent

ZONE = ZoneInfo("Asia/Jerusalem")
HOLIDAYS = frozenset(
    date.fromisoformat(str(row["date"])) for row in holiday_days(range(2026, 2029)) if row["kind"] == "closed"
)
#: hypothesis takes ends without a zone and adds it
INSTANTS = st.datetimes(
    datetime(2026, 1, 2),  # noqa: DTZ001 — see above
    datetime(2028, 12, 20),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@given(INSTANTS)
def test_what_waits_leaves_by_day_and_on_no_day_of_rest(now):
    at = first_allowed(now, HOLIDAYS, ZONE)
    local = at.astimezone(ZONE)
    assert at >= now
    assert 7 <= local.hour < 21
    assert local.weekday() != 5
    assert local.date() not in HOLIDAYS


@given(INSTANTS)
def test_an_allowed_instant_stays_and_a_later_one_never_leaves_earlier(now):
    at = first_allowed(now, HOLIDAYS, ZONE)
    assert first_allowed(at, HOLIDAYS, ZONE) == at
    assert first_allowed(now + timedelta(minutes=30), HOLIDAYS, ZONE) >= at


@given(INSTANTS)
def test_what_waits_leaves_as_the_day_opens(now):
    at = first_allowed(now, HOLIDAYS, ZONE)
    local = at.astimezone(ZONE)
    assert at == now or (local.hour, local.minute, local.second) == (7, 0, 0)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-22T20:00+02:00", "2026-11-22T20:00+02:00"),
        ("2026-11-22T21:00+02:00", "2026-11-23T07:00+02:00"),
        ("2026-11-27T14:59+02:00", "2026-11-27T14:59+02:00"),
        ("2026-11-27T15:00+02:00", "2026-11-29T07:00+02:00"),  # Friday afternoon to Sunday morning
        ("2026-03-26T22:00+02:00", "2026-03-27T07:00+03:00"),  # summer time begins that night
        ("2026-10-24T22:00+03:00", "2026-10-25T07:00+02:00"),  # and ends that one
        ("2026-09-11T16:00+03:00", "2026-09-14T07:00+03:00"),  # Rosh Hashana after a Friday
    ],
)
def test_nights_clock_changes_and_holidays(now, leaves):
    assert first_allowed(datetime.fromisoformat(now), HOLIDAYS, ZONE) == datetime.fromisoformat(leaves)


def urgent(event="closed", channel="sms", **changes):
    now = datetime(2026, 11, 22, 20, tzinfo=UTC)
    usual = {"is_hazard": False, "is_any_hour": False, "last_inbound_at": None, "now": now}
    if "minutes_ago" in changes:
        changes["last_inbound_at"] = now - timedelta(minutes=changes.pop("minutes_ago"))
    return is_urgent(event, channel, **(usual | changes))


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("channel", ["sms", "whatsapp", "voice", "email"])
def test_a_hazard_and_the_persons_wish_know_no_hour(event, channel):
    assert urgent(event, channel, is_hazard=True)
    assert urgent(event, channel, is_any_hour=True)


@pytest.mark.parametrize(
    ("event", "channel", "changes", "expected"),
    [
        ("received", "sms", {}, True),
        ("joined", "whatsapp", {}, True),
        ("received", "voice", {}, False),
        ("code", "voice", {}, True),
        ("closed", "sms", {}, False),
        ("resolved", "whatsapp", {"minutes_ago": 5}, False),
        ("reply", "whatsapp", {"minutes_ago": 5}, True),
        ("question", "sms", {"minutes_ago": 59}, True),
        ("reply", "sms", {"minutes_ago": 61}, False),
        ("reply", "sms", {}, False),
        ("reply", "voice", {"minutes_ago": 5}, False),
    ],
)
def test_only_what_the_person_asked_for_leaves_at_once(event, channel, changes, expected):
    assert urgent(event, channel, **changes) is expected
