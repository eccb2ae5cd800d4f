import pytest
from catalogue import table
from hypothesis import given, settings
from hypothesis import strategies as st

from service_desk.catalog.rules import DANGER_NUMBERS, danger_kinds, mentions_danger

ROWS = table("danger.tsv")


@pytest.mark.parametrize("text", [text for said, text in ROWS if said == "yes"])
def test_danger_to_life_is_never_missed(text):
    assert mentions_danger(text)


@pytest.mark.parametrize("text", [text for said, text in ROWS if said == "no"])
def test_ordinary_reports_raise_no_alarm(text):
    assert not mentions_danger(text)


def test_each_kind_of_danger_is_named():
    assert danger_kinds("ריח גז בבניין") == {"fire"}
    assert danger_kinds("ударило током ребёнка") == {"electric"}
    assert danger_kinds("she wants to kill herself") == {"self_harm"}
    assert danger_kinds("אנשים תקועים במעלית") == {"trapped"}


def test_capitals_points_and_quotes_do_not_hide_danger():
    assert mentions_danger("FIRE!!!")
    assert mentions_danger("שְׂרֵפָה")
    assert mentions_danger("ПОЖАР")
    assert mentions_danger("حَرِيق")


@given(st.text(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_hostile_text_names_only_known_kinds(text):
    assert danger_kinds(text) <= set(DANGER_NUMBERS)
