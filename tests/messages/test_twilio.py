"""The real SDK against the fake carrier: what it sends, and what each fault means."""

import json
import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest
from fake_carrier import Carrier
from fake_carrier.carrier import ACCOUNT
from twilio.request_validator import RequestValidator

from service_desk.config import BadConfiguration
from service_desk.messages.channels.contract import (
    Ambiguous,
    Envelope,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
)
from service_desk.messages.channels.twilio import Twilio, Wire, read_content_sids

BASE = "https://city.example"
PHONE = "+972502345678"


@pytest.fixture
def carrier():
    with Carrier() as carrier:
        yield carrier


def channel_to(address, read_seconds=5.0):
    senders = {"sms": "Keshet", "whatsapp": "+972501111111"}
    return Twilio(
        ACCOUNT,
        "secret-of-the-test",
        senders,
        BASE,
        Wire(read_seconds, address),
        {"keshet_received_he": "HX" + "2" * 32},
    )


@pytest.fixture
def channel(carrier):
    return channel_to(carrier.address)


def envelope(**changes):
    now = datetime.now(UTC)
    values = {
        "authority_id": 1,
        "message_id": 7,
        "attempt": 1,
        "token": "1." + "t" * 32,
        "event": "received",
        "channel": "sms",
        "address": PHONE,
        "locale": "he",
        "body": "קש״ת רחובות: הפנייה 482-1937 התקבלה.\nhttps://city.example/t/abc",
        "claimed_at": now,
        "expires_at": now + timedelta(hours=24),
    }
    return Envelope(**(values | changes))


WHATSAPP = {
    "channel": "whatsapp",
    "template_name": "keshet_received_he",
    "variables": {"1": "רחובות", "2": "482-1937", "3": "בור בכביש", "4": "https://city.example/t/abc"},
}


def test_an_sms_carries_its_words_its_life_and_its_token(channel, carrier):
    sent = channel.send(envelope())
    (kept,) = carrier.ledger
    assert (sent.provider_id, sent.state) == (kept.sid, "accepted")
    assert kept.form == {
        "To": PHONE,
        "From": "Keshet",
        "Body": envelope().body,
        "StatusCallback": f"{BASE}/hooks/twilio/status/1.{'t' * 32}",
        "ValidityPeriod": "36000",
    }


def test_whatsapp_goes_by_its_approved_template(channel, carrier):
    channel.send(envelope(**WHATSAPP))
    form = carrier.ledger[0].form
    assert form["To"] == f"whatsapp:{PHONE}"
    assert form["From"] == "whatsapp:+972501111111"
    assert form["ContentSid"] == "HX" + "2" * 32
    assert json.loads(form["ContentVariables"]) == WHATSAPP["variables"]
    assert "Body" not in form


def test_whatsapp_within_the_day_takes_free_words(channel, carrier):
    channel.send(envelope(**WHATSAPP, has_free_words=True))
    form = carrier.ledger[0].form
    assert form["Body"] == envelope().body
    assert "ContentSid" not in form


def test_a_template_not_approved_is_the_operators_matter(channel, carrier):
    with pytest.raises(PermanentConfig, match="no_template"):
        channel.send(envelope(**(WHATSAPP | {"template_name": "keshet_closed_am"})))
    assert carrier.seen == []


@pytest.mark.parametrize(
    ("answer", "error", "code", "kept"),
    [
        ("429", Retryable, "20429", 0),
        ("20003", PermanentConfig, "20003", 0),
        ("21610", PermanentRecipient, "21610", 0),
        ("503 before", Ambiguous, "20503", 0),
        ("503 after", Ambiguous, "20503", 1),
        ("half body", Ambiguous, None, 1),
        ("not json", Ambiguous, None, 1),
        ("no answer", Ambiguous, None, 1),
        ("slow", Ambiguous, "read", 1),
    ],
)
def test_each_fault_means_what_it_leaves_behind(carrier, answer, error, code, kept):
    channel = channel_to(carrier.address, 0.5 if answer == "slow" else 5.0)
    carrier.next_answers(answer)
    with pytest.raises(error) as caught:
        channel.send(envelope())
    assert code is None or caught.value.code == code
    assert len(carrier.ledger) == kept
    assert len(carrier.seen) == 1, "the client must not try again by itself"


