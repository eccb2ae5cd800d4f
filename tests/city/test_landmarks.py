"""Places by name, in the languages the seed has."""

import pytest

from service_desk.city.rules import SURE_PLACE


@pytest.mark.parametrize(
    ("said", "he"),
    [
        ("קרית משה", "קריית משה"),
        ("Kiryat Moshe", "קריית משה"),
        ("שכונת דניה", "שכונת דניה"),
        ("מרמורק", "מרמורק"),
    ],
)
def test_neighbourhood_is_found_by_name(rehovot_places, said, he):
    best = rehovot_places.match(said)[0]
    assert best.landmark.name["he"] == he
    assert best.score >= SURE_PLACE


@pytest.mark.parametrize("said", ["", "בית ספר", "\x00", "12", "קוקורוזה"])
def test_words_that_name_nothing_find_nothing(rehovot_places, said):
    assert rehovot_places.match(said) == []


def test_part_of_a_name_is_offered_only(rehovot_places):
    offered = rehovot_places.match("קפלן")
    assert offered[0].landmark.name["he"] == "בית חולים קפלן"
    assert offered[0].score < SURE_PLACE
