"""A report made in a chat: five languages from the first word to the reference, and chats of chance."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from service_desk import clock, work
from service_desk.catalog.queries import catalogue
from service_desk.flow.chat_world import CityWorld
from service_desk.flow.hear import hear
from service_desk.flow.sweep import sweep
from service_desk.messages.actions import InboundMessage
from service_desk.messages.rules import chat
from service_desk.messages.rules.talking import Heard
from service_desk.tickets.rules import shown

PHONE = "+972502345678"
INSIDE, OUTSIDE = (34.8113, 31.8928), (34.5, 31.0)


@dataclass
class Phone:
    """A person's phone: writes, and reads the last answer."""

    owner: object
    channel: str = "whatsapp"

    def write(self, body="", *, pin=None, photos=0, now=None):
        media = tuple((f"https://api.twilio.com/m/{n}", "image/jpeg") for n in range(photos))
        one = InboundMessage(f"SM{secrets.token_hex(8)}", self.channel, PHONE, body, media, pin)
        self.outcome = hear(one, now or clock.now())
        return self.read()

    def look(self, query):
        with self.owner.connect() as connection:
            return connection.execute(text(query)).all()

    def read(self):
        rows = self.look("SELECT body FROM messages ORDER BY id DESC LIMIT 1")
        return rows[0].body if rows else ""


@pytest.fixture
def phone(app, owner):
    return Phone(owner)


#: language → what is said from the first word to the yes: matter, choice, place, answers, photo, yes
CHATS = {
    "he": ("יש בור בכביש", "הרצל 178", "לא", "כן", "בור"),
    "ar": ("حفرة في الشارع", "הרצל 178", "لا", "نعم", "حفر"),
    "ru": ("яма на дороге", "Герцль 178", "нет", "да", "Ям"),
    "en": ("a deep pothole in the road", "Herzl 178", "no", "yes", "Pothole"),
    "am": ("በመንገድ ላይ ጉድጓድ", "הרצל 178", "አይ", "አዎ", "ጉድጓድ"),
}


@pytest.mark.parametrize("language", list(CHATS))
def test_a_report_from_the_first_word_to_the_reference(phone, language):
    matter, place, no, yes, named = CHATS[language]
    asked = phone.write(matter)
    number = next(line[0] for line in asked.splitlines() if named in line and line[0].isdigit())
    phone.write(number)
    answer = phone.write(place)
    for _ in range(3):
        step = phone.look("SELECT step FROM conversations")[0].step
        if step == "question":
            answer = phone.write("1")
        elif step == "photo":
            answer = phone.write(no)
    assert named in answer, answer
    said = phone.write(yes)
    assert phone.outcome == "reported"
    ((reference, service, channel, locale),) = phone.look(
        "SELECT reference, service_code, channel, locale FROM tickets"
    )
    assert (service, channel, locale) == ("RD-POTHOLE", "whatsapp", language)
    assert shown(reference) in said
    assert "/t/" in said
    assert phone.look("SELECT count(*) FROM conversations") == [(0,)]


def to_confirm(phone, *, photos=0):
    phone.write("יש בור בכביש")
    phone.write("1")
    phone.write(pin=INSIDE)
    while phone.look("SELECT step FROM conversations")[0].step == "question":
        phone.write("1")
    return phone.write("" if photos else "לא", photos=photos)


def test_the_summary_says_type_place_centre_and_promise(phone):
    summary = to_confirm(phone)
    lines = summary.splitlines()
    assert [line.partition(":")[0] for line in lines[:4]] == ["לסיכום", "מקום", "מטפל", "עד"]
    assert "קש״ת" in lines[2]


def test_a_yes_that_comes_again_makes_no_second_request(phone):
    to_confirm(phone)
    kept = phone.look("SELECT draft FROM conversations")[0].draft
    phone.write("כן")
    with phone.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO conversations VALUES (1, 'whatsapp', :phone, 'he', 'confirm', "
                "CAST(:draft AS jsonb), now(), now() + interval '1 hour')"
            ),
            {"phone": PHONE, "draft": json.dumps(kept)},
        )
    phone.write("כן")
    assert phone.outcome == "reported"
    assert phone.look("SELECT count(*) FROM tickets") == [(1,)]


def test_photos_and_pin_of_the_chat_follow_to_the_request(phone):
    to_confirm(phone, photos=2)
    phone.write("1")
    ((ticket_id, lon),) = phone.look("SELECT id, lon FROM tickets")
    assert lon == pytest.approx(INSIDE[0])
    rows = phone.look("SELECT ticket_id FROM inbound WHERE lon IS NOT NULL OR media <> '[]'")
    assert rows == [(ticket_id,), (ticket_id,)]


def test_danger_is_answered_with_numbers_before_anything_else(phone, city):
    said = phone.write("כבל חשמל קרוע על המדרכה, אדם התחשמל")
    assert "103" in said.splitlines()[0]
    assert city.authority.hotline in said.splitlines()[0]
    assert phone.look("SELECT count(*) FROM conversations") == [(1,)]


