"""A flood of requests for codes: whatever is tried, each limit holds, and none refuses more than it says."""

from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from service_desk import clock
from service_desk.errors import BadInput
from service_desk.flow.enter import ask_code
from service_desk.messages.rules.entering import network_of

pytestmark = pytest.mark.faults
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Given:
    """The codes that were made: when, by what they are counted under."""

    def __init__(self):
        self._at = defaultdict(list)

    def add(self, at, *names):
        for name in names:
            self._at[name].append(at)

    def since(self, name, at, length):
        """Count those under a name that are younger than so long."""
        times = self._at[name]
        return len(times) - bisect_right(times, at - length)


def expected(given, at, phone, origin):
    """Return what the published limits say of a request: the refusal, or None."""
    if given.since("city", at, HOUR) >= 600 or given.since("city", at, DAY) >= 3000:
        return "code_resting"
    if given.since(phone, at, MINUTE) >= 1:
        return "code_too_soon"
    is_much = given.since(phone, at, DAY) >= 5 or given.since(origin, at, HOUR) >= 10 or given.since(network_of(origin), at, HOUR) >= 60  # fmt: skip
    return "code_too_many" if is_much else None


def asked(phone, origin):
    try:
        ask_code(phone, origin, "he")
    except BadInput as error:
        return error.problems["phone"]
    return None


def test_codes_flood(house, flood):
    """Few numbers and many, one address and a network of them, in waves for hours, with the clock in hand."""
    chance, given, answers = house.chance, Given(), Counter()
    phones = [house.phone() for _ in range(4000)]
    house.report(1, phone=phones[0])
    with time_machine.travel(datetime(2026, 11, 24, 4, 0, tzinfo=UTC), tick=False) as now:
        for n in range(flood):
            phone = phones[chance.randrange(8 if chance.random() < 0.1 else 4000)]
            is_near = chance.random() < 0.2
            origin = f"203.0.113.{chance.randrange(40)}" if is_near else f"10.{chance.randrange(256)}.{chance.randrange(256)}.9"  # fmt: skip
            said = asked(phone, origin)
            assert said == expected(given, clock.now(), phone, origin), (n, phone, origin)
            answers[said] += 1
            if said is None:
                given.add(clock.now(), phone, origin, network_of(origin), "city")
            # Waves: thick for a while, then a rest, so that minutes, hours and days all pass.
            now.shift(chance.random() / 10 if n % 2500 < 1200 else chance.random() * 12)
            if n % 2500 == 2499:
                now.shift(chance.randrange(1800, 5400))
    assert set(answers) == {None, "code_resting", "code_too_soon", "code_too_many"}
    assert house.count("phone_codes") == answers[None]
    with house.owner.connect() as connection:
        written = connection.execute(text("SELECT count(*) FROM messages WHERE event = 'code' AND address <> ''")).scalar_one()  # fmt: skip
    assert written == sum(1 for _ in given._at[phones[0]]), "only a number that the city knows is written to"
