"""What an outage of the carrier leaves behind: older words give way to newer ones, and its age is seen."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk import clock, work
from service_desk.extensions import db
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.flow.telling import recipients_of
from service_desk.messages import actions as messages
from service_desk.messages import queries, rules
from service_desk.messages.channels.contract import Ambiguous, Retryable, Sent
from service_desk.people.rules import Actor
from service_desk.tickets.queries import ticket_or_404


class Post:
    """A carrier. answer: an error, or None for yes."""

    def __init__(self, answer=None):
        self.answer, self.sent = answer, []

    def send(self, envelope):
        self.sent.append(envelope.event)
        if self.answer:
            raise self.answer
        return Sent(f"SM{envelope.message_id:x}-{len(self.sent)}")

    def find(self, envelope, bound):
        return None


@pytest.fixture
def ticket(app, said):
    """An open request whose first message waits."""
    return ticket_or_404(receive_report(said(), Actor("resident")).ticket_id)


def tell(ticket, event, seq):
    with work.transaction():
        return messages.tell(ticket, event, seq, recipients_of([ticket.id])[ticket.id], {}, clock.now())


def claim():
    with work.transaction():
        (envelope,), _ended = messages.claim_due(clock.now(), 1)
    return envelope


def state_of(message_id):
    with work.transaction():
        return tuple(db.session.execute(text("SELECT state, reason, is_possible_duplicate FROM messages WHERE id = :id"), {"id": message_id}).one())  # fmt: skip


def test_a_message_put_back_gives_way_to_a_newer_one(ticket):
    envelope = claim()
    tell(ticket, "resolved", 5)
    with work.transaction():
        messages.put_back(envelope, clock.now(), code="20429", wait_seconds=None, draw=0.5)
    assert state_of(envelope.message_id) == ("superseded", "newer_message", False)
    post = Post()
    deliver_messages(1, channel=post)
    assert post.sent == ["resolved"]


def test_a_message_put_back_waits_when_nothing_newer_was_told(ticket):
    envelope = claim()
    with work.transaction():
        messages.put_back(envelope, clock.now(), code="20429", wait_seconds=None, draw=0.5)
    assert state_of(envelope.message_id) == ("pending", "retry", False)


def test_a_message_that_never_arrived_gives_way_and_is_no_duplicate(ticket):
    deliver_messages(1, channel=Post(Ambiguous("read")))
    tell(ticket, "resolved", 5)
    later, post = clock.now(), Post()
    for wait in rules.RECONCILE_AFTER:
        later += wait + timedelta(seconds=1)
        deliver_messages(1, channel=post, now=lambda at=later: at)
    assert post.sent == ["resolved"]
    with work.transaction():
        first = db.session.scalar(text("SELECT id FROM messages WHERE event = 'received'"))
    assert state_of(first) == ("superseded", "newer_message", False)


def test_a_question_gives_way_to_nothing(ticket):
    deliver_messages(1, channel=Post())
    tell(ticket, "question", 3)
    envelope = claim()
    tell(ticket, "resolved", 5)
    with work.transaction():
        messages.put_back(envelope, clock.now(), code="20429", wait_seconds=None, draw=0.5)
    assert state_of(envelope.message_id)[0] == "pending"


@pytest.mark.parametrize("answer", [Retryable("503"), Ambiguous("read")])
def test_an_outage_grows_old_however_often_it_is_tried(ticket, answer):
    began = clock.now()
    deliver_messages(1, channel=Post(answer), now=lambda: began)
    for minutes in (1, 2, 4, 6):
        later = began + timedelta(minutes=minutes)
        if isinstance(answer, Retryable):
            deliver_messages(1, channel=Post(answer), now=lambda at=later: at)
        with work.transaction():
            found = queries.backlog(later)
        assert found.oldest_at == began
        assert found.waiting + found.unknown == 1
