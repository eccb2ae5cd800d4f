"""A message leaves once: claimed, sent with no connection held, settled; and asked about when its fate is unknown."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Lock
from time import sleep

import pytest
from fake_carrier import Carrier
from fake_carrier.carrier import ACCOUNT
from flask import has_app_context
from sqlalchemy import text

from service_desk import clock, work
from service_desk.extensions import db
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receipt import record_receipt
from service_desk.flow.receive import receive_report
from service_desk.flow.sweep import sweep
from service_desk.messages import actions as messages
from service_desk.messages.channels.contract import (
    Ambiguous,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
    Sent,
)
from service_desk.messages.channels.sandbox import Sandbox
from service_desk.messages.channels.twilio import Twilio, Wire
from service_desk.people.rules import Actor

RESIDENT = Actor("resident")
DELIVER = "service_desk.jobs.deliver_messages"


class Clock:
    """A clock that the test sets on; it starts a little after what the test receives."""

    def __init__(self):
        self.instant = clock.now() + timedelta(seconds=20)

    def __call__(self):
        return self.instant

    def on(self, **span):
        self.instant += timedelta(**span)
        return self.instant


class Post:
    """A channel whose coming answers are given: an error to raise, or None for yes. found: what find answers."""

    def __init__(self, *answers, found=None):
        self.answers, self.found, self.sent, self.asked = list(answers), found, [], 0

    def send(self, envelope):
        assert not has_app_context(), "what calls the provider can reach the database"
        self.sent.append(envelope)
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        return Sent(f"SM{len(self.sent):032d}")

    def find(self, envelope, bound):
        assert db.engine.pool.checkedout() == 0
        self.asked += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def look_up(self, provider_id):
        return self.found


@pytest.fixture
def now():
    return Clock()


@pytest.fixture
def report(app, said):
    """Receive a report; its keyword arguments are of the report."""
    return lambda **parts: receive_report(said(**parts), RESIDENT)


@pytest.fixture
def rows(owner):
    """Read the messages past the application, oldest first."""

    def read(where="true"):
        with owner.connect() as connection:
            return connection.execute(
                text(f"SELECT * FROM messages WHERE {where} ORDER BY created_at, id")
            ).all()

    return read


def drain(channel, now):
    return deliver_messages(1, channel=channel, now=now)


def test_a_message_is_sent_once(report, rows, now):
    report()
    post = Post()
    assert drain(post, now) == {"accepted": 1}
    assert drain(post, now) == {}
    (row,) = rows()
    assert (row.state, row.attempt, row.provider_id, len(post.sent)) == ("accepted", 1, f"SM{1:032d}", 1)
    assert rows()[0].body == post.sent[0].body


def test_no_connection_is_held_while_the_provider_thinks(report, rows, now):
    """Nor does a second message to the same person overtake the first."""
    report()
    report()
    held, pool = [], db.engine.pool

    class Slow(Post):
        def send(self, envelope):
            sleep(0.2)
            held.append((pool.checkedout(), envelope.message_id))
            return super().send(envelope)

    assert drain(Slow(), now) == {"accepted": 2}
    assert held == [(0, row.id) for row in rows()]


def test_a_fault_of_ours_in_one_message_stops_no_other(report, rows, now):
    for n in range(6):
        report(phone=f"+97250234567{n}")
    assert drain(Post(KeyError("ours")), now) == {"unknown": 1, "accepted": 5}
    assert [row.error_code for row in rows("state = 'unknown'")] == ["crash"]


def test_words_to_one_person_wait_for_earlier_ones_that_come_back_soon(report, rows, now):
    report()
    report()
    drain(Post(Retryable("20429")), now)
    first, second = rows()
    assert (first.reason, second.state, second.attempt) == ("retry", "pending", 0)
    now.on(minutes=1)
    post = Post()
    assert drain(post, now) == {"accepted": 2}
    assert [envelope.message_id for envelope in post.sent] == [first.id, second.id]


def test_many_leave_at_the_same_time_once_the_provider_says_yes(report, rows, now):
    for n in range(30):
        report(phone=f"+97250234{n:04d}")
    together, lock, most = set(), Lock(), []

    class Wide(Post):
        def send(self, envelope):
            with lock:
                together.add(envelope.message_id)
                most.append(len(together))
            sleep(0.05)
            with lock:
                together.discard(envelope.message_id)
            return Sent(f"SM{envelope.message_id:032d}")

    assert drain(Wide(), now) == {"accepted": 30}
    assert most[:1] == [1]
    assert 3 < max(most) <= 32
    assert {row.provider_id for row in rows()} == {f"SM{row.id:032d}" for row in rows()}


def test_a_message_is_told_once_however_often_it_is_told(report, rows, app, said, now):
    key = "k" * 32
    report(submission_key=key)
    report(submission_key=key)
    assert len(rows()) == 1


def test_a_claimed_message_is_nobody_elses(report, rows, now):
    report()
    (row,) = rows()
    with work.transaction():
        first = messages.claim(row.id, now())
    with work.transaction():
        assert messages.claim(row.id, now()) is None
    assert first.attempt == 1
    assert len(first.token) > 24


def test_every_attempt_has_its_own_token(report, rows, now):
    report()
    post = Post(Retryable("20429"))
    drain(post, now)
    now.on(minutes=5)
    drain(post, now)
    assert len({envelope.token for envelope in post.sent}) == 2
    assert [envelope.attempt for envelope in post.sent] == [1, 2]


def test_a_busy_provider_is_tried_again_later(report, rows, now):
    report()
    post = Post(Retryable("20429", 90))
    assert drain(post, now) == {"put_back": 1}
    (row,) = rows()
    assert (row.state, row.error_code) == ("pending", "20429")
    assert row.next_try_at - now() >= timedelta(seconds=90)
    assert drain(post, now) == {}
    now.on(minutes=2)
    assert drain(post, now) == {"accepted": 1}


def test_three_refusals_in_a_row_leave_the_provider_alone(report, now, monkeypatch):
    monkeypatch.setattr(
        "service_desk.flow.deliver._TOGETHER_SECONDS", 20
    )  # the three answer together, however slow
    for n in range(6):
        report(phone=f"+97250234567{n}")
    post = Post(*[Retryable("connect") for _ in range(6)])
    drain(post, now)
    assert len(post.sent) == 3


def test_a_long_queue_rings_again(report, rung, now):
    for _ in range(3):
        report()
    rung.clear()
    assert deliver_messages(1, limit=2, channel=Post(), now=now) == {"accepted": 2}
    assert rung == [(DELIVER, (1,))]


def test_a_number_that_does_not_exist_is_not_written_to_again(report, rows, owner, now):
    report()
    assert drain(Post(PermanentRecipient("21211")), now) == {"given_up": 1}
    (row,) = rows()
    assert (row.state, row.reason, row.error_code) == ("failed", "recipient", "21211")
    report()
    post = Post()
    drain(post, now)
    assert rows("state = 'skipped'")[0].reason == "unreachable"
    assert post.sent == []


def test_a_wrong_sender_does_not_blame_the_person(report, rows, owner, now):
    report()
    assert drain(Post(PermanentConfig("21606")), now) == {"misconfigured": 1}
    with owner.connect() as connection:
        assert connection.execute(text("SELECT stopped FROM residents")).scalar_one() == []


def test_lost_whatsapp_goes_out_as_sms_linked_to_it(report, rows, now):
    report(contact="whatsapp")
    drain(Post(PermanentConfig("no_template")), now)
    first, second = rows()
    assert (first.channel, first.state) == ("whatsapp", "failed")
    assert (second.channel, second.state, second.fallback_of_id) == ("sms", "accepted", first.id)
    assert second.body == first.template_values["sms"]
    assert drain(Post(), now) == {}


def test_an_unknown_fate_is_never_sent_again_unasked(report, rows, now):
    report()
    post = Post(Ambiguous("read"))
    assert drain(post, now) == {"unknown": 1}
    now.on(seconds=59)
    assert drain(post, now) == {}
    now.on(seconds=2)
    post.found = "SMfound"
    assert drain(post, now) == {"reconciled_found": 1}
    (row,) = rows()
    assert (row.state, row.provider_id, len(post.sent)) == ("accepted", "SMfound", 1)


def test_not_found_three_times_is_sent_once_more_and_says_so(report, rows, now):
    report()
    post = Post(Ambiguous("read"), Ambiguous("read"))
    drain(post, now)
    for wait in (60, 120, 420):
        now.on(seconds=wait + 1)
        drain(post, now)
    (row,) = rows()
    assert (post.asked, len(post.sent), row.is_possible_duplicate, row.state) == (3, 2, True, "unknown")
    for wait in (60, 120, 420):
        now.on(seconds=wait + 1)
        drain(post, now)
    (row,) = rows()
    assert (row.state, row.reason, len(post.sent)) == ("manual", "unknown_twice", 2)


def test_a_provider_that_cannot_be_asked_has_not_answered(report, rows, now):
    report()
    post = Post(Ambiguous("read"), found=Retryable("connect"))
    drain(post, now)
    for _ in range(5):
        now.on(minutes=2)
        assert drain(post, now) == {"unasked": 1}
    (row,) = rows()
    assert (row.state, row.reconciled) == ("unknown", 0)


def test_a_late_worker_overwrites_nothing(report, rows, now):
    """The first worker comes back after its lease; a callback of its token has already proven more."""
    report()
    (row,) = rows()
    with work.transaction():
        envelope = messages.claim(row.id, now())
    record_receipt(envelope.token, {"MessageSid": "SMreal", "MessageStatus": "delivered"})
    with work.transaction():
        assert not messages.mark_unknown(envelope, now(), code="read")
        assert not messages.put_back(envelope, now(), code="connect", wait_seconds=None, draw=0.5)
        assert not messages.give_up(envelope, now(), code="21211", reason="recipient")
        assert not messages.mark_accepted(envelope, Sent("SMreal"), now())
    (row,) = rows()
    assert (row.state, row.provider_id) == ("delivered", "SMreal")


def test_who_stopped_after_the_message_was_written_is_not_written_to(report, rows, owner, now):
    report()
    with owner.begin() as connection:
        connection.execute(text("UPDATE residents SET stopped = '{sms}'"))
    post = Post()
    drain(post, now)
    assert (rows()[0].state, rows()[0].reason, post.sent) == ("skipped", "opted_out", [])


def test_what_came_too_late_is_not_sent(report, rows, now):
    report()
    now.on(hours=25)
    post = Post()
    drain(post, now)
    assert (rows()[0].state, post.sent) == ("expired", [])


def test_silence_after_acceptance_is_asked_about(report, rows, now):
    report()
    post = Post(found=("delivered", None))
    drain(post, now)
    now.on(minutes=61)
    assert drain(post, now) == {"polled": 1}
    assert rows()[0].state == "delivered"


def test_the_sandbox_delivers_at_once_and_fails_on_purpose(report, rows, now):
    for ending in ("5678", "9901", "9902", "9903", "9904"):
        report(phone=f"+97250234{ending}")
    drain(Sandbox(), now)
    states = {row.address[-4:]: row.state for row in rows("fallback_of_id IS NULL")}
    assert states == {
        "5678": "delivered",
        "9901": "failed",
        "9902": "pending",
        "9903": "unknown",
        "9904": "undelivered",
    }
    again = rows("fallback_of_id IS NOT NULL")
    assert [(row.state, row.reason) for row in again] == [("failed", "recipient"), ("pending", "again")]


# --- a worker is killed: the carrier's ledger counts ------------------------------------------------------------------

WORKER = """
import os, signal, sys
from service_desk import config, work
from service_desk.app import create_app
from service_desk.flow.deliver import deliver_messages
from service_desk.messages.channels import channel_for

