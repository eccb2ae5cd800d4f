import pytest
from catalogue import table
from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.catalog.rules import DANGER_NUMBERS, danger_kinds, danger_numbers

ROWS = table("danger.tsv")


@pytest.mark.parametrize("text", [text for said, text in ROWS if said == "yes"])
def test_danger_to_life_is_never_missed(text):
    assert danger_numbers(text)


@pytest.mark.parametrize("text", [text for said, text in ROWS if said == "no"])
def test_ordinary_reports_raise_no_alarm(text):
    assert not danger_numbers(text)


def test_each_kind_of_danger_is_named():
    assert danger_kinds("ריח גז בבניין") == {"fire"}
    assert danger_kinds("ударило током ребёнка") == {"electric"}
    assert danger_kinds("she wants to kill herself") == {"self_harm"}
    assert danger_kinds("אנשים תקועים במעלית") == {"trapped"}
    assert danger_kinds("ילד נפל לביוב") == {"medical", "trapped"}, (
        "whoever gets him out, and whoever treats him"
    )


def test_words_that_together_say_something_else_hide_no_danger_beside_them():
    assert not danger_kinds("fire ants near the fire station")
    assert danger_kinds("fire ants, and the shed is on fire") == {"fire"}
    assert danger_kinds("גנבו לי אופניים") == set()
    assert danger_kinds("גנב בבית") == {"violence"}, "what is read instead may be a danger of its own"


def test_order_tells_a_man_in_a_stuck_lift_from_the_lift_alone():
    assert danger_kinds("stuck in the lift") == {"trapped"}
    assert not danger_kinds("the lift is stuck in the community centre")


def test_capitals_points_and_quotes_do_not_hide_danger():
    assert danger_numbers("FIRE!!!")
    assert danger_numbers("שְׂרֵפָה")
    assert danger_numbers("ПОЖАР")
    assert danger_numbers("حَرِيق")


@pytest.mark.parametrize("before", [0, 25, 59, 60, 61, 89, 150, 600])
def test_danger_is_heard_wherever_it_stands_in_a_long_text(before):
    assert danger_kinds("מדרכה " * before + "ילד נפל לביוב" + " מדרכה" * 100) == {"medical", "trapped"}


def test_words_of_danger_far_from_one_another_speak_of_different_things():
    assert not danger_kinds("ילד" + " מדרכה" * 120 + " שלט נפל")


@given(st.text(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_hostile_text_names_only_known_kinds(text):
    assert danger_kinds(text) <= set(DANGER_NUMBERS)
