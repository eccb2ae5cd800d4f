"""WhatsApp templates: made once, handed in, their state kept; what is not approved goes by SMS."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from service_desk import config, work
from service_desk.city import kept
from service_desk.flow import set_words
from service_desk.flow.receive import receive_report
from service_desk.flow.sync_templates import sync_templates, sync_whatsapp
from service_desk.messages import approvals, own_words, wording
from service_desk.messages.channels.contract import Ambiguous, Content
from service_desk.messages.rules import EVENTS
from service_desk.messages.whatsapp_words import present, template_name
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor, Role

ALL = len(EVENTS) * len(config.LOCALES)
NAME = "keshet_received_he"
FIRST, SECOND = (
    f"שלום מ{{sender}}. פנייה {{reference}} {word}: {{link}} — תודה." for word in ("נקלטה", "התקבלה")
)


class Shelf:
    """A provider that keeps templates. refuses: names it does not want to make."""

    def __init__(self, refuses=()):
        self.held, self.made, self.handed_in, self.refuses = {}, [], [], refuses

    def listed(self):
        return dict(self.held)

    def make(self, name, locale, body, example):
        if name in self.refuses:
            raise Ambiguous("read")
        self.made.append((name, locale, body, example))
        self.held[name] = Content(name, f"HX{len(self.made):032x}", "unsubmitted")
        return self.held[name].sid

    def hand_in(self, sid, name):
        self.handed_in.append(name)
        self.held[name] = Content(name, sid, "pending")
        return "pending"

    def judge(self, name, state, reason=""):
        self.held[name] = replace(self.held[name], state=state, reason=reason)


@pytest.fixture(autouse=True)
def no_approvals_left(app, owner):
    yield
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM approvals"))
        connection.execute(text("DELETE FROM wordings"))
        connection.execute(text("UPDATE authorities SET data_version = data_version + 1"))
    kept.forget()


@pytest.fixture
def by_twilio(app, settings):
    """Settings of an installation that sends by Twilio."""
    before = config.current()
    config.use(replace(settings, message_transport="twilio", twilio_whatsapp_sender="+972501111111"))
    yield
    config.use(before)


def synced(shelf):
    states = sync_templates(shelf)
    kept.forget()
    return states


def last_message(owner):
    with owner.connect() as connection:
        return connection.execute(
            text("SELECT channel, channel_reason, body FROM messages ORDER BY id DESC LIMIT 1")
        ).one()


def test_every_template_is_made_and_handed_in_once(app):
    shelf = Shelf()
    assert synced(shelf) == {"pending": ALL}
    assert synced(shelf) == {"pending": ALL}
    assert len(shelf.made) == len(shelf.handed_in) == ALL
    body = next(body for name, _locale, body, _example in shelf.made if name == NAME)
    assert all(f"{{{{{n}}}}}" in body for n in (1, 2, 3, 4))


def test_what_was_made_before_a_failure_is_found_by_its_name(app):
    shelf = Shelf(refuses={NAME})
    assert synced(shelf) == {"pending": ALL - 1, "unsubmitted": 1}
    shelf.held["keshet_closed_he"] = Content("keshet_closed_he", "HX" + "f" * 32, "unsubmitted")
    shelf.refuses = ()
    assert synced(shelf) == {"pending": ALL}
    assert len(shelf.made) == ALL, "the one that was there is only handed in again"


def test_what_whatsapp_says_is_kept_and_shown(app, client):
    shelf = Shelf()
    synced(shelf)
    shelf.judge(NAME, "approved")
    shelf.judge("keshet_received_am", "rejected", "INVALID_LANGUAGE")
    synced(shelf)
    assert approvals.approved() == {NAME: shelf.held[NAME].sid}
    client.sign_in("admin@rehovot.example")
    page = client.get("/admin/words?lang=en").text
    assert "Approved" in page
    assert "INVALID_LANGUAGE" in page


def test_without_approval_a_message_goes_by_sms_and_says_why(by_twilio, said, owner):
    receive_report(said(contact="whatsapp"), Actor("resident"))
    row = last_message(owner)
    assert tuple(row)[:2] == ("sms", "template_not_approved")
    assert row.body


def test_with_approval_it_goes_by_whatsapp(by_twilio, said, owner):
    shelf = Shelf()
    synced(shelf)
    shelf.judge(NAME, "approved")
    synced(shelf)
    receive_report(said(contact="whatsapp"), Actor("resident"))
    assert last_message(owner).channel == "whatsapp"


def test_an_operators_own_list_of_templates_is_believed(by_twilio, said, owner, tmp_path):
    config.use(replace(config.current(), twilio_content_sids=tmp_path / "sids.json"))
    receive_report(said(contact="whatsapp"), Actor("resident"))
    assert last_message(owner).channel == "whatsapp"


def test_the_sandbox_has_nothing_to_sync(app):
    assert sync_whatsapp() is None


@pytest.fixture
def word(app):
    """Have the city word its receipt for WhatsApp in Hebrew; None: back to the words of the house."""

    who = staff_by_email("admin@rehovot.example")
    admin = Actor("staff", who.id, who.name, (Role("admin"),))

    def put(words):
        if words is None:
            set_words.use_default("received", "whatsapp", "he", admin)
        else:
            seen = own_words.next_number("received", "whatsapp", "he")
            set_words.set_words("received", "whatsapp", "he", words, seen, admin)
        kept.forget()

    return put


def approve(shelf, *names):
    synced(shelf)
    for name in names:
        shelf.judge(name, "approved")
    synced(shelf)


def own(words):
    return template_name("received", "he", words)


def sent(owner):
    with owner.connect() as connection:
        query = "SELECT channel, template_values FROM messages ORDER BY id DESC LIMIT 1"
        return connection.execute(text(query)).one()


def test_the_citys_words_are_a_template_of_their_own_with_the_gaps_they_hold(by_twilio, word):
    shelf = Shelf()
    word(FIRST)
    synced(shelf)
    made = {name: (body, example) for name, _locale, body, example in shelf.made}
    body, example = made[own(FIRST)]
    assert len(made) == ALL + 1
    assert [f"{{{{{gap}}}}}" in body for gap in (1, 2, 3, 4)] == [True, True, False, True]
    assert set(example) == {"1", "2", "4"}


def test_the_citys_words_are_sent_once_approved_and_those_before_them_till_then(by_twilio, word, said, owner):
    shelf = Shelf()
    approve(shelf, NAME)
    word(FIRST)
    approve(shelf)
    assert present("received", "he") == (NAME, None), "the house's till then"
    approve(shelf, own(FIRST))
    word(SECOND)
    approve(shelf)
    assert present("received", "he") == (own(FIRST), FIRST), "the first till the second is approved"
    receive_report(said(contact="whatsapp"), Actor("resident"))
    channel, beside = sent(owner)
    assert (channel, beside["name"], sorted(beside["variables"])) == ("whatsapp", own(FIRST), ["1", "2", "4"])
    approve(shelf, own(SECOND))
    assert present("received", "he") == (own(SECOND), SECOND)


def test_what_whatsapp_refuses_is_never_sent_and_its_reason_is_shown(by_twilio, word, client):
    shelf = Shelf()
    approve(shelf, NAME)
    word(FIRST)
    synced(shelf)
    shelf.judge(own(FIRST), "rejected", "INVALID_FORMAT")
    synced(shelf)
    assert present("received", "he") == (NAME, None)
    client.sign_in("admin@rehovot.example")
    page = client.get("/admin/words/received/whatsapp/he?lang=en").text
    assert "INVALID_FORMAT" in page
    assert "Sent now: the words of the house" in page


def test_words_that_were_approved_before_a_pause_are_not_sent_during_it(by_twilio, word):
    shelf = Shelf()
    word(FIRST)
    approve(shelf, NAME, own(FIRST))
    word(SECOND)
    synced(shelf)
    shelf.judge(own(FIRST), "paused")
    synced(shelf)
    assert present("received", "he") == (NAME, None)


def test_after_the_words_of_the_house_older_words_of_the_city_stay_away(by_twilio, word):
    shelf = Shelf()
    word(FIRST)
    approve(shelf, NAME, own(FIRST))
    word(None)
    assert present("received", "he") == (NAME, None)
    word(SECOND)
    synced(shelf)
    assert present("received", "he") == (NAME, None)
    word(FIRST)
    assert present("received", "he") == (own(FIRST), FIRST), "approved still"


def test_two_cities_of_one_account_have_names_of_their_own(app, word):
    here = own(FIRST)
    with work.tenant(2):
        assert own(FIRST) != here


def test_the_sandbox_shows_the_citys_words_at_once(word):
    word(FIRST)
    assert wording.render("received", "whatsapp", "he", set_words.example()).startswith("שלום מ")