def test_a_wrong_number_is_the_recipients_matter(channel):
    with pytest.raises(PermanentRecipient, match="21211"):
        channel.send(envelope(address="banana"))


def test_an_empty_message_is_the_operators_matter(channel):
    with pytest.raises(PermanentConfig, match="21602"):
        channel.send(envelope(body=""))


def test_the_wish_to_wait_is_heard(channel, carrier):
    carrier.next_answers("429")
    with pytest.raises(Retryable) as caught:
        channel.send(envelope())
    assert caught.value.retry_after_seconds == 7


def test_a_closed_port_made_nothing():
    with socket.socket() as held:  # bound, so that nobody else opens it, and never listened to
        held.bind(("127.0.0.1", 0))
        with pytest.raises(Retryable, match="connect"):
            channel_to(f"http://127.0.0.1:{held.getsockname()[1]}").send(envelope())


def test_a_name_that_nobody_knows_made_nothing():
    with pytest.raises(Retryable, match="dns"):
        channel_to("http://carrier.invalid").send(envelope())


def test_an_earlier_try_is_found_by_its_words(channel, carrier):
    carrier.next_answers("no answer")
    with pytest.raises(Ambiguous):
        channel.send(envelope())
    assert channel.find(envelope(), frozenset()) == carrier.ledger[0].sid


def test_an_earlier_template_is_found_by_its_values(channel, carrier):
    carrier.next_answers("503 after")
    with pytest.raises(Ambiguous):
        channel.send(envelope(**WHATSAPP))
    assert channel.find(envelope(**WHATSAPP), frozenset()) == carrier.ledger[0].sid


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "other words"},
        {"address": "+972502345679"},
        {"claimed_at": datetime.now(UTC) + timedelta(hours=5)},
    ],
)
def test_another_message_is_not_taken_for_it(channel, changes):
    channel.send(envelope())
    assert channel.find(envelope(**changes), frozenset()) is None


def test_a_message_bound_elsewhere_is_not_found_twice(channel, carrier):
    channel.send(envelope())
    channel.send(envelope())
    first, second = (kept.sid for kept in carrier.ledger)
    assert channel.find(envelope(), frozenset({second})) == first
    assert channel.find(envelope(), frozenset({first, second})) is None


def test_it_is_found_beyond_the_first_page(channel, carrier):
    channel.send(envelope())
    for number in range(60):
        channel.send(envelope(body=f"other words {number}"))
    assert channel.find(envelope(), frozenset()) == carrier.ledger[0].sid


def test_a_status_is_looked_up(channel, carrier):
    channel.send(envelope())
    carrier.ledger[0].status, carrier.ledger[0].error_code = "undelivered", 30003
    assert channel.look_up(carrier.ledger[0].sid) == ("undelivered", 30003)
    assert channel.look_up("SM" + "0" * 32) is None


def test_callbacks_are_signed_as_the_sdk_checks_them(channel, carrier):
    channel.send(envelope())
    path, form, headers = carrier.call_back(lambda *said: said, carrier.ledger[0], "delivered")
    assert RequestValidator(carrier.auth_token).validate(BASE + path, form, headers["X-Twilio-Signature"])


def test_the_client_logs_no_phone_number(channel, caplog):
    with caplog.at_level(logging.DEBUG):
        channel.send(envelope())
        channel.find(envelope(), frozenset())
    assert "972502345678" not in caplog.text


def test_the_templates_file_is_checked(tmp_path):
    path = tmp_path / "sids.json"
    path.write_text('{"keshet_received_he": "HX123"}', encoding="utf-8")
    assert read_content_sids(path) == {"keshet_received_he": "HX123"}
    assert read_content_sids(None) == {}
    for wrong in ("{", "[]", '{"a": "MG1"}'):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(BadConfiguration, match="TWILIO_CONTENT_SIDS"):
            read_content_sids(path)
    with pytest.raises(BadConfiguration):
        read_content_sids(tmp_path / "missing.json")
