"""The way out as the person wants it: her channel, her number, her hours; and what follows when it does not arrive."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from service_desk import clock, config, work
from service_desk.extensions import db
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.flow.sweep import sweep
from service_desk.flow.telling import recipients_of
from service_desk.messages import actions as messages
from service_desk.messages.channels.contract import PermanentRecipient, Retryable, Sent
from service_desk.messages.models import Preference
from service_desk.people.rules import Actor
from service_desk.tickets.queries import ticket_or_404

#: a Sunday of an ordinary week, 22:00 in the city; the day opens at 05:00 UTC
NIGHT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
KOSHER = "+972527612345"


class Post:
    """A channel that keeps what it is given. answers: errors to raise first, None for yes."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    def send(self, envelope):
        self.sent.append(envelope)
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        return Sent(f"SM{envelope.message_id:x}-{len(self.sent)}")

    def find(self, envelope, bound):
        return None

    def look_up(self, provider_id):
        return None


@pytest.fixture
def quiet(app):
    """Keep the quiet hours, as an installation does."""
    usual = config.current()
    config.use(replace(usual, is_quiet_kept=True))
    yield
    config.use(usual)


@pytest.fixture
def ticket(app, said, owner):
    """Make an open request; its keyword arguments are of the report. Its first message is out of the way."""

    def make(**parts):
        made = ticket_or_404(receive_report(said(**parts), Actor("resident")).ticket_id)
        deliver_messages(1, channel=Post())
        with owner.begin() as connection:
            connection.execute(text("DELETE FROM attempts"))
            connection.execute(text("DELETE FROM messages"))
        return made

    return make


def tell(ticket, event="handed_over", seq=5, now=NIGHT):
    with work.transaction():
        people = recipients_of([ticket.id])[ticket.id]
        return messages.tell(ticket, event, seq, people, {}, now)


def rows(where="true"):
    with work.transaction():
        return db.session.execute(text(f"SELECT * FROM messages WHERE {where} ORDER BY created_at, id")).all()


def prefer(ticket, **wish):
    usual = {"channel": "sms", "locale": "he", "email": "", "is_any_hour": False, "updated_at": NIGHT}
    with work.transaction():
        person = recipients_of([ticket.id])[ticket.id][0].resident_id
        db.session.add(Preference(authority_id=1, resident_id=person, **(usual | wish)))


def drain(post, now):
    return deliver_messages(1, channel=post, now=lambda: now)


def test_a_status_at_night_waits_for_the_morning_and_says_so(quiet, ticket):
    tell(ticket())
    (row,) = rows()
    assert (row.state, row.reason, row.next_try_at) == ("pending", "quiet_hours", MORNING)
    assert row.expires_at == MORNING + timedelta(hours=4)


def test_the_sweep_brings_it_in_the_morning_and_not_before(quiet, ticket, rung):
    tell(ticket())
    rung.clear()
    post = Post()
    for early in (NIGHT, NIGHT + timedelta(hours=6), MORNING - timedelta(seconds=1)):
        sweep(early)
        drain(post, early)
    assert (rung, post.sent) == ([], [])
    sweep(MORNING)
    assert rung
    assert drain(post, MORNING) == {"accepted": 1}


def test_a_hazard_is_told_at_night(quiet, ticket):
    danger = ticket()
    danger.is_hazard = True
    tell(danger)
    assert (rows()[0].next_try_at, rows()[0].is_urgent) == (NIGHT, True)


def test_who_wants_to_hear_at_any_hour_does(quiet, ticket):
    mine = ticket()
    prefer(mine, is_any_hour=True)
    tell(mine)
    assert rows()[0].next_try_at == NIGHT


def test_a_report_at_night_is_answered_at_once(quiet, ticket):
    tell(ticket(), "received", 1)
    assert rows()[0].next_try_at == NIGHT


def test_nobody_is_called_at_night_even_about_her_own_report(quiet, ticket):
    tell(ticket(phone=KOSHER), "received", 1)
    (row,) = rows()
    assert (row.channel, row.channel_reason, row.next_try_at) == ("voice", "kosher_number", MORNING)


def test_what_became_due_in_quiet_hours_after_an_outage_waits_too(quiet, ticket):
    evening = NIGHT - timedelta(minutes=62)
    tell(ticket(), now=evening)
    assert drain(Post(Retryable("503")), evening) == {"put_back": 1}
    post = Post()
    assert drain(post, NIGHT) == {"skipped": 1}
    (row,) = rows()
    assert (row.state, row.reason, row.next_try_at, post.sent) == ("pending", "quiet_hours", MORNING, [])
    assert drain(post, MORNING) == {"accepted": 1}


def test_a_newer_status_replaces_one_that_waits_for_the_morning(quiet, ticket):
    mine = ticket()
    tell(mine, "handed_over", 5)
    tell(mine, "resolved", 6, NIGHT + timedelta(hours=1))
    assert [(row.event, row.state) for row in rows()] == [
        ("handed_over", "superseded"),
        ("resolved", "pending"),
    ]
    post = Post()
    drain(post, MORNING)
    assert [each.event for each in post.sent] == ["resolved"]


def test_her_wish_goes_before_the_channel_of_the_report(ticket):
    mine = ticket()
    prefer(mine, channel="email", locale="en", email="a@b.example")
    tell(mine)
    (row,) = rows()
    assert (row.channel, row.address, row.locale, row.channel_reason) == (
        "email",
        "a@b.example",
        "en",
        "preferred",
    )
    assert row.template_values["variables"]["subject"] == row.body.splitlines()[0]


def test_a_wish_for_silence_is_kept_and_noted(ticket):
    mine = ticket()
    prefer(mine, channel="none")
    assert tell(mine) == []
    assert (rows()[0].state, rows()[0].reason) == ("skipped", "no_channel")


def test_a_kosher_phone_that_nobody_can_speak_to_says_why(ticket):
    mine = ticket(phone=KOSHER, locale="am")
    assert tell(mine) == []
    assert (rows()[0].channel, rows()[0].reason) == ("none", "no_voice_for_language")


@pytest.mark.parametrize("code", ["21614", "30006"])
def test_a_text_to_a_landline_becomes_a_call(ticket, code):
    mine = ticket()
    tell(mine, now=clock.now())
    drain(Post(PermanentRecipient(code)), clock.now())
    first, second = rows()
    assert (second.channel, second.channel_reason) == ("voice", "fallback")
    assert second.fallback_of_id == first.id
    assert ", ".join(ticket_or_404(first.ticket_id).reference) in second.body
    assert "http" not in second.body
    tell(mine, "resolved", 6, clock.now())
    assert [(row.channel, row.channel_reason) for row in rows("event = 'resolved'")] == [
        ("voice", "landline")
    ]


def test_an_unknown_fate_never_falls_back(ticket):
    now = clock.now()
    tell(ticket(contact="whatsapp"), now=now)
    with work.transaction():
        db.session.execute(text("UPDATE messages SET state = 'unknown', attempt = 1, next_try_at = now()"))
    sweep(now)
    drain(Post(), now + timedelta(hours=1))
    assert {row.channel for row in rows()} == {"whatsapp"}


def test_an_sms_knows_its_parts(ticket):
    tell(ticket())
    assert rows()[0].segments == 2
