"""What a row says of its time stays true for as long as it is kept."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.desks.clerk.chips import chip, steady_seconds
from service_desk.desks.clerk.rows import Lines
from service_desk.desks.filters import on_day, today
from service_desk.tickets import queries

NOW = datetime(2026, 3, 3, 9, 0, 0, 250_000, tzinfo=UTC)
DAY = 86_400


def ticket(opened_s: float, due_s: float, status: str = "assigned"):
    """A ticket opened and due so many seconds from now."""
    opened = NOW + timedelta(seconds=opened_s)
    return SimpleNamespace(
        status=status, opened_at=opened, due_at=NOW + timedelta(seconds=due_s), holder_since=opened
    )


@given(
    opened=st.integers(-40 * DAY, 0),
    due=st.one_of(st.integers(-6 * DAY, 40 * DAY), st.floats(-4000, 4000), st.sampled_from([0, 60, 1.5 * DAY, 2 * DAY, 2.5 * DAY, -2.5 * DAY, 7200])),
    part=st.floats(0, 0.999_999),
)  # fmt: skip
@pytest.mark.usefixtures("speaking")
def test_a_chip_stays_as_it_is_for_as_long_as_it_says(opened, due, part):
    row = ticket(min(opened, due), due)
    seconds = steady_seconds(row, NOW)
    assert seconds >= 0
    assert chip(row, NOW + timedelta(seconds=seconds * part)) == chip(row, NOW)


@pytest.mark.usefixtures("speaking")
def test_a_chip_of_a_long_promise_is_kept_for_hours_and_of_a_near_one_for_less_than_a_minute():
    assert steady_seconds(ticket(-20 * DAY, 20.2 * DAY), NOW) > 3600
    assert 0 < steady_seconds(ticket(-1800, 1830), NOW) <= 60


@pytest.fixture(scope="module")
def speaking(founded):
    """A context in which words are said."""
    with founded.app_context():
        yield


def test_a_line_is_made_again_when_its_ticket_its_holder_or_its_words_change(city):
    made = []
    row = queries.QueueRow(
        **dict.fromkeys(queries.QueueRow._fields)
        | {"id": 1, "status": "assigned", "opened_at": NOW, "due_at": NOW + timedelta(hours=5, seconds=40)}
    )

    class Counting(Lines):
        def _made(self, *given):
            made.append(given)
            return len(made)

    lines = Counting(city, None)
    midnight = NOW + timedelta(hours=8)
    assert lines.line(row, None, "he", NOW, midnight) == 1
    assert lines.line(row, None, "he", NOW + timedelta(seconds=0.1), midnight) == 1
    assert lines.line(row, "נועה", "he", NOW, midnight) == 2
    assert lines.line(row._replace(has_news=True), None, "he", NOW, midnight) == 3
    assert lines.line(row, None, "he", NOW + timedelta(minutes=2), midnight) == 4
    assert lines.line(row, None, "he", midnight, midnight + timedelta(days=1)) == 5
    assert lines.line(row, None, "ar", NOW, midnight) == 6


def test_today_turns_at_the_citys_midnight(app, monkeypatch):
    before = datetime(2026, 3, 3, 21, 59, 59, tzinfo=UTC)  # 23:59:59 in Rehovot
    monkeypatch.setattr("service_desk.clock.now", lambda: before)
    assert (today().day, on_day(before).partition(",")[0]) == (3, "היום")
    monkeypatch.setattr("service_desk.clock.now", lambda: before + timedelta(seconds=1))
    assert (today().day, on_day(before).partition(",")[0]) == (4, "אתמול")
