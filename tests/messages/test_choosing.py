"""By which channel a person hears: a table of numbers, wishes and languages."""

import pytest

from service_desk.messages.rules.choosing import (
    CALLS_ONLY,
    KOSHER_PREFIXES,
    REASONS,
    Choice,
    Wish,
    choose,
    kind_of,
)

ALL = frozenset({"sms", "whatsapp", "voice", "email"})
MOBILE, KOSHER, LANDLINE, OVER_INTERNET = "+972502345678", "+972527612345", "+97289392222", "+972732345678"


def chosen(asked="sms", wish=None, phone=MOBILE, locale="he", offered=ALL, stopped=()):
    return choose(asked, wish, phone=phone, locale=locale, offered=offered, stopped=stopped)


@pytest.mark.parametrize(
    ("phone", "kind"),
    [
        (MOBILE, "mobile"),
        ("+972541234567", "mobile"),
        ("+972585555555", "mobile"),
        (KOSHER, "kosher"),
        ("+972504112345", "kosher"),
        ("+972527112345", "kosher"),
        (LANDLINE, "landline"),
        ("+97231234567", "landline"),
        (OVER_INTERNET, "landline"),
        ("+12025550123", "mobile"),
        ("what", "mobile"),
    ],
)
def test_a_number_is_what_its_beginning_says(phone, kind):
    assert kind_of(phone) == kind


def test_prefixes_are_israeli_mobile_ones():
    assert all(each.startswith("+9725") and len(each) == 8 for each in KOSHER_PREFIXES)


@pytest.mark.parametrize(
    ("given", "channel", "reason"),
    [
        ({}, "sms", "asked"),
        ({"asked": "whatsapp"}, "whatsapp", "asked"),
        ({"asked": "none"}, "none", "nothing_asked"),
        ({"asked": "none", "wish": Wish("sms", "he")}, "none", "nothing_asked"),
        ({"wish": Wish("none", "he")}, "none", "nothing_asked"),
        ({"wish": Wish("whatsapp", "he")}, "whatsapp", "preferred"),
        ({"wish": Wish("voice", "he")}, "voice", "preferred"),
        ({"phone": KOSHER}, "voice", "kosher_number"),
        ({"phone": KOSHER, "asked": "whatsapp"}, "voice", "kosher_number"),
        ({"phone": LANDLINE}, "voice", "landline"),
        ({"phone": OVER_INTERNET}, "voice", "landline"),
        ({"phone": KOSHER, "locale": "am"}, "none", "no_voice_for_language"),
        ({"wish": Wish("voice", "am"), "locale": "am"}, "sms", "no_voice_for_language"),
        ({"phone": LANDLINE, "offered": {"sms"}}, "none", "no_voice"),
        ({"wish": Wish("voice", "he"), "offered": {"sms"}}, "sms", "no_voice"),
        ({"wish": Wish("email", "he")}, "sms", "no_email"),
        ({"stopped": (CALLS_ONLY,)}, "voice", "landline"),
        ({"stopped": (CALLS_ONLY,), "offered": {"sms"}}, "none", "no_voice"),
        ({"stopped": (CALLS_ONLY,), "asked": "whatsapp"}, "whatsapp", "asked"),
        ({"wish": Wish("email", "he"), "phone": KOSHER}, "voice", "kosher_number"),
        ({"wish": Wish("email", "he", "a@b.example"), "offered": {"sms"}}, "sms", "no_email"),
    ],
)
def test_the_channel_and_why(given, channel, reason):
    found = chosen(**given)
    assert (found.channel, found.reason) == (channel, reason)
    assert found.reason in REASONS


def test_a_letter_goes_to_the_letter_box():
    assert chosen(wish=Wish("email", "he", "a@b.example")) == Choice("email", "a@b.example", "preferred")


@pytest.mark.parametrize("phone", [KOSHER, LANDLINE, OVER_INTERNET])
@pytest.mark.parametrize("asked", ["sms", "whatsapp"])
@pytest.mark.parametrize("locale", ["he", "ar", "ru", "en", "am"])
def test_no_text_ever_goes_where_none_arrives(phone, asked, locale):
    assert chosen(asked, phone=phone, locale=locale).channel in {"voice", "none"}
