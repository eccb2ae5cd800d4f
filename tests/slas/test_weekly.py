"""Opening hours as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.slas.rules.weekly import (
    BadHours,
    format_day,
    is_open_in,
    open_minutes,
    parse_day,
    rows_of,
    week_of,
)


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("", ()),
        (" – ", ()),
        ("8-13", ((480, 780),)),
        ("08:00-13:00, 16:00-20:00", ((480, 780), (960, 1200))),
        ("16.30–24:00; 8:15 - 12", ((495, 720), (990, 1440))),
        ("\u200f08:00־13:00", ((480, 780),)),
    ],
)
def test_hours_are_read_as_they_are_written(text, windows):
    assert parse_day(text) == windows


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("morning", "unreadable"),
        ("8-25", "unreadable"),
        ("8:75-9", "unreadable"),
        ("13-8", "reversed"),
        ("8-8", "reversed"),
        ("8-13, 12-14", "overlap"),
        ("1-2,3-4,5-6,7-8,9-10,11-12,13-14", "too_many"),
    ],
)
def test_hours_that_cannot_be_are_named(text, code):
    with pytest.raises(BadHours) as caught:
        parse_day(text)
    assert caught.value.code == code


@given(st.lists(st.integers(0, 1440), unique=True, max_size=12).map(sorted))
def test_a_day_written_out_reads_back_the_same(edges):
    windows = tuple(zip(edges[::2], edges[1::2], strict=False))
    assert parse_day(format_day(windows)) == windows


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 22), st.integers(1, 2)),
        max_size=10,
        unique_by=lambda each: each[0],
    )
)
def test_the_hours_of_a_week_add_up_to_its_open_minutes(openings):
    week = week_of([(day, hour * 60 + 15, (hour + length) * 60) for day, hour, length in openings])
    assert week == week_of(rows_of(week))
    assert sum(60 * is_open_in(week, day, hour) for day in range(7) for hour in range(24)) == pytest.approx(
        open_minutes(week)
    )
