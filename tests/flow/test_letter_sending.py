"""Letters with booklets: sent once, tried again with patience, given up in the open, and counted where they may be there twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from reports.booklet_past import NOW
from sqlalchemy import select, text

from service_desk import clock, work
from service_desk.errors import NotAllowed, NotFound
from service_desk.extensions import db
from service_desk.flow.restored import doubt_restored
from service_desk.flow.send_letters import PATIENCE, SEND, has_mail, ring_letters, send_again, send_letters
from service_desk.messages.channels import carrier_for
from service_desk.messages.channels.contract import (
    Ambiguous,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
)
from service_desk.messages.channels.email import Mail
from service_desk.messages.channels.sandbox import Sandbox
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor, Role
from service_desk.reports import booklets, letters
from service_desk.reports.models import Letter
from service_desk.reports.rules.booklets import LEASE, WAITS

MAYOR = Actor("staff", 1, "", (Role("mayor"),))
READERS = ("mayor@rehovot.example", "manager5@rehovot.example", "admin@rehovot.example")


class Post:
    """A mail server that answers as the test says, and keeps what it took. answers: an error a letter, None: a yes."""

    def __init__(self, *answers):
        self.answers, self.taken = list(answers), []

    def post(self, address, letter):
        answer = self.answers.pop(0) if self.answers else None
        if answer is None or isinstance(answer, Ambiguous):
            self.taken.append((address, letter["Message-ID"]))
        if answer is not None:
            raise answer


def plain(booklet, address, locale, letter_id):
    letter = EmailMessage()
    letter["Message-ID"] = f"<{letter_id}@city.example>"
    letter.set_content(f"{booklet.id} {locale}")
    return letter


@pytest.fixture
def at(app):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def written(at):
    """Write letters to the first so many of READERS. Returns the booklet's id."""

    def make(number=1):
        ids = [staff_by_email(each).id for each in READERS[:number]]
        with work.transaction():
            booklet = booklets.publish(0, NOW.date().replace(day=1), 1, {"centre": None}, NOW, None)
            letters.write(booklet, ids, NOW)
        return booklet

    return make


def rows():
    with work.transaction():
        found = db.session.execute(
            select(Letter.tries, Letter.trouble, Letter.sent_at, Letter.next_try_at).order_by(Letter.id)
        ).all()
    return [tuple(each) for each in found]


def test_each_reader_gets_one_letter_however_often_it_is_asked(written):
    booklet = written(3)
    with work.transaction():
        letters.write(booklet, [staff_by_email(READERS[0]).id], NOW)
    post = Post()
    assert send_letters(post, plain) == {"sent": 3}
    assert sorted(address for address, _id in post.taken) == sorted(READERS)
    assert send_letters(post, plain) == {}
    assert rows() == [(1, None, NOW, None)] * 3


def test_a_server_that_says_later_is_asked_later_and_later(written, at):
    written()
    for wait in WAITS[:3]:
        assert send_letters(Post(Retryable("451")), plain) == {"put_back": 1}
        assert rows()[0][1:] == ("451", None, clock.now() + timedelta(minutes=wait))
        at.shift(timedelta(minutes=wait, seconds=-1))
        assert send_letters(Post(), plain) == {}
        at.shift(timedelta(seconds=1))
    assert send_letters(Post(), plain) == {"sent": 1}
    assert rows()[0][:2] == (4, None)


def test_after_the_last_wait_it_is_given_up_in_the_open_and_can_be_sent_again(written, at):
    written()
    for wait in WAITS:
        send_letters(Post(Retryable("connect")), plain)
        at.shift(timedelta(minutes=wait))
    assert send_letters(Post(Retryable("connect")), plain) == {"given_up": 1}
    with work.transaction():
        (line,) = letters.unsent()
        assert (line.next_try_at, line.trouble, line.tries) == (None, "connect", len(WAITS) + 1)
        assert letters.counts() == {"waiting": 0, "given_up": 1, "sent": 0, "maybe_twice": 0}
    send_again(line.id, MAYOR)
    assert send_letters(Post(), plain) == {"sent": 1}
    with pytest.raises(NotFound):
        send_again(line.id, MAYOR)
    with pytest.raises(NotAllowed):
        send_again(line.id, Actor("staff", 2, "", (Role("clerk", 1),)))


def test_an_address_that_takes_nothing_is_given_up_at_once_and_others_go_on(written):
    written(2)
    post = Post(PermanentRecipient("550"))
    assert send_letters(post, plain) == {"given_up": 1, "sent": 1}
    assert len(post.taken) == 1