def test_back_and_start_over_and_another_language(phone):
    phone.write("יש בור בכביש")
    phone.write("1")
    assert phone.write("חזרה").startswith("על מה הפנייה")
    assert phone.write("English").startswith("What is it about")
    assert phone.write("start over").startswith("What happened")
    assert phone.look("SELECT draft ? 'codes' AS has FROM conversations") == [(False,)]


def test_help_gives_numbers_and_the_question_again(phone, city):
    phone.write("יש בור בכביש")
    said = phone.write("עזרה")
    assert city.authority.hotline in said
    assert "על מה הפנייה" in said


def test_a_street_of_several_areas_asks_for_the_number(phone):
    phone.write("יש בור בכביש")
    phone.write("1")
    assert "מספר הבית" in phone.write("הרצל")
    phone.write("178")
    assert phone.look("SELECT draft->'place'->>'house_no' AS no FROM conversations") == [("178",)]


def test_a_pin_outside_the_city_is_said_to_be_so(phone):
    phone.write("יש בור בכביש")
    phone.write("1")
    assert "מחוץ לעיר" in phone.write(pin=OUTSIDE)


def test_an_unknown_street_is_asked_again_and_then_kept_as_said(phone):
    phone.write("יש בור בכביש")
    phone.write("1")
    assert "לא מצאנו" in phone.write("קקקקק ששששש")
    assert "כפי שנכתב" in phone.write("קקקקק ששששש")


def test_words_that_fit_no_type_go_to_a_person_the_second_time(phone):
    assert "במילים אחרות" in phone.write("בלהבלה") or "מה קרה" in phone.read()
    phone.write("קשקשת שקשקת")
    assert phone.look("SELECT draft->>'code' AS code FROM conversations") == [("ADM-INFO",)]


def test_what_is_known_nearby_can_be_joined(phone, owner):
    to_confirm(phone)
    phone.write("1")
    other = Phone(owner)
    with owner.begin() as connection:
        connection.execute(text("UPDATE residents SET phone = '+972502345000'"))
    other.write("יש בור בכביש")
    other.write("1")
    assert "כבר ידוע" in other.write(pin=INSIDE)
    other.write("1")
    assert other.outcome == "joined"
    assert phone.look("SELECT count(*) FROM tickets") == [(1,)]
    assert phone.look("SELECT count(*) FROM followers") == [(2,)]


def test_a_chat_that_fell_silent_is_forgotten_and_left_for_a_clerk(phone):
    phone.write("יש בור בכביש")
    sweep(clock.now() + timedelta(hours=2, minutes=1))
    assert phone.look("SELECT count(*) FROM conversations") == [(0,)]
    assert phone.look("SELECT outcome FROM inbound") == [("unfinished",)]


def test_a_service_that_has_no_place_asks_for_none(phone):
    types = catalogue().types
    phone.write("ארנונה")
    number = next(line[0] for line in phone.read().splitlines() if types["ADM-ARNONA"].name["he"] in line)
    assert "איפה" not in phone.write(number)


@pytest.fixture(scope="module")
def world(founded):
    with founded.app_context(), work.tenant(1):
        yield CityWorld(clock.now())


WORDS = st.sampled_from(
    ["יש בור בכביש", "1", "2", "3", "0", "כן", "לא", "חזרה", "מהתחלה", "עזרה", "русский", "English", "አማርኛ", "العربية",
     "הרצל", "הרצל 178", "178", "стоянка", "حفرة", "ጉድጓድ", "", "🙂", "99", "הפח מלא", "yes", "דילוג", "גז דולף", "ביאליק 5 פינת הרצל"]
)  # fmt: skip
MESSAGES = st.tuples(
    st.one_of(WORDS, WORDS, st.text(max_size=40)),
    st.one_of(st.none(), st.none(), st.none(), st.just(INSIDE), st.just(OUTSIDE)),
    st.sampled_from([0, 0, 0, 1, 3]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(MESSAGES, min_size=1, max_size=25), st.sampled_from(["he", "ar", "ru", "en", "am"]))
def test_any_chat_is_always_answered_and_stays_small(world, monkeypatch, messages, locale):
    monkeypatch.setattr(CityWorld, "known", lambda *_: [])
    talk = None
    for number, (words, pin, photos) in enumerate(messages, 1):
        heard = Heard(words.strip(), number, pin, photos, secrets.token_hex(16))
        turn = chat.step(talk, heard, world) if talk else chat.begin(heard, locale, world)
        assert turn.lines or turn.effect
        talk = turn.talk
        if turn.effect:
            assert turn.effect.kind == "report"
            assert talk.draft["code"]
            assert talk.draft["place"]
        assert talk is not None
        assert len(json.dumps(dict(talk.draft))) < 200_000
