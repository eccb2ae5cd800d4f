"""The carrier's callbacks: believed only when signed, stored once, answered at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from service_desk import config
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor

TOKEN = "a-test-auth-token"
BASE = "https://keshet.city.example"
PHONE = "+972502345678"
INBOUND = "/hooks/twilio/inbound"


@pytest.fixture
def carrier(app):
    """Send a callback as Twilio would; signature: given instead of the right one, or None for none."""
    usual = config.current()
    config.use(replace(usual, twilio_auth_token=TOKEN, public_base_url=BASE))
    http = app.test_client(use_cookies=False)

    def send(path, form, *, signature="right", base=BASE, headers=None):
        proof = RequestValidator(TOKEN).compute_signature(base + path, form)
        given = {"X-Twilio-Signature": proof if signature == "right" else signature} if signature else {}
        return http.post(path, data=form, headers={**given, **(headers or {})})

    yield send
    config.use(usual)


def count(owner, table):
    with owner.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def inbound(sid="SM1", body="עדיין לא תוקן", sender=PHONE):
    return {"MessageSid": sid, "From": sender, "To": "+97233760000", "Body": body, "NumMedia": "0"}


def sent_message(owner, said):
    receive_report(said(), Actor("resident"))
    with owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO attempts (authority_id, token, message_id, number, claimed_at) "
                "SELECT authority_id, '1.abcdefghijklmnopqrstuvwxyz', id, 1, now() FROM messages"
            )
        )
        connection.execute(text("UPDATE messages SET state = 'sending', attempt = 1"))
    return "/hooks/twilio/status/1.abcdefghijklmnopqrstuvwxyz"


def test_a_signed_status_moves_its_message(owner, carrier, said):
    path = sent_message(owner, said)
    assert carrier(path, {"MessageSid": "SM9", "MessageStatus": "delivered"}).status_code == 204
    with owner.connect() as connection:
        assert connection.execute(text("SELECT state, provider_id FROM messages")).one() == (
            "delivered",
            "SM9",
        )


def test_a_repeated_status_changes_nothing(owner, carrier, said):
    path, form = sent_message(owner, said), {"MessageSid": "SM9", "MessageStatus": "sent"}
    assert [carrier(path, form).status_code for _ in range(3)] == [204, 204, 204]
    assert count(owner, "receipts") == 1


@pytest.mark.parametrize("signature", [None, "wrong", "", "AAAA" * 7])
def test_an_unsigned_callback_changes_nothing(owner, carrier, said, signature):
    path = sent_message(owner, said)
    assert (
        carrier(path, {"MessageSid": "SM9", "MessageStatus": "delivered"}, signature=signature).status_code
        == 403
    )
    assert carrier(INBOUND, inbound(), signature=signature).status_code == 403
    assert (count(owner, "receipts"), count(owner, "inbound")) == (0, 0)
    with owner.connect() as connection:
        assert connection.execute(text("SELECT state FROM messages")).scalar_one() == "sending"


def test_a_forged_host_proves_nothing(owner, carrier):
    evil = "https://evil.example"
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Original-Host": "evil.example",
    }
    assert carrier(INBOUND, inbound(), base=evil, headers=headers).status_code == 403
    assert count(owner, "inbound") == 0


def test_another_account_of_the_carriers_proves_nothing(owner, carrier):
    config.use(replace(config.current(), twilio_account_sid="AC1"))
    assert carrier(INBOUND, inbound() | {"AccountSid": "AC2"}).status_code == 403
    assert count(owner, "inbound") == 0
    assert carrier(INBOUND, inbound() | {"AccountSid": "AC1"}).status_code == 200


def test_a_changed_field_breaks_the_proof(owner, carrier):
    proof = RequestValidator(TOKEN).compute_signature(BASE + INBOUND, inbound())
    assert carrier(INBOUND, inbound(body="DROP"), signature=proof).status_code == 403
    assert count(owner, "inbound") == 0


def test_the_raw_query_is_part_of_the_proof(owner, carrier):
    assert carrier(f"{INBOUND}?a=1&b=%2B2", inbound()).status_code == 200
    proof = RequestValidator(TOKEN).compute_signature(BASE + INBOUND, inbound("SM2"))
    assert carrier(f"{INBOUND}?a=1", inbound("SM2"), signature=proof).status_code == 403


def test_without_a_token_nothing_is_believed(owner, carrier):
    config.use(replace(config.current(), twilio_auth_token=""))
    proof = RequestValidator("").compute_signature(BASE + INBOUND, inbound())
    assert carrier(INBOUND, inbound(), signature=proof).status_code == 403
    assert count(owner, "inbound") == 0


def test_an_answer_lands_on_the_ticket_once_and_gets_empty_twiml(owner, carrier, said):
    received = receive_report(said(), Actor("resident"))
    for _ in range(2):
        answer = carrier(INBOUND, inbound())
        assert (answer.status_code, answer.mimetype) == (200, "text/xml")
        assert b"<Response/>" in answer.data
    with owner.connect() as connection:
        kept = connection.execute(text("SELECT ticket_id, outcome, channel FROM inbound")).all()
        words = connection.execute(text("SELECT text FROM remarks")).all()
    assert [tuple(row) for row in kept] == [(received.ticket_id, "remark", "sms")]
    assert [row.text for row in words] == ["עדיין לא תוקן"]


def test_whatsapp_and_its_photos_are_kept(owner, carrier, said):
    receive_report(said(), Actor("resident"))
    form = inbound(sender=f"whatsapp:{PHONE}") | {
        "NumMedia": "2", "MediaUrl0": "https://api.twilio.com/m/1", "MediaContentType0": "image/jpeg",
        "MediaUrl1": "file:///etc/passwd", "MediaContentType1": "image/png", "MessagingServiceSid": "MG1",
    }  # fmt: skip
    assert carrier(INBOUND, form).status_code == 200
    with owner.connect() as connection:
        row = connection.execute(text("SELECT channel, media FROM inbound")).one()
    assert (row.channel, row.media) == (
        "whatsapp",
        [{"url": "https://api.twilio.com/m/1", "type": "image/jpeg"}],
    )


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"MessageSid": "SM1"},
        inbound(sender="Keshet"),
        inbound(sender="+97250a"),
        inbound(sid="S" * 65),
        inbound() | {"NumMedia": "many"},
    ],
)
def test_an_odd_inbound_is_answered_without_an_error(carrier, form):
    assert carrier(INBOUND, form).status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"MessageSid": "SM1", "MessageStatus": "x" * 99},
        {"MessageSid": "SM1", "MessageStatus": "sent", "ErrorCode": "many"},
    ],
)
def test_an_odd_status_is_answered_without_an_error(carrier, form):
    assert carrier("/hooks/twilio/status/9999.unknown-token-of-nobody-here", form).status_code == 204
    assert carrier("/hooks/twilio/status/x", form).status_code == 204


def test_a_shared_location_is_kept_and_a_nonsense_one_is_not(owner, carrier):
    carrier(INBOUND, inbound(body="") | {"Latitude": "31.8928", "Longitude": "34.8113"})
    carrier(INBOUND, inbound("SM2", body="") | {"Latitude": "nan", "Longitude": "34.8113"})
    carrier(INBOUND, inbound("SM3", body="") | {"Latitude": "999", "Longitude": "34.8113"})
    with owner.connect() as connection:
        kept = connection.execute(text("SELECT lon, lat FROM inbound ORDER BY id")).all()
    assert [tuple(row) for row in kept] == [(34.8113, 31.8928), (None, None), (None, None)]


def test_the_same_message_five_times_at_once_is_one_and_so_is_its_answer(owner, carrier):
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: carrier(INBOUND, inbound(body="יש בור בכביש")), range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert (count(owner, "inbound"), count(owner, "messages"), count(owner, "conversations")) == (1, 1, 1)


def test_five_different_messages_at_once_make_one_request_at_most(owner, carrier):
    whatsapp = f"whatsapp:{PHONE}"
    pin = {"Latitude": "31.8928", "Longitude": "34.8113"}
    for number, form in enumerate(
        [{"Body": "יש בור בכביש"}, {"Body": "1"}, {"Body": ""} | pin, {"Body": "1"}]
    ):
        carrier(INBOUND, inbound(f"SMa{number}", sender=whatsapp) | form)
    carrier(INBOUND, inbound("SMno", "לא", whatsapp))
    with owner.connect() as connection:
        assert connection.execute(text("SELECT step FROM conversations")).scalar_one() == "confirm"
    with ThreadPoolExecutor(5) as pool:
        forms = [inbound(f"SMy{number}", "כן", whatsapp) for number in range(5)]
        answers = list(pool.map(lambda form: carrier(INBOUND, form), forms))
    assert {answer.status_code for answer in answers} == {200}
    assert count(owner, "tickets") == 1


def test_a_message_by_a_messaging_service_is_heard_like_any_other(owner, carrier):
    assert carrier(INBOUND, inbound() | {"MessagingServiceSid": "MG" + "1" * 32}).status_code == 200
    assert count(owner, "inbound") == 1


def test_a_step_of_a_chat_takes_few_statements(owner, carrier, statements):
    carrier(INBOUND, inbound("SM1", "יש בור בכביש"))
    del statements[:]
    carrier(INBOUND, inbound("SM2", "1"))
    assert len(statements) <= 7, statements


def test_the_first_words_of_a_number_take_five_statements(carrier, statements):
    carrier(INBOUND, inbound("SMfirst", "בור עמוק בכביש", "+972541111111"))  # the city is read into memory
    del statements[:]
    carrier(INBOUND, inbound("SMsecond", "בור עמוק בכביש", "+972542222222"))
    asked = [each for each in statements if "nextval" not in each]
    assert len(asked) == 5, statements  # the tenant, what came, who writes, the answer, where it landed
