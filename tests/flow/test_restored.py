"""A restored backup sends nothing that the provider already has."""

from datetime import timedelta

from sqlalchemy import text

from service_desk import clock
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.flow.restored import doubt_restored
from service_desk.messages.channels.contract import Sent
from service_desk.people.rules import Actor


class Post:
    """A provider that already has what `found` says."""

    def __init__(self, found):
        self.found, self.sent = found, []

    def send(self, envelope):
        self.sent.append(envelope)
        return Sent("SMnew")

    def find(self, envelope, bound):
        return self.found

    def look_up(self, provider_id):
        return None


def row_of(owner):
    with owner.connect() as connection:
        return connection.execute(text("SELECT * FROM messages")).one()


def deliver_for(minutes, post):
    begun = clock.now()
    for minute in range(minutes):
        deliver_messages(1, channel=post, now=lambda minute=minute: begun + timedelta(minutes=minute))


def test_what_the_provider_has_is_bound_and_not_sent(app, said, owner):
    receive_report(said(), Actor("resident"))
    assert doubt_restored(clock.now()) == 1
    post = Post("SMbefore")
    deliver_for(1, post)
    assert (row_of(owner).state, row_of(owner).provider_id, post.sent) == ("accepted", "SMbefore", [])


def test_what_the_provider_does_not_have_is_sent_once_and_marked(app, said, owner):
    receive_report(said(), Actor("resident"))
    doubt_restored(clock.now())
    post = Post(None)
    deliver_for(2, post)
    assert (row_of(owner).state, row_of(owner).reason, post.sent) == ("unknown", "restored", [])
    deliver_for(15, post)
    assert (row_of(owner).is_possible_duplicate, len(post.sent)) == (True, 1)


def test_what_is_settled_stays_as_it_is(app, said, owner):
    receive_report(said(), Actor("resident"))
    deliver_messages(1, channel=Post(None))
    assert doubt_restored(clock.now()) == 0
    assert row_of(owner).state == "accepted"
