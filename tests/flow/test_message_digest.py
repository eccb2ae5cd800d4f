"""Many messages for one person and one moment go as one that lists the requests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from service_desk import config, work
from service_desk.extensions import db
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.flow.sweep import sweep
from service_desk.flow.telling import recipients_of
from service_desk.messages import actions as messages
from service_desk.messages.channels.contract import Sent
from service_desk.people.rules import Actor
from service_desk.tickets.queries import ticket_or_404
from service_desk.tickets.rules import shown

NIGHT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SOON = MORNING - timedelta(seconds=20)


class Post:
    """A channel that keeps what it is given."""

    def __init__(self):
        self.sent = []

    def send(self, envelope):
        self.sent.append(envelope)
        return Sent(f"SM{envelope.message_id:x}")


@pytest.fixture
def waiting(app, said, owner):
    """Let so many requests of one phone have a status that waits for the morning. Returns their references."""
    usual = config.current()

    def make(number, event="handed_over", **parts):
        made = [
            ticket_or_404(receive_report(said(**parts), Actor("resident")).ticket_id) for _ in range(number)
        ]
        with owner.begin() as connection:
            connection.execute(text("DELETE FROM messages WHERE event = 'received'"))
        config.use(replace(usual, is_quiet_kept=True))
        for ticket in made:
            with work.transaction():
                messages.tell(ticket, event, 5, recipients_of([ticket.id])[ticket.id], {}, NIGHT)
        return [ticket.reference for ticket in made]

    yield make
    config.use(usual)


def rows(where="true"):
    with work.transaction():
        return db.session.execute(text(f"SELECT * FROM messages WHERE {where} ORDER BY id")).all()


@pytest.mark.parametrize("locale", ["he", "ar", "ru", "en", "am"])
@pytest.mark.parametrize("contact", ["sms", "whatsapp"])
def test_three_become_one_that_names_them_all(waiting, locale, contact):
    references = waiting(3, locale=locale, contact=contact)
    assert sweep(SOON)["digests"] == 1
    (digest,) = rows("event = 'digest'")
    assert all(shown(each) in digest.body for each in references)
    assert (digest.state, digest.next_try_at, digest.channel) == ("pending", MORNING, contact)
    assert {(row.state, row.reason) for row in rows("event <> 'digest'")} == {("superseded", "in_digest")}
    post = Post()
    deliver_messages(1, channel=post, now=lambda: MORNING)
    assert [each.event for each in post.sent] == ["digest"]


def test_two_stay_two(waiting):
    waiting(2)
    assert sweep(SOON)["digests"] == 0
    assert {row.state for row in rows()} == {"pending"}


def test_people_and_moments_are_not_mixed(waiting):
    waiting(2)
    waiting(2, phone="+972502345679")
    assert sweep(SOON)["digests"] == 0


def test_questions_to_a_person_stay_on_their_own(waiting):
    waiting(3, event="question")
    assert sweep(SOON)["digests"] == 0


def test_a_sweep_that_came_late_still_gathers(waiting):
    waiting(4)
    assert sweep(MORNING + timedelta(minutes=3))["digests"] == 1


def test_it_is_gathered_once(waiting):
    waiting(3)
    assert [sweep(SOON + timedelta(seconds=n))["digests"] for n in range(3)] == [1, 0, 0]


def test_nothing_is_gathered_long_before_its_time(waiting):
    waiting(3)
    assert sweep(NIGHT + timedelta(hours=1))["digests"] == 0


def test_a_list_too_long_says_how_many_more(waiting):
    waiting(5)
    sweep(SOON)
    (digest,) = rows("event = 'digest'")
    assert "+2" in digest.body
    assert digest.segments == 2


def test_a_newer_status_of_one_request_leaves_the_digest(waiting):
    waiting(3)
    sweep(SOON)
    newest = rows("event = 'digest'")[0]
    with work.transaction():
        people = recipients_of([newest.ticket_id])[newest.ticket_id]
        messages.tell(ticket_or_404(newest.ticket_id), "resolved", 6, people, {}, SOON)
    assert rows("event = 'digest'")[0].state == "pending"


def test_what_a_digest_told_counts_as_told_when_an_act_is_taken_back(waiting):
    waiting(3)
    told = rows()
    sweep(SOON)
    with work.transaction():
        gone = messages.take_back([row.id for row in told], [row.ticket_id for row in told], SOON)
    assert gone == {row.ticket_id: {row.follower_id} for row in told}