class Killed:
    def __init__(self, inner): self.inner = inner
    def send(self, envelope):
        if sys.argv[1] == "before": os.kill(os.getpid(), signal.SIGKILL)
        self.inner.send(envelope)
        os.kill(os.getpid(), signal.SIGKILL)
    def find(self, envelope, bound): return self.inner.find(envelope, bound)
    def look_up(self, provider_id): return self.inner.look_up(provider_id)

settings = config.read()
with create_app(settings).app_context():
    deliver_messages(1, channel=Killed(channel_for(settings)))
"""


def kill_worker(settings, carrier, moment):
    """Run a worker in a process of its own, which dies before or after the carrier has taken the message."""
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_BASE_URL": "https://city.example",
        "MESSAGE_TRANSPORT": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": carrier.auth_token,
        "TWILIO_API_BASE": carrier.address,
        "LOG_LEVEL": "ERROR",
    }
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", WORKER, moment], env=environment, cwd=root, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL


def second_worker(carrier):
    return Twilio(
        ACCOUNT, carrier.auth_token, {"sms": "Keshet"}, "https://city.example", Wire(2, carrier.address), {}
    )


def let_time_pass(carrier, now):
    """Let the sweep and the workers run for a quarter of an hour."""
    for _ in range(30):
        now.on(seconds=31)
        sweep(now())
        drain(second_worker(carrier), now)


@pytest.mark.faults
def test_a_worker_killed_before_the_call_costs_no_message(report, rows, settings, now):
    with Carrier() as carrier:
        report()
        kill_worker(settings, carrier, "before")
        assert (rows()[0].state, len(carrier.ledger)) == ("sending", 0)
        let_time_pass(carrier, now)
        assert (rows()[0].state, len(carrier.ledger)) == ("accepted", 1)


@pytest.mark.faults
def test_a_worker_killed_after_acceptance_sends_no_second_message(report, rows, settings, now):
    """Nobody but the token in the callback's address knows that it was accepted."""
    with Carrier() as carrier:
        report()
        kill_worker(settings, carrier, "after")
        assert (rows()[0].state, rows()[0].provider_id, len(carrier.ledger)) == ("sending", None, 1)
        outcome = carrier.call_back(
            lambda path, form, _: record_receipt(path.rpartition("/")[2], form), carrier.ledger[0], "sent"
        )
        let_time_pass(carrier, now)
        assert (outcome, rows()[0].state, rows()[0].provider_id) == ("applied", "sent", carrier.ledger[0].sid)
        assert len(carrier.ledger) == 1


@pytest.mark.faults
def test_a_killed_worker_whose_callback_is_lost_is_found_by_asking(report, rows, settings, now):
    with Carrier() as carrier:
        report()
        kill_worker(settings, carrier, "after")
        let_time_pass(carrier, now)
        assert (rows()[0].state, rows()[0].provider_id) == ("accepted", carrier.ledger[0].sid)
        assert len(carrier.ledger) == 1