def test_a_server_that_is_set_up_wrongly_may_be_mended_before_the_next_try(written, at):
    written()
    assert send_letters(Post(PermanentConfig("login")), plain) == {"put_back": 1}
    at.shift(timedelta(minutes=1))
    assert send_letters(Post(), plain) == {"sent": 1}


def test_a_lost_answer_is_tried_again_and_counted_as_maybe_twice_with_the_same_name(written, at):
    written()
    post = Post(Ambiguous("read"), Retryable("connect"))
    assert send_letters(post, plain) == {"unknown": 1}
    at.shift(timedelta(minutes=1))
    # the doubt stays through a try that surely made nothing
    assert send_letters(post, plain) == {"put_back": 1, "possible_duplicate": 1}
    at.shift(timedelta(minutes=5))
    assert send_letters(post, plain) == {"sent": 1, "possible_duplicate": 1}
    assert len({name for _address, name in post.taken}) == 1
    with work.transaction():
        assert letters.counts()["maybe_twice"] == 1


def test_a_worker_that_died_with_a_letter_in_hand_lets_it_go_after_the_lease(written, at):
    written()
    with work.transaction():
        assert letters.claim(clock.now()) is not None
    assert send_letters(Post(), plain) == {}
    at.shift(LEASE)
    assert send_letters(Post(), plain) == {"sent": 1, "possible_duplicate": 1}
    assert rows()[0][:2] == (2, letters.TWICE)


def test_who_comes_back_late_does_not_undo_what_another_has_done(written, at):
    written()
    with work.transaction():
        slow = letters.claim(clock.now())
    at.shift(LEASE)
    send_letters(Post(), plain)
    with work.transaction():
        letters.put_back(slow, clock.now(), "451", is_unknown=False)
        assert letters.mark_sent(slow, clock.now()) is False
    assert rows()[0][2] is not None


def test_a_letter_of_a_restored_backup_goes_and_is_counted_as_maybe_twice(written, at):
    written()
    doubt_restored(clock.now())
    assert send_letters(Post(), plain) == {"sent": 1, "possible_duplicate": 1}
    assert rows()[0][1] == letters.TWICE


def test_two_senders_side_by_side_never_take_the_same_letter(written, owner):
    written()
    take = text("SELECT id FROM letters WHERE sent_at IS NULL FOR UPDATE")
    with owner.connect() as other:
        other.execute(take)
        with work.transaction():
            assert letters.claim(clock.now()) is None
    with work.transaction():
        assert letters.claim(clock.now()) is not None


def test_a_server_that_refuses_again_and_again_is_left_alone(written):
    written(3)
    with work.transaction():
        booklet = booklets.publish(5, NOW.date().replace(day=1), 1, {"centre": None}, NOW, None)
        letters.write(booklet, [staff_by_email(each).id for each in READERS], NOW)
    post = Post(*[Retryable("451")] * 6)
    assert send_letters(post, plain) == {"put_back": PATIENCE}
    assert len(post.answers) == 6 - PATIENCE


def test_a_letter_that_cannot_be_drawn_waits_and_stops_no_other(written):
    written(2)
    asked = []

    def breaks_once(*given):
        asked.append(given)
        if len(asked) == 1:
            raise ValueError("no font")
        return plain(*given)

    assert send_letters(Post(), breaks_once) == {"put_back": 1, "sent": 1}
    assert {each[1] for each in rows()} == {"not_drawn", None}


def test_the_timetable_rings_only_when_something_is_due(written, rung, at):
    ring_letters()
    assert rung == []
    written()
    ring_letters()
    assert rung == [(SEND, (1,))]
    send_letters(Post(), plain)
    rung.clear()
    at.shift(timedelta(days=2))
    ring_letters()
    assert rung == []


def test_a_letter_costs_four_statements(written, statements):
    written()
    seen = len(statements)
    send_letters(Post(), plain)
    sent = [each for each in statements[seen:] if "set_config" not in each]
    # taken, its booklet read, settled; and the look that finds no other
    assert len(sent) == 4


def test_letters_go_where_the_city_has_named_a_server_and_stay_in_the_house_otherwise(settings):
    real = replace(settings, message_transport="twilio")
    named = replace(real, mail_url="smtp://mail.example", mail_from="Keshet <keshet@city.example>")
    assert isinstance(carrier_for(settings), Sandbox)
    assert has_mail(settings)
    assert carrier_for(real) is None
    assert not has_mail(real)
    assert isinstance(carrier_for(named), Mail)
    assert has_mail(named)
