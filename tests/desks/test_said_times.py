"""Days as they are said: by themselves with a capital, inside a sentence without one."""

from datetime import timedelta

import pytest
from flask_babel import force_locale

from service_desk import clock
from service_desk.desks.filters import due, on_day
from service_desk.desks.resident.sayings import promised


@pytest.mark.parametrize(
    ("language", "alone", "inside"),
    [("en", "Today", "today"), ("ru", "Сегодня", "сегодня"), ("he", "היום", "היום")],
)
def test_today_loses_its_capital_only_inside_a_sentence(app, city, language, alone, inside):
    noon = clock.local(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0)
    with app.test_request_context(f"/?lang={language}"), force_locale(language):
        assert on_day(noon) == f"{alone}, 12:00"
        assert on_day(noon, inside=True) == f"{inside}, 12:00"
        assert due(noon, inside=True) == f"{inside}, 12:00"


def test_a_promise_is_one_sentence_with_small_letters(app, city):
    tomorrow = (clock.local(clock.now()) + timedelta(days=1)).replace(hour=9, minute=40)
    with app.test_request_context("/?lang=en"), force_locale("en"):
        assert promised(tomorrow) == "until tomorrow, 09:40"
