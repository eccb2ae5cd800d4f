"""What messages say: in the recipient's language, short, with the link last, and nothing private on a lock screen."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service_desk import config
from service_desk.catalog.queries import catalogue
from service_desk.config import LOCALES
from service_desk.messages import rules, wording
from service_desk.messages.rules.segments import segments
from service_desk.messages.rules.words import is_stop, verdict

#: As long as a real one: a municipal address and a token of 24 letters.
LINK = "https://keshet.rehovot.muni.il/t/" + "A" * 24
SECRET_WORDS = "דירה 4 אצל משפחת כהן 050-2345678"


def values(app, **changes):
    """Return the longest of what a message may hold."""

    def length(name):
        return max(len(str(name.get(locale) or "")) for locale in LOCALES)

    usual = {
        "reference": "4821937",
        "link": LINK,
        "city": {"he": "רחובות", "ar": "رحوفوت", "ru": "Реховот", "en": "Rehovot", "am": "ረሆቮት"},
        "centre_number": 5,
        "service": max((each.name for each in catalogue().types.values()), key=length),
        "holder": {"he": "אגף התברואה", "en": "Sanitation department"},
        "due_at": datetime(2026, 12, 1, 7, 40, tzinfo=UTC),
        "text": "",
        "other": "4829008",
    }
    return usual | changes


@pytest.mark.parametrize("locale", LOCALES)
def test_received_costs_at_most_three_parts(app, locale):
    words = wording.render("received", "sms", locale, values(app))
    assert segments(words)[1] <= 3, words


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("event", [event for event in rules.EVENTS if event != "received"])
def test_every_other_sms_costs_at_most_two_parts(app, locale, event):
    words = wording.render(event, "sms", locale, values(app))
    assert segments(words)[1] <= 2, f"{len(words)}: {words}"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("event", rules.EVENTS)
def test_the_link_stands_last_and_the_reference_in_every_sms(app, locale, event):
    words = wording.render(event, "sms", locale, values(app))
    assert words.splitlines()[-1] == LINK
    assert "482-1937" in words
    assert len(words.splitlines()) == 2


@pytest.mark.parametrize("event", rules.EVENTS)
@pytest.mark.parametrize("channel", rules.CHANNELS)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_sensitive_matter_is_never_named(app, event, channel, locale):
    facts = values(app, is_sensitive=True, text=SECRET_WORDS)
    words = wording.render(event, channel, locale, facts)
    assert facts["service"][locale if facts["service"].get(locale) else "he"] not in words
    assert "050-2345678" not in words


@pytest.mark.parametrize("event", rules.EVENTS)
def test_a_persons_words_never_travel_by_sms(app, event):
    assert "050-2345678" not in wording.render(event, "sms", "he", values(app, text=SECRET_WORDS))


def test_whatsapp_quotes_the_question_on_one_line(app):
    _, kept = wording.render_both("question", "he", values(app, text="איזה בית?\n\nליד  הגן או מולו?"))
    assert kept["variables"]["3"] == "איזה בית? ליד הגן או מולו?"


def test_a_long_question_is_cut_at_a_word(app):
    _, kept = wording.render_both("question", "he", values(app, text="מילה " * 200))
    assert len(kept["variables"]["3"]) <= 302
    assert kept["variables"]["3"].endswith("מילה …")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("event", rules.EVENTS)
@pytest.mark.parametrize("is_bare", [True, False])
def test_a_template_filled_with_its_variables_is_the_message(app, locale, event, is_bare):
    """No variable may be empty or hold a line break, nor stand first or last: Meta refuses such a template."""
    facts = {"reference": "4821937", "link": LINK} if is_bare else values(app)
    words, kept = wording.render_both(event, locale, facts)
    template = wording.template_text(event, locale)
    assert kept["name"] == f"keshet_{event}_{locale}"
    assert all(value.strip() and "\n" not in value for value in kept["variables"].values())
    assert re.sub(r"\{\{(\d)\}\}", lambda found: kept["variables"][found[1]], template) == words
    assert not template.startswith("{{")
    assert not template.endswith("}}")


@pytest.mark.parametrize(
    ("locale", "day"), [("he", "יום ג׳ 1.12, 09:40"), ("en", "Tue 1.12, 09:40"), ("ru", "вт 1.12, 09:40")]
)
def test_the_promise_is_an_absolute_local_time(app, locale, day):
    assert day in wording.render("received", "sms", locale, values(app))


def test_arabic_keeps_the_sides_of_the_reference(app):
    assert "\u200e482-1937" in wording.render("closed", "sms", "ar", values(app))


def test_words_without_a_promise_a_centre_or_a_service_still_stand(app):
    words = wording.render("received", "sms", "en", {"reference": "4821937", "link": LINK})
    assert words == f"Keshet resident service: request 482-1937 was received.\n{LINK}"


@pytest.mark.parametrize("locale", LOCALES)
def test_the_stop_word_in_the_template_is_one_that_we_obey(app, locale):
    last = wording.template_text("closed", locale).splitlines()[-1]
    assert any(is_stop(word) for word in re.split(r"[\s:«»\"”“״.]+", last) if word), last


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_what_was_done_says_which_answers_are_understood(app, locale, channel):
    words = wording.render("resolved", channel, locale, values(app))
    assert "2" in words.replace("482-1937", "").partition("http")[0]
    assert verdict("2") is True
    assert verdict("3") is False


@pytest.mark.parametrize(
    ("sender", "asks"), [("Keshet", False), ("+97233760000", True), ("MG" + "1" * 32, True)]
)
def test_nobody_is_asked_to_answer_a_sender_that_takes_no_answer(app, sender, asks):
    usual = config.current()
    config.use(replace(usual, message_transport="twilio", twilio_sms_sender=sender))
    try:
        words = wording.render("resolved", "sms", "en", values(app))
    finally:
        config.use(usual)
    assert ("Answer: 2" in words) is asks
    assert values(app)["link"] in words
