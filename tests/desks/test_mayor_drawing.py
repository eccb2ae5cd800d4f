"""Pictures of figures: round axes, lines with honest gaps, shades that tell values apart."""

import math
import re

from hypothesis import example, given
from hypothesis import strategies as st

from service_desk.desks.mayor.pictures_areas import SHADES, shade, steps
from service_desk.desks.mayor.pictures_lines import MOST_LABELS, SIDE, axis, labelled, line

NUMBERS = st.lists(st.none() | st.floats(0, 1e6), max_size=60)
PERCENTS = st.lists(st.none() | st.floats(0, 100), max_size=60)


def _is_sound(found, values):
    gaps = [a - b for a, b in zip(found.ticks, found.ticks[1:], strict=False)]
    assert 2 <= len(found.ticks) <= 8
    assert all(math.isclose(gap, gaps[0], rel_tol=1e-3, abs_tol=1e-6) for gap in gaps)
    for each in values:
        if each is not None:
            assert -0.01 <= found.y(each) <= SIDE + 0.01


@given(NUMBERS)
@example([1e-05])
@example([5e-324])
def test_an_axis_of_numbers_holds_every_value_from_nought_on_even_ticks(values):
    for unit in ("number", "hours"):
        found = axis(values, unit)
        assert found.low == 0
        _is_sound(found, values)


@given(PERCENTS)
@example([1e-05, 3e-05])
def test_an_axis_of_shares_never_passes_a_hundred(values):
    found = axis(values, "percent")
    assert found.high <= 100
    _is_sound(found, values)


@given(NUMBERS.filter(bool))
@example([5e-324])
def test_a_line_has_a_point_for_each_value_and_none_for_a_gap(values):
    drawn = line(values, axis(values, "number"))
    assert len(re.findall(r"[ML]", drawn.path)) == sum(each is not None for each in values)
    starts = sum(
        each is not None and (place == 0 or values[place - 1] is None) for place, each in enumerate(values)
    )
    assert drawn.path.count("M") == starts
    assert (drawn.last is None) == all(each is None for each in values)


def test_time_runs_left_to_right_and_ends_at_the_last_value():
    drawn = line([1.0, 2.0, 4.0], axis([1.0, 2.0, 4.0], "number"))
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+)", drawn.path)]
    assert xs == sorted(xs)
    assert drawn.last == (xs[-1], 0.0)


@given(st.integers(1, 400))
def test_labels_fit_a_phone_and_the_last_point_has_one(count):
    found = labelled(count)
    assert len(found) == count
    assert found[-1]
    assert sum(found) <= MOST_LABELS


@given(st.dictionaries(st.integers(1, 7), st.none() | st.floats(0, 1e5), max_size=7))
def test_a_higher_value_is_never_lighter_and_no_value_has_no_shade(values):
    legend = steps(values)
    shades = {key: shade(each, legend) for key, each in values.items()}
    for a, value_a in values.items():
        assert (shades[a] == 0) == (value_a is None)
        assert shades[a] <= SHADES
        for b, value_b in values.items():
            if value_a is not None and value_b is not None and value_a < value_b:
                assert shades[a] <= shades[b]
