"""Clocks that are wrong, nights that follow an outage, a backup that knows less: then the oracle (`House.settled`)."""

import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text
from test_faults_worker import opens

from service_desk import clock, config
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.restored import doubt_restored
from service_desk.flow.sweep import sweep
from service_desk.messages.channels.contract import Retryable, Sent

pytestmark = pytest.mark.faults
#: a Tuesday of an ordinary week, 14:00 in the city
AFTERNOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_25_the_clock_of_one_host_is_wrong_and_leaps_back(house, ahead):
    """Leases and codes follow the database's clock: nothing ends early, nothing is taken twice, and no night is broken into."""
    phone = house.phone()
    house.report(phone=phone)
    started_at = clock.now()
    wrong = [house.start("sweep", ahead=ahead), house.start("worker", ahead=ahead)]
    house.start_all(workers=1)
    house.report(8)
    house.settled()
    house.start("asker", ahead=ahead, phone=phone)
    house.until(lambda: house.redis.get("asked"), what="the asker's secret")
    house.settled()
    with house.owner.connect() as connection:
        made, ends = connection.execute(text("SELECT created_at, expires_at FROM phone_codes")).one()
    assert abs(made - clock.now()) < timedelta(minutes=5)
    assert ends - made == timedelta(minutes=10)
    assert opens(house.redis.get("asked").decode(), house.line.ledger[-1])
    house.report(house.chance.randrange(1, 5))
    for pid in wrong:
        house.end(pid, signal.SIGUSR1)
    house.report(4)
    assert set(house.settled()) == {"accepted"}
    assert {row.attempt for row in house.rows()} == {1}
    slack = clock.NEAR + timedelta(minutes=1)
    assert all(started_at - slack < row.claimed_at < clock.now() + slack for row in house.rows())


class Post:
    """A carrier in this process. is_away: it refuses everything for now."""

    def __init__(self):
        self.sent, self.is_away = [], True

    def send(self, envelope):
        if self.is_away:
            raise Retryable("503", None)
        self.sent.append(envelope)
        return Sent(f"SM{envelope.message_id:x}")


def test_17_the_carrier_comes_back_in_the_night(house):
    """After an outage by day nobody is woken: in the morning each gets one list, or the one message; a hazard goes at once."""
    config.use(replace(config.current(), is_quiet_kept=True))
    post, many, one = Post(), house.phone(), house.phone()
    with time_machine.travel(AFTERNOON, tick=False) as now:
        received = house.report(4, phone=many) + house.report(1, phone=one)
        house.change("DELETE FROM messages")
        for each in received:
            house.tell(each.ticket_id, "resolved", 2)
        end = AFTERNOON + timedelta(hours=7, minutes=house.chance.randrange(120))
        while clock.now() < end:
            sweep(clock.now())
            deliver_messages(1, channel=post)
            now.shift(house.chance.randrange(300, 900))
        post.is_away = False
        while clock.now() < MORNING - timedelta(seconds=20):
            sweep(clock.now())
            deliver_messages(1, channel=post)
            assert not post.sent, "nobody is woken"
            now.move_to(min(clock.now() + timedelta(minutes=20), MORNING - timedelta(seconds=20)))
        sweep(clock.now())
        now.move_to(MORNING)
        sweep(clock.now())
        deliver_messages(1, channel=post)
    assert sorted((each.address, each.event) for each in post.sent) == sorted([(many, "digest"), (one, "resolved")])  # fmt: skip


def test_41_a_backup_is_restored_that_knows_less_than_the_carrier(house):
    house.report(4)
    backup = [row.id for row in house.rows()]
    house.start_all()
    house.settled()
    house.stop_all()
    left = house.chance.randrange(1, 4)  # so many had not left when the house burnt down
    del house.line.ledger[:left]
    house.change("DELETE FROM receipts")
    house.change("DELETE FROM attempts")
    house.change(
        "UPDATE messages SET state = 'pending', attempt = 0, attempt_token = NULL, claimed_at = NULL, lease_until = NULL,"
        " provider_id = NULL, reconciled = 0, next_try_at = now()"
    )
    assert doubt_restored(clock.now()) == len(backup)
    assert {row.state for row in house.rows()} == {"unknown"}
    house.start_all()
    assert house.settled(duplicates=left) == {"accepted": 4}
    assert len(house.line.ledger) == 4
