"""One-time codes: hashed, bound, single-use, few; and the short visit they open."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from service_desk import clock, config, work
from service_desk.errors import BadInput
from service_desk.extensions import db
from service_desk.flow import enter, press
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.receive import receive_report
from service_desk.flow.telling import DELIVER
from service_desk.messages.channels.contract import Sent
from service_desk.messages.rules import entering as rules
from service_desk.messages.rules.choosing import CALLS_ONLY
from service_desk.people.rules import Actor

KNOWN, UNKNOWN, HOME = "+972502345678", "+972541112233", "203.0.113.7"
KOSHER = "+972527612345"
#: a Sunday of an ordinary week, 22:00 in the city
NIGHT = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


class Phone:
    """A carrier that keeps what it is handed."""

    def __init__(self):
        self.sent = []

    def send(self, envelope):
        self.sent.append(envelope)
        return Sent(f"SM{len(self.sent):032d}", "delivered")


@pytest.fixture
def known(app, said):
    """A resident whose first message has left."""
    receive_report(said(phone=KNOWN), Actor("resident"))
    deliver_messages(1, channel=Phone())
    return KNOWN


def deliver():
    phone = Phone()
    deliver_messages(1, channel=phone)
    return phone.sent


def code_in(envelopes):
    return rules.typed_code("".join(ch for ch in envelopes[-1].body.split("\n")[0] if ch.isdigit())[:6])


def ask(phone=KNOWN, address=HOME):
    return enter.ask_code(phone, address, "he")


def refusal(**kwargs):
    with pytest.raises(BadInput) as caught:
        ask(**kwargs)
    return caught.value.problems["phone"]


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06d}"


def test_the_right_code_opens_a_visit_once(known):
    request = ask()
    code = code_in(deliver())
    token = enter.enter(request, code)
    assert enter.who_visits(token).phone == KNOWN
    assert enter.enter(request, code) is None, "a code works once"
    assert enter.who_visits(request) is None, "the asking secret is not the visit's"


def test_twenty_tries_at_once_open_one_visit(known, founded):
    request = ask()
    code = code_in(deliver())
    opened = []

    def try_it():
        with founded.app_context(), work.tenant(1):
            opened.append(enter.enter(request, code))

    threads = [threading.Thread(target=try_it) for _each in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(opened) == 20
    assert len([each for each in opened if each]) == 1


def test_no_table_holds_the_code(known, owner):
    ask()
    code = code_in(deliver())
    with owner.connect() as connection:
        for table in ("phone_codes", "messages", "attempts", "receipts", "access_log"):
            rows = connection.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars().all()
            assert not any(f"{code} " in row or f'"{code}"' in row for row in rows), table
        assert (
            connection.execute(text("SELECT code_hash FROM phone_codes"))
            .scalar_one()
            .startswith("$argon2id$")
        )


@pytest.mark.parametrize(("seconds", "opens"), [(599, True), (601, False)])
def test_a_code_holds_ten_minutes(known, seconds, opens):
    start = clock.now()
    request = ask()
    code = code_in(deliver())
    with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
        assert bool(enter.enter(request, code)) is opens


def test_codes_are_spread_evenly():
    codes = [rules.code_of("s" * 32, str(n)) for n in range(20_000)]
    assert all(len(each) == 6 and each.isdigit() for each in codes)
    firsts = Counter(each[0] for each in codes)
    assert len(set(codes)) > 19_600
    assert all(1_800 < firsts[digit] < 2_200 for digit in "0123456789")


def test_a_code_opens_nothing_in_another_browser(known):
    with time_machine.travel(clock.now() - timedelta(minutes=2)):
        other = ask()
        deliver()
    ask()
    assert enter.enter(other, code_in(deliver())) is None
    assert enter.enter("", "123456") is None


def test_the_sixth_try_fails_even_when_right(known):
    request = ask()
    code = code_in(deliver())
    for _each in range(rules.MOST_TRIES):
        assert enter.enter(request, wrong(code)) is None
    assert enter.enter(request, code) is None


def test_wrong_tries_side_by_side_all_count(known, founded):
    request = ask()
    code = code_in(deliver())

    def try_it():
        with founded.app_context(), work.tenant(1):
            enter.enter(request, wrong(code))

    threads = [threading.Thread(target=try_it) for _each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert enter.enter(request, code) is None


def test_a_number_gets_one_code_a_minute_and_five_a_day(known):
    start = clock.now()
    ask()
    assert refusal() == "code_too_soon"
    for n in range(1, 5):
        with time_machine.travel(start + timedelta(minutes=2 * n), tick=False):
            ask(address=f"198.51.{n}.1")
    with time_machine.travel(start + timedelta(hours=2), tick=False):
        assert refusal(address="198.51.100.9") == "code_too_many"
    with time_machine.travel(start + timedelta(hours=25), tick=False):
        ask()


def test_an_address_and_its_network_get_few_codes_an_hour(app):
    asked = [ask(phone=f"+9725411{n:05d}") for n in range(rules.HOUR_PER_ORIGIN)]
    assert len(set(asked)) == rules.HOUR_PER_ORIGIN
    assert refusal(phone="+972541199999") == "code_too_many"
    ask(phone="+972541199998", address="203.0.113.8")
    full = rules.Asked(0, 0, 0, rules.HOUR_PER_NETWORK, 0, 0)
    assert rules.why_no_code(full) == "code_too_many"
    assert rules.network_of("203.0.113.7") == rules.network_of("203.0.113.250") == "203.0.113.0/24"


def test_the_citys_breaker_stops_codes_and_reports_go_on(app, said, monkeypatch):
    monkeypatch.setattr(rules, "HOUR_PER_CITY", 3)
    for n in range(3):
        ask(phone=f"+97254222{n:04d}", address=f"198.51.100.{n}")
    assert refusal(phone="+972542229999", address="192.0.2.1") == "code_resting"
    assert receive_report(said(), Actor("resident")) is not None


@pytest.mark.parametrize("phone", ["+12025550123", "1-700-123456", "+447911123456", "x", ""])
def test_codes_go_to_numbers_of_this_country_that_a_person_holds(app, phone):
    assert refusal(phone=phone) in {"phone_no_code", "phone_unreadable"}


@pytest.fixture
def rings(app, said):
    """A resident with a kosher phone whose first message has left."""
    receive_report(said(phone=KOSHER), Actor("resident"))
    deliver_messages(1, channel=Phone())
    return KOSHER


def spoken_code(envelopes):
    return rules.typed_code("".join(ch for ch in envelopes[-1].body if ch.isdigit())[:6])


@pytest.mark.parametrize("locale", ["he", "ar", "ru", "en"])
def test_a_kosher_phone_has_its_code_spoken_digit_by_digit_and_twice(rings, locale, owner):
    request = enter.ask_code(KOSHER, HOME, locale)
    (envelope,) = deliver()
    code = spoken_code([envelope])
    assert (envelope.channel, envelope.locale) == ("voice", locale)
    assert envelope.body.count(", ".join(code)) == 2
    with owner.connect() as connection:
        kept = connection.execute(text("SELECT body, segments FROM messages WHERE event = 'code'")).one()
    assert kept.body.count(rules.SPOKEN_MARK) == 2, "the digits are kept nowhere"
    assert kept.segments is None
    assert enter.who_visits(enter.enter(request, code)).phone == KOSHER


def test_whoever_picks_up_hears_the_code_itself(rings, owner):
    enter.ask_code(KOSHER, HOME, "he")
    (envelope,) = deliver()
    assert press.pick_up(envelope.token, "CA" + "1" * 32).body == envelope.body


def test_a_landline_that_nobody_knows_is_not_called(app, owner):
    enter.ask_code("+97289392222", HOME, "he")
    assert deliver() == []
    with owner.connect() as connection:
        kept = connection.execute(text("SELECT channel, address, state FROM messages")).one()
    assert tuple(kept) == ("voice", "", "skipped")


def test_no_code_is_spoken_in_amharic_whoever_asks(rings):
    for phone in (KOSHER, "+97289392222"):
        with pytest.raises(BadInput) as caught:
            enter.ask_code(phone, HOME, "am")
        assert caught.value.problems == {"phone": "code_no_voice"}


def test_a_call_is_limited_as_a_text_is(rings):
    ask(phone=KOSHER)
    assert refusal(phone=KOSHER) == "code_too_soon"


def test_nobodys_phone_can_be_made_to_ring_at_night(rings):
    usual = config.current()
    config.use(replace(usual, is_quiet_kept=True))
    try:
        with time_machine.travel(NIGHT, tick=False):
            assert refusal(phone=KOSHER) == "code_by_day"
            assert refusal(phone="+97289392222") == "code_by_day"
            assert ask(phone=UNKNOWN), "a text wakes nobody"
    finally:
        config.use(usual)


def test_a_number_at_which_no_text_arrives_is_called(known, owner):
    with owner.begin() as connection:
        connection.execute(text("UPDATE residents SET stopped = :word"), {"word": [CALLS_ONLY]})
    ask()
    (envelope,) = deliver()
    assert envelope.channel == "voice"


def test_an_unknown_number_looks_the_same_and_is_not_written_to(known, statements, rung):
    ask(phone=KNOWN)
    first = len(statements)
    ask(phone=UNKNOWN, address="198.51.100.1")
    assert len(statements) - first == first, "the same statements either way"
    assert rung[-1] == rung[-2] == (DELIVER, (1,))
    sent = deliver()
    assert [each.address for each in sent] == [KNOWN]
    stored = db.session.execute(
        text("SELECT count(*) FROM messages WHERE address = :phone"), {"phone": UNKNOWN}
    )
    assert stored.scalar_one() == 0


def test_known_and_unknown_numbers_take_as_long(known, monkeypatch):
    monkeypatch.setattr(rules, "DAY_PER_PHONE", 1000)
    monkeypatch.setattr(rules, "MINUTE_PER_PHONE", 1000)
    took = {KNOWN: [], UNKNOWN: []}
    for n in range(40):
        for phone, times in took.items():
            began = time.perf_counter()
            ask(phone=phone, address=f"10.{n}.0.1")
            times.append(time.perf_counter() - began)
    assert abs(statistics.median(took[KNOWN]) - statistics.median(took[UNKNOWN])) < 0.05


def test_a_visit_ends_after_half_an_hour_or_at_once(known):
    start = clock.now()
    request = ask()
    token = enter.enter(request, code_in(deliver()))
    with time_machine.travel(start + timedelta(minutes=31)):
        assert enter.who_visits(token) is None
    assert enter.who_visits(token)
    enter.leave(token)
    assert enter.who_visits(token) is None


def test_a_code_goes_before_what_waits_and_is_not_kept_for_the_day(known, said, monkeypatch):
    for n in range(3):
        receive_report(said(phone=f"+97250999000{n}"), Actor("resident"))
    ask()
    assert deliver()[0].event == rules.CODE


def test_a_late_code_is_not_sent(known):
    start = clock.now()
    ask()
    phone = Phone()
    late = start + timedelta(minutes=11)
    deliver_messages(1, channel=phone, now=lambda: late)
    assert phone.sent == []


def test_a_code_that_was_lost_is_not_sent_again(known, owner):
    class Lost(Phone):
        def send(self, envelope):
            super().send(envelope)
            return Sent("SM9", "undelivered", 30003)

    ask()
    deliver_messages(1, channel=Lost())
    with owner.connect() as connection:
        rows = connection.execute(text("SELECT state FROM messages WHERE event = 'code'")).scalars().all()
    assert rows == ["undelivered"]


def test_digits_are_read_in_any_script():
    assert rules.typed_code("١٢٣ 456") == "123456"
    assert rules.typed_code(" 123-456 ") == "123456"
    assert rules.typed_code("12345") == rules.typed_code("1234567") == ""
