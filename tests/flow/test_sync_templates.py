"""WhatsApp templates: made once, handed in, their state kept; what is not approved goes by SMS."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from service_desk import config
from service_desk.city import kept
from service_desk.flow.receive import receive_report
from service_desk.flow.sync_templates import sync_templates, sync_whatsapp
from service_desk.messages import approvals
from service_desk.messages.channels.contract import Ambiguous, Content
from service_desk.messages.rules import EVENTS
from service_desk.people.rules import Actor

ALL = len(EVENTS) * len(config.LOCALES)
NAME = "keshet_received_he"


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
