"""The administrator's pages of the words of messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from service_desk.config import LOCALES
from service_desk.desks.admin import wordings_page as pages
from service_desk.flow import set_words
from service_desk.messages import own_words, wording
from service_desk.messages.rules import EVENTS
from service_desk.messages.rules import own_words as rules
from service_desk.messages.rules.choosing import SPOKEN

PLACE = "/admin/words/received/sms/he"
DUE = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)
OWN = "שלום מ{sender}. פנייה {reference} נקלטה. עד {due}.\n{link}"


@pytest.fixture(autouse=True)
def no_words_left(app, owner):
    yield
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM wordings"))
        connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
    pages.kept.forget()


@pytest.fixture
def admin(client):
    client.sign_in("admin@rehovot.example")
    client.get("/admin/words?lang=en")
    return client


def received():
    return wording.render("received", "sms", "he", set_words.example() | {"due_at": DUE})


def keep(admin, words=OWN, seen="1"):
    return admin.post(PLACE, {"words": words, "seen": seen, "act": "keep"})


def test_the_words_of_the_house_can_be_kept_as_they_are(app):
    for event in EVENTS:
        for channel in rules.CHANNELS:
            for locale in LOCALES:
                if channel != "voice" or locale in SPOKEN:
                    words = wording.default_text(event, channel, locale)
                    assert rules.problem_of(event, channel, words) is None, (event, channel, locale, words)


def test_the_hebrew_words_of_the_house_do_not_jar(app):
    for event in EVENTS:
        for channel in rules.CHANNELS:
            assert rules.jarring(wording.default_text(event, channel, "he")) == (), (event, channel)


def test_the_citys_words_go_out_from_the_next_message_on(admin):
    assert keep(admin).status_code == 303
    assert received().startswith("שלום מ")
    assert "482-1937" in received()
    page = admin.get(PLACE).text
    assert "worded by the city" in page
    assert "Version 1" in page


def test_every_version_stays_and_the_words_of_the_house_come_back(admin):
    before = received()
    keep(admin)
    keep(admin, OWN.replace("שלום", "ברכות"), "2")
    assert received().startswith("ברכות")
    admin.post(PLACE, {"act": "default", "words": ""})
    assert received() == before
    assert [row.version for row, _who in own_words.history("received", "sms", "he")] == [2, 1]
    assert "Version 2" in admin.get(PLACE).text


def test_two_editors_do_not_undo_each_other(admin):
    keep(admin)
    answer = keep(admin, OWN.replace("שלום", "ברכות"), "1")
    assert answer.status_code == 422
    assert "Somebody has changed" in answer.text
    assert received().startswith("שלום")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "Something has to be said."),
        ("{reference} {link} {name}", "Nothing is known under this name: {name}"),
        ("{reference}", "Without this the request cannot be found: {link}"),
    ],
)
def test_what_cannot_be_kept_comes_back_with_a_reason(admin, words, sentence):
    answer = keep(admin, words)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert own_words.history("received", "sms", "he") == []


@pytest.mark.parametrize(
    "words", ["{reference} {link} שלום", "{sender}: {reference} {link}.", "{sender}{reference}: {link} תודה"]
)
def test_words_that_whatsapp_would_refuse_for_their_gaps_are_not_handed_in(admin, words):
    answer = admin.post("/admin/words/received/whatsapp/he", {"words": words, "seen": "1", "act": "keep"})
    assert answer.status_code == 422
    assert "WhatsApp refuses words" in answer.text


def test_trying_shows_parts_and_jarring_words_and_keeps_nothing(admin):
    page = admin.post(PLACE, {"words": f"לחצו. {OWN}", "act": "try"}).text
    assert "SMS parts" in page
    assert "UCS-2" in page
    assert "may command" in page
    assert own_words.history("received", "sms", "he") == []


@pytest.mark.parametrize(
    "place", ["nothing/sms/he", "received/pigeon/he", "received/sms/fr", "received/voice/am"]
)
def test_there_are_no_other_messages(admin, place):
    assert admin.get(f"/admin/words/{place}").status_code == 404


def test_only_an_administrator_words_messages(client):
    client.sign_in("clerk5@rehovot.example")
    assert client.get("/admin/words").status_code == 403
    assert client.post(PLACE, {"words": OWN, "seen": "1"}).status_code == 403


def test_the_pages_take_few_statements(admin, statements):
    admin.get(PLACE)
    before = len(statements)
    admin.get("/admin/words")
    listed = len(statements)
    admin.get(PLACE)
    assert (listed - before, len(statements) - listed) == (2, 2), (
        "its tenant, and the approvals or the history"
    )
