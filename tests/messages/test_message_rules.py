"""The outbox's rules: what a callback may change, what a code means, how long to wait."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_desk.messages import rules
from service_desk.messages.rules.codes import AFTER_ACCEPTANCE, CONFIG, RECIPIENT, Outcome, again, classify

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
#: The lives that a message may have at the provider; a callback may come in any order, twice, or not at all.
LIVES = [
    ["queued", "sending", "sent", "delivered", "read"],
    ["accepted", "queued", "sending", "sent", "delivered"],
    ["queued", "sending", "sent", "undelivered"],
    ["queued", "failed"],
    ["scheduled", "canceled"],
]


def play(statuses, state="sending"):
    for status in statuses:
        state = rules.after_callback(state, rules.state_of_callback(status))
    return state


@pytest.mark.parametrize("life", LIVES)
def test_callbacks_in_any_order_end_alike(life):
    assert {play(order) for order in permutations(life)} == {rules.state_of_callback(life[-1])}


@given(
    st.sampled_from(LIVES).flatmap(
        lambda life: st.tuples(st.just(life), st.lists(st.sampled_from(life), max_size=12))
    ),
    st.randoms(),
)
def test_repeated_and_shuffled_callbacks_end_alike(drawn, random):
    life, repeats = drawn
    calls = life + repeats
    random.shuffle(calls)
    assert play(calls) == rules.state_of_callback(life[-1])


@given(
    st.lists(st.sampled_from(sorted({status for life in LIVES for status in life})), max_size=10),
    st.sampled_from(rules.STATES),
)
def test_a_callback_never_lowers_what_is_proven(calls, state):
    before = rules.rank(state)
    for status in calls:
        after = rules.after_callback(state, rules.state_of_callback(status))
        assert rules.rank(after) >= before
        assert state not in rules.LOST or after == state
        state, before = after, rules.rank(after)


@pytest.mark.parametrize("state", ["pending", "sending", "unknown", "manual", "expired", "superseded"])
def test_proof_of_delivery_beats_every_doubt(state):
    assert rules.after_callback(state, "delivered") == "delivered"


def test_a_word_unknown_to_us_is_no_state():
    assert rules.state_of_callback("teleported") is None


TABLE = [
    (
        Outcome.RETRY,
        [
            {"failure": "dns"},
            {"failure": "connect"},
            {"failure": "tls"},
            {"status": 429},
            {"status": 429, "code": 20429},
            {"status": 400, "code": 20429},
        ],
    ),
    (Outcome.AMBIGUOUS, [{"failure": kind} for kind in ("read", "reset", "parse", "crash")]),
    (Outcome.AMBIGUOUS, [{"status": status} for status in (500, 502, 503, 504, 200, 201, 302, 408)]),
    (Outcome.AMBIGUOUS, [{"status": 503, "code": 21211}]),
    (
        Outcome.PERMANENT_RECIPIENT,
        [{"status": 400, "code": code} for code in (21211, 21214, 21610, 21614, 21635)],
    ),
    (Outcome.PERMANENT_RECIPIENT, [{"code": code} for code in (30005, 30006, 63003, 63014, 63024)]),
    (
        Outcome.PERMANENT_CONFIG,
        [{"status": 400, "code": code} for code in (21408, 21602, 21606, 21612, 21617)],
    ),
    (
        Outcome.PERMANENT_CONFIG,
        [{"code": code} for code in (30004, 30007, 30034, 63008, 63016, 63051, 63032)],
    ),
    (
        Outcome.PERMANENT_CONFIG,
        [{"status": 401, "code": 20003}, {"status": 403}, {"status": 404}, {"status": 400, "code": 99999}],
    ),
    (Outcome.TEMPORARY, [{"code": code} for code in (30001, 30003, 30008, 63018, 63017)]),
]


@pytest.mark.parametrize(
    ("outcome", "failure"), [(outcome, failure) for outcome, failures in TABLE for failure in failures]
)
def test_each_failure_means_what_the_table_says(outcome, failure):
    assert classify(**failure) is outcome


def test_no_code_means_two_things():
    assert not RECIPIENT & CONFIG
    assert not RECIPIENT & AFTER_ACCEPTANCE
    assert not CONFIG & AFTER_ACCEPTANCE


def test_a_phone_that_is_off_gets_two_more_tries_within_a_day():
    waits = [again("sms", 30003, earlier) for earlier in range(3)]
    assert waits[2] is None
    assert sum((way.wait for way in waits[:2]), timedelta(0)) <= timedelta(hours=24)


def test_an_unknown_loss_gets_one_more_try():
    assert again("sms", 30008, 0)
    assert again("sms", 30008, 1) is None


@pytest.mark.parametrize("code", [63003, 63018, 63016, None])
def test_lost_whatsapp_falls_back_to_sms(code):
    assert again("whatsapp", code, 0).channel == "sms"


@pytest.mark.parametrize("code", [21211, 21610, 30005, 20003, None])
def test_an_sms_that_cannot_be_had_is_over(code):
    assert again("sms", code, 0) is None


@given(st.integers(1, 40), st.floats(0, 1), st.floats(0, 1))
def test_waits_grow_and_stay_under_an_hour(attempt, draw, other):
    wait = rules.back_off(attempt, draw)
    assert timedelta(seconds=12) <= wait <= timedelta(hours=1)
    assert rules.back_off(attempt + 2, other) >= wait or attempt >= 6


def test_the_providers_wish_is_waited_for_up_to_an_hour():
    assert rules.back_off(1, 0.5, 120) == timedelta(seconds=120)
    assert rules.back_off(1, 0.5, 9e9) == timedelta(hours=1)


def test_a_mere_status_is_stale_after_four_hours():
    assert rules.expires_at("handed_over", NOW) == NOW + timedelta(hours=4)
    assert rules.expires_at("question", NOW) > NOW + timedelta(days=2)


def test_the_provider_is_asked_after_one_three_and_ten_minutes():
    asked_at, moments = NOW, []
    for asked in range(3):
        asked_at = rules.reconcile_at(asked, asked_at)
        moments.append(asked_at - NOW)
    assert moments == [timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=10)]
    assert rules.reconcile_at(3, asked_at) is None


def test_free_words_only_within_a_day_of_the_persons_own():
    assert rules.may_use_free_words(NOW - timedelta(hours=23, minutes=58), NOW)
    assert not rules.may_use_free_words(NOW - timedelta(hours=24), NOW)
    assert not rules.may_use_free_words(None, NOW)


@pytest.mark.parametrize(
    ("has_phone", "channel", "stopped", "reason"),
    [
        (False, "sms", (), "no_phone"),
        (True, "none", (), "no_channel"),
        (True, "sms", ("sms",), "opted_out"),
        (True, "sms", ("whatsapp",), None),
        (True, "sms", ("sms:unreachable",), "unreachable"),
        (True, "whatsapp", (), None),
    ],
)
def test_why_somebody_is_not_written_to(has_phone, channel, stopped, reason):
    assert rules.why_skip(has_phone=has_phone, channel=channel, stopped=stopped) == reason


def test_the_same_fact_has_one_key_and_a_new_row_another():
    key = rules.dedupe_key("closed", 7, 3, 11, "sms")
    assert key == rules.dedupe_key("closed", 7, 3, 11, "sms")
    assert rules.retry_of(key) == 0
    assert rules.retry_of(rules.dedupe_key("closed", 7, 3, 11, "sms", 2)) == 2


def test_a_token_names_its_authority():
    assert rules.authority_of(rules.attempt_token(3, "x" * 32)) == 3


@pytest.mark.parametrize(
    "token", ["", "3", "3.", ".xxxx", "3.short", "x." + "y" * 32, "999999." + "y" * 32, "٣." + "y" * 32]
)
def test_a_strange_token_names_no_authority(token):
    assert rules.authority_of(token) is None
