"""Whole numbers out of forms: what is one, and what a stranger may send instead."""

from __future__ import annotations

import pytest

from service_desk.desks.numbers import whole, wholes


@pytest.mark.parametrize(("said", "number"), [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_plain_digits_are_a_number(said, number):
    assert whole(said) == number


@pytest.mark.parametrize(
    "said",
    ["", " ", "5 ", " 5", "5\n", "-5", "+5", "--5", "1_000", "1,000", "1.0", "1e3", "0x10", "five", "\x00"],
)
def test_signs_spaces_and_words_are_none(said):
    assert whole(said) is None


@pytest.mark.parametrize("said", ["٣", "٣٤", "۳", "3٣", "²", "³4", "①", "\uff11\uff12", "፫", "½"])
def test_digits_that_are_not_of_our_own_pages_are_none(said):
    assert whole(said) is None


def test_more_than_the_database_can_hold_is_none():
    assert whole("9" * 19) is None
    assert whole(str(10**30)) is None
    assert whole("9" * 5000) is None, "Python itself refuses to read so many digits"


def test_a_caller_names_a_smaller_limit():
    assert whole("9999", digits=4) == 9999
    assert whole("10000", digits=4) is None


def test_of_several_only_the_numbers_stay_in_their_order():
    assert wholes(["3", "x", "1", "", "3", "²", str(10**30)]) == [3, 1, 3]
