"""The carrier refuses, breaks off, is down for hours, or says why not: after each the oracle (`House.settled`)."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

pytestmark = pytest.mark.faults


@pytest.mark.parametrize(("answer", "marked"), [("503 before", 1), ("503 after", 0), ("429", 0)])
def test_14_15_the_carrier_refuses_for_a_while(house, answer, marked):
    house.line.next_answers(*[answer] * house.chance.randrange(1, 4))
    house.report(4)
    house.start_all()
    assert house.settled(duplicates=4 * marked) == {"accepted": 4}


def test_15_too_many_requests_keep_the_order_and_the_wait(house):
    """Each refusal is waited out as the carrier asked, and what is for one person leaves in the order of writing."""
    phones = [house.phone() for _ in range(3)]
    for _ in range(3):
        for phone in phones:
            house.report(phone=phone)
    refused = house.chance.randrange(3, 8)
    house.line.next_answers(*["429"] * refused)
    house.start_all()
    assert house.settled() == {"accepted": 9}
    for phone in phones:
        written = [row.body for row in house.rows(f"address = '{phone}'")]
        assert [kept.form["Body"] for kept in house.line.ledger if kept.form["To"] == phone] == written
    with house.owner.connect() as connection:
        tries = connection.execute(text("SELECT message_id, claimed_at, settled_at, error_code FROM attempts ORDER BY message_id, number")).all()  # fmt: skip
    assert sum(each.error_code == "20429" for each in tries) == refused
    waited = [after.claimed_at - before.settled_at for before, after in pairwise(tries) if before.message_id == after.message_id]  # fmt: skip
    assert min(waited) >= timedelta(seconds=house.line.retry_after_seconds)


@pytest.mark.parametrize("answer", ["no answer", "half body", "not json", "slow"])
def test_16_the_carrier_breaks_off(hasty, house, answer):
    house.line.next_answers(*[answer] * house.chance.randrange(1, 4))
    house.report(4)
    house.start_all()
    assert house.settled() == {"accepted": 4}
    assert len(house.line.ledger) == 4


def test_16_while_the_carrier_is_slow_no_connection_is_held(hasty, house):
    house.line.usual = "slow"
    house.start_all()
    air_and_held = text(
        "SELECT (SELECT count(*) FROM messages WHERE state = 'sending'),"
        " (SELECT count(*) FROM pg_stat_activity WHERE usename = 'keshet' AND state LIKE 'idle in transaction%')"
    )

    def is_seen():
        with house.owner.connect() as connection:
            in_air, held = connection.execute(air_and_held).one()
        if not in_air and not house.rows("state = 'pending'"):
            house.report(3)
        return in_air and not held

    house.until(is_seen, what="a message in the air and no connection held")
    house.line.usual = "ok"
    assert set(house.settled()) == {"accepted"}


@pytest.mark.parametrize("how", ["429", "down"])
def test_17_the_carrier_is_away_for_hours(hasty, house, web, how):
    """Reports go on; the alarm rings and ends; of each request only its newest word is sent, and nothing that came too late."""
    house.line.usual, house.line.is_down = ("429", False) if how == "429" else ("ok", True)
    phone = house.phone()
    first, second = house.report(2, phone=phone)
    house.start_all()
    house.ask_code(phone)
    house.tell(first.ticket_id, "handed_over", 2)
    house.tell(second.ticket_id, "resolved", 2)
    key = house.key()
    assert web.report(key)[0] == 201
    house.acknowledged(key)
    house.until(lambda: house.rows("attempt > 0 AND event <> 'code'"), what="a try")
    house.age(360)
    house.until(lambda: house.figure("keshet_outbox_oldest_seconds") >= 300, what="the alarm")
    house.stop_all()  # none is on its way any more when the carrier comes back
    house.age(6 * 3600)
    house.tell(first.ticket_id, "resolved", 3)
    house.line.usual, house.line.is_down = "ok", False
    house.start_all()
    house.settled(duplicates=6)
    newest = {row.body for row in house.rows("event = 'resolved'")}
    assert {kept.form["Body"] for kept in house.line.ledger if kept.form["To"] == phone} == newest
    assert len(newest) == 2
    assert len(house.line.ledger) == 3
    house.until(lambda: house.figure("keshet_outbox_oldest_seconds") == 0, what="the alarm's end")
    assert house.figure("keshet_outbox_waiting") == house.figure("keshet_outbox_unknown") == 0
