"""A measure's number in words, the same on every page and paper."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from service_desk.desks.measured import IN_UNIT, spoken_number, spoken_value
from service_desk.reports.measures import MEASURES
from service_desk.reports.values import Value


@pytest.fixture(autouse=True)
def _english(app):
    with app.test_request_context("/?lang=en"), force_locale("en"):
        yield


@pytest.mark.parametrize(
    ("code", "number", "said"),
    [
        ("received", 1204, "1,204"),
        ("received", 2.5, "2.5"),
        ("per_1000", 3.14159, "3.1"),
        ("on_time", 45, "45%"),
        ("on_time", 66.66, "66.7%"),
        ("half", 0.5, "30 min"),
        ("half", 1, "1 hour"),
        ("half", 47.6, "48 hours"),
        ("half", 72, "3 days"),
        ("half", 84, "3.5 days"),
        ("half", None, "–"),
        ("received", 0, "0"),
    ],
)
def test_a_number_is_said_in_its_measure_s_unit(code, number, said):
    assert spoken_number(code, number) == said


def test_what_is_hidden_is_said_as_few_and_nothing_as_a_dash():
    assert spoken_value("on_time", Value(None, 3, is_hidden=True)) == "fewer than 5"
    assert spoken_value("on_time", Value()) == "–"
    assert spoken_value("on_time", Value(80.0, 50)) == "80%"


def test_every_unit_of_a_measure_can_be_said():
    assert {each.unit for each in MEASURES.values()} <= set(IN_UNIT)
