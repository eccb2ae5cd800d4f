"""Ready wordings: their holes, and the ones a city starts with."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from service_desk import work
from service_desk.catalog.seed.load import read_seed
from service_desk.config import LOCALES
from service_desk.flow.edit_reply import WORDS_CHARS
from service_desk.flow.found_city import found_city
from service_desk.messages.replies import every_reply
from service_desk.messages.rules.filling import USES, VARIABLES, fill, unknown_holes
from service_desk.messages.seed.load import read_replies

FULL = {"reference": "482-1937", "street": "הרצל 1", "due": "יום ג׳ 1.12, 09:40"}
REPLIES = read_replies()


def test_every_hole_is_filled_or_nothing_is_said():
    assert fill("{reference}: {street}", FULL) == "482-1937: הרצל 1"
    assert fill("{reference}: {street}", FULL | {"street": ""}) is None
    assert fill("{reference}: {else}", FULL) is None
    assert fill("שלום", {}) == "שלום"


def test_what_stands_in_a_hole_is_not_read_as_a_hole():
    assert fill("{street}", {"street": "{due}"}) == "{due}"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("{due}", ()),
        ("{when} {due}", ("when",)),
        ("{ due }", (" due ",)),
        ("{}", ("",)),
        ("a } b", ("}",)),
        ("{{due}}", ("{", "}")),
    ],
)
def test_a_hole_that_nothing_fills_is_named(words, found):
    assert unknown_holes(words) == found


def test_a_city_starts_with_wordings_for_every_use():
    assert len(REPLIES) >= 12
    assert {each["use"] for each in REPLIES} == set(USES)
    assert len({each["code"] for each in REPLIES}) == len(REPLIES)
    groups = {each["code"] for each in read_seed()["groups"]}
    assert all(each["group"] is None or each["group"] in groups for each in REPLIES)


@pytest.mark.parametrize("each", REPLIES, ids=lambda each: each["code"])
def test_a_wording_says_the_same_in_five_languages(each):
    assert set(each["words"]) == set(each["name"]) == set(LOCALES)
    held = {name for name in VARIABLES if "{" + name + "}" in each["words"]["he"]}
    for language, words in each["words"].items():
        assert unknown_holes(words) == (), language
        assert {name for name in VARIABLES if "{" + name + "}" in words} == held, language
        assert len(fill(words, FULL)) <= WORDS_CHARS


def test_a_city_founded_before_gets_the_usual_ones_and_its_own_are_left_alone(app, owner):
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM reply_templates WHERE authority_id = 1"))
    assert not found_city("rehovot")
    work.set_tenant(1)
    first = every_reply()
    assert [each.code for each in first] == [each["code"] for each in REPLIES]
    assert not found_city("rehovot")
    work.set_tenant(1)
    assert every_reply() == first
