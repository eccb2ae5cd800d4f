"""Which days that differ a promise counts by: those known when its count began, whatever was entered or taken back since."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.city.kept import FRESH_SECONDS
from service_desk.slas.rules import StoredDay
from service_desk.slas.rules.known import FROM_THE_FIRST, HEARD, DaysKnown

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(day, created_at, ended_at=None, *, is_shared=False):
    """Return a day as stored."""
    return StoredDay(day, "closed", created_at=created_at, ended_at=ended_at, is_shared=is_shared)


def known(days, at):
    days_known = DaysKnown(days)
    return days_known.after(days_known.turn(at))


instants = st.integers(0, 5000).map(lambda minutes: START + timedelta(minutes=minutes))
entries = st.builds(
    lambda day, created, lasted: entry(
        date(2026, 3, 1) + timedelta(days=day),
        created,
        None if lasted is None else created + timedelta(minutes=lasted),
    ),
    st.integers(0, 30),
    instants,
    st.none() | st.integers(0, 3000),
)


@settings(deadline=None)
@given(st.lists(entries, max_size=8), instants)
def test_a_promise_counts_by_what_had_been_entered_and_not_taken_back(days, at):
    then = at - HEARD
    assert known(days, at) == [
        each for each in days if each.created_at <= then and (each.ended_at is None or each.ended_at > then)
    ]


@settings(deadline=None)
@given(st.lists(entries, max_size=8), entries, instants)
def test_what_is_entered_or_ended_later_changes_nothing_that_was_known(days, fresh, at):
    later = entry(fresh.date, max(fresh.created_at, at), None)
    ended = [
        each if each.ended_at is not None or each.created_at > at else entry(each.date, each.created_at, at)
        for each in days
    ]
    assert [each.date for each in known([*ended, later], at)] == [each.date for each in known(days, at)]


@settings(deadline=None)
@given(st.lists(entries, max_size=8), instants, instants)
def test_between_two_turns_the_same_days_are_known(days, first, second):
    days_known = DaysKnown(days)
    if days_known.turn(first) == days_known.turn(second):
        assert known(days, first) == known(days, second)


def test_parts_of_a_second_make_no_difference_since_clocks_are_cut_to_whole_ones():
    entered = START + timedelta(milliseconds=700)
    day = entry(date(2026, 3, 9), entered)
    began = entered + HEARD + timedelta(milliseconds=100)
    assert known([day], began) == known([day], began.replace(microsecond=0)) == [day]


def test_now_counts_what_stands_at_once_and_promises_after_every_process_has_read_it():
    day, gone = entry(date(2026, 3, 9), START), entry(date(2026, 3, 10), START - HOUR, START)
    assert known([day, gone], None) == [day]
    assert known([day, gone], START) == [gone]
    assert HEARD.total_seconds() > 5 * FRESH_SECONDS


def test_a_years_first_holidays_hold_for_orders_that_were_issued_before_they_were_entered():
    first = entry(date(2027, 4, 22), START + HOUR, is_shared=True)
    more = entry(date(2027, 5, 12), START + 2 * HOUR, is_shared=True)
    this_year = entry(date(2026, 4, 2), FROM_THE_FIRST, is_shared=True)
    assert known([this_year, first, more], START) == [this_year, first]
    assert known([this_year, first, more], START + 3 * HOUR) == [this_year, first, more]
