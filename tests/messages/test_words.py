"""What people write: stop words, references; and what an SMS of ours costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.messages.rules.segments import segments
from service_desk.messages.rules.words import is_start, is_stop, reference_in
from service_desk.tickets.rules import reference_of, shown


@pytest.mark.parametrize(
    "text",
    [
        "הסר",
        " הסר! ",
        "«הסר»",
        "STOP",
        "Stop.",
        "стоп",
        "СТОП",
        "إلغاء",
        "الغاء",
        "إِلْغَاء",
        "አቁም",
        "\u200fהסר\u200f",
    ],
)
def test_a_word_that_stops_in_each_language(text):
    assert is_stop(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "please stop the noise",
        "להסיר את הגרפיטי מהקיר",
        "אפשר להסיר?",
        "стоп-линия стёрта",
        "אין הסר",
    ],
)
def test_a_sentence_that_holds_the_word_stops_nothing(text):
    assert not is_stop(text)


@pytest.mark.parametrize("text", ["התחל", "start", "старт", "ابدأ", "ጀምር"])
def test_a_word_that_starts_again(text):
    assert is_start(text)
    assert not is_stop(text)


@given(
    st.integers(0, 5_000_000),
    st.sampled_from(["{}", "הפנייה {} עדיין פתוחה", "re: {}.", "#{}", "رقم {} من فضلك"]),
)
def test_a_reference_is_found_in_any_sentence(number, sentence):
    reference = reference_of(number)
    assert reference_in(sentence.format(shown(reference))) == reference
    assert reference_in(sentence.format(reference)) == reference


@pytest.mark.parametrize(
    "text", ["", "482-1938", "050-2345678", "+972502345678", "בשעה 12:30 ברחוב הרצל 178", "1234"]
)
def test_other_numbers_are_no_reference(text):
    assert reference_in(text) is None


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("", ("GSM-7", 1)),
        ("a" * 160, ("GSM-7", 1)),
        ("a" * 161, ("GSM-7", 2)),
        ("a" * 306, ("GSM-7", 2)),
        ("a" * 307, ("GSM-7", 3)),
        ("€" * 80, ("GSM-7", 1)),
        ("€" * 81, ("GSM-7", 2)),
        ("ש" * 70, ("UCS-2", 1)),
        ("ש" * 71, ("UCS-2", 2)),
        ("ש" * 134, ("UCS-2", 2)),
        ("ש" * 135, ("UCS-2", 3)),
        ("😀" * 35, ("UCS-2", 1)),
        ("😀" * 36, ("UCS-2", 2)),
        ("a" * 66 + "😀" * 34, ("UCS-2", 3)),
    ],
)
def test_an_sms_costs_as_many_parts_as_the_network_counts(text, cost):
    assert segments(text) == cost


@given(st.text(max_size=400))
def test_one_more_letter_never_costs_less(text):
    assert segments(text + "a")[1] >= segments(text)[1]
