"""Changes beyond chance: false ones are as rare as promised, planted ones are told, holidays are no change."""

from __future__ import annotations

import numpy as np
import pytest

from service_desk.reports.changes import FEWEST, WEEKS, Series, changes

CENTRES, TYPES = 7, 40


def a_city(chance, *, week_of_all=None, wide=1.0, plant=()):
    """Nine weeks of every centre and type. wide: how much more widely than chance; plant: {(centre, type): factor}."""
    rates = chance.gamma(0.8, 4.0, (CENTRES, TYPES))
    level = np.ones(WEEKS + 1) if week_of_all is None else np.array(week_of_all)
    series = {}
    for centre in range(CENTRES):
        for kind in range(TYPES):
            means = rates[centre, kind] * level
            means[-1] *= dict(plant).get((centre, kind), 1)
            if wide > 1:
                means = chance.gamma(means / (wide - 1) + 1e-9, wide - 1)
            numbers = chance.poisson(means).tolist()
            series[centre + 1, f"T{kind}"] = Series(tuple(numbers[:-1]), numbers[-1])
    city = Series(
        tuple(sum(each.before[n] for each in series.values()) for n in range(WEEKS)),
        sum(each.last for each in series.values()),
    )
    return series, city


@pytest.mark.parametrize("wide", [1.0, 2.5])
@pytest.mark.parametrize("is_above", [True, False])
def test_of_days_of_pure_chance_few_tell_of_any_change(wide, is_above):
    chance = np.random.default_rng(20261122)
    days = 80
    false = 0
    for _ in range(days):
        series, city = a_city(chance, wide=wide)
        false += bool(changes(series, is_above=is_above, limit=0.05, city=city))
    # Five in a hundred are promised; with that rate more than ten of 80 come once in two hundred such runs.
    assert false <= 10, f"{false} of {days}"


def test_a_planted_rise_is_told_with_what_was_usual():
    chance = np.random.default_rng(5)
    told = false = tried = 0
    for _ in range(40):
        series, city = a_city(chance, plant={(2, 7): 1})
        before = sum(series[3, "T7"].before) / WEEKS
        series[3, "T7"] = Series(series[3, "T7"].before, round(before * 3) + 12)
        found = changes(series, is_above=True, limit=0.05, city=city)
        tried += 1
        told += any(
            each.part == (3, "T7") and each.usual == pytest.approx(before, rel=0.25) for each in found
        )
        false += sum(each.part != (3, "T7") for each in found)
    assert told >= 0.9 * tried
    assert false <= 0.1 * tried


def test_a_week_in_which_everything_falls_or_rises_alike_is_no_change_of_a_part():
    chance = np.random.default_rng(8)
    for last in (0.4, 2.0):
        series, city = a_city(chance, week_of_all=[1, 1, 0.5, 1, 1, 1, 1, 1, last])
        assert len(changes(series, is_above=last > 1, limit=0.05, city=city)) <= 1


def test_the_city_itself_is_compared_with_its_own_weeks():
    steady = {(0, ""): Series((100, 104, 98, 101, 97, 103, 99, 98), 170)}
    (found,) = changes(steady, is_above=True, limit=0.05)
    assert found.last == 170
    assert found.usual == pytest.approx(100)
    assert changes(steady, is_above=False, limit=0.05) == []
    wild = {(0, ""): Series((40, 160, 90, 30, 170, 60, 150, 100), 170)}
    assert changes(wild, is_above=True, limit=0.05) == []


def test_a_handful_is_never_told_of_and_a_fall_of_something_usual_is():
    few = {(1, "A"): Series((0,) * WEEKS, FEWEST - 1)}
    assert changes(few, is_above=True, limit=0.05) == []
    gone = {(1, "A"): Series((20,) * WEEKS, 1)}
    assert len(changes(gone, is_above=False, limit=0.05)) == 1


def test_nothing_is_no_change():
    assert changes({}, is_above=True, limit=0.05) == []
    assert changes({(1, "A"): Series((0,) * WEEKS, 0)}, is_above=False, limit=0.05) == []
