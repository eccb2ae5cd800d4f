"""The city's own words: what may be kept, what is left out, what is warned of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.messages.rules import EVENTS
from service_desk.messages.rules import own_words as rules

GOOD = "{sender}: {reference}. {service}. Due by {due}.\n{link}"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (GOOD, None),
        ("", "required"),
        ("{reference} {link}" + "x" * 400, "too_long"),
        ("{reference} {link} {phone}", "unknown_variable"),
        ("{reference} {link} }", "unknown_variable"),
        ("{reference}", "missing_variable"),
    ],
)
def test_words_that_cannot_be_kept_say_why(words, problem):
    assert rules.problem_of("received", "sms", words) == problem


def test_a_digest_may_list_its_requests_in_place_of_one():
    assert rules.problem_of("digest", "sms", "{references} {link}") is None


def test_a_sentence_without_its_value_is_left_out():
    values = {"sender": "K", "reference": "482-1937", "service": "", "due": "", "link": "L"}
    assert rules.fill(GOOD, values) == "K: 482-1937.\nL"


def test_commands_and_one_sided_address_are_named():
    assert rules.jarring("נא לחצו כאן. תושב/ת, לחצו") == ("לחצו", "תושב/ת")
    assert rules.jarring("הפנייה התקבלה במוקד. הטיפול החל.") == ()


@given(st.text(max_size=200), st.sampled_from(rules.CHANNELS), st.sampled_from(EVENTS))
def test_whatever_is_typed_is_judged_and_what_is_kept_can_be_filled(words, channel, event):
    if rules.problem_of(event, channel, words) is None:
        rules.fill(words, dict.fromkeys(rules.HOLES[channel], "v"))
    rules.jarring(words)
