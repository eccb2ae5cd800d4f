"""Every event on every channel in every language, word for word.

After a change of wording or translation: UPDATE_SNAPSHOTS=1 pytest tests/messages/test_snapshots.py, then read the
difference before it is committed: it is what residents will read and hear.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service_desk.config import LOCALES
from service_desk.messages import rules, wording
from service_desk.messages.rules.choosing import SPOKEN

FOLDER = Path(__file__).parent / "snapshots"
VALUES = {
    "reference": "4821937",
    "other": "4829008",
    "link": "https://keshet.city.example/t/abcdefghijklmnopqrstuvwx",
    "city": {"he": "רחובות", "ar": "رحوفوت", "ru": "Реховот", "en": "Rehovot", "am": "ረሆቮት"},
    "centre_number": 5,
    "service": {
        "he": "בור בכביש",
        "ar": "حفرة في الشارع",
        "ru": "Яма на дороге",
        "en": "Pothole",
        "am": "በመንገድ ላይ ጉድጓድ",
    },
    "holder": {"he": "אגף התברואה", "en": "Sanitation department"},
    "due_at": datetime(2026, 12, 1, 7, 40, tzinfo=UTC),
    "text": "Which side of the street?",
}


def facts(event):
    """Return what a message says: a digest names several requests."""
    return VALUES | ({"references": ["4821937", "4829008", "4830011"]} if event == "digest" else {})


def said(locale):
    """Return all that a city says in a language; a language that nobody speaks has no calls."""
    channels = [name for name in rules.CHANNELS if name != "voice" or locale in SPOKEN]
    return "".join(
        f"== {event} · {channel}\n{wording.render(event, channel, locale, facts(event))}\n\n"
        for event in rules.EVENTS
        for channel in channels
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_said_is_what_was_read_and_approved(app, locale):
    path = FOLDER / f"{locale}.txt"
    words = said(locale)
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        path.write_text(words, encoding="utf-8")
    assert words == path.read_text(encoding="utf-8"), "see the head of this file"


@pytest.mark.parametrize("locale", sorted(SPOKEN))
@pytest.mark.parametrize("event", rules.EVENTS)
def test_a_call_says_the_number_twice_digit_by_digit_and_no_link(app, event, locale):
    words = wording.render(event, "voice", locale, VALUES)
    assert words.count("4, 8, 2, 1, 9, 3, 7") == 2
    assert "http" not in words
    assert VALUES["text"] not in words


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("event", rules.EVENTS)
def test_a_letter_has_a_subject_its_link_and_the_way_to_stop(app, event, locale):
    words, beside = wording.render_letter(event, locale, VALUES)
    assert words.startswith(beside["variables"]["subject"])
    assert "482-1937" in beside["variables"]["subject"] or event == "digest"
    assert VALUES["link"] in words
    assert words.splitlines()[-1].endswith(wording.preferences_link())
