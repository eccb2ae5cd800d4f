"""What a person writes back lands as work on the right ticket, once."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk import clock
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.hear import hear
from service_desk.flow.receive import receive_report
from service_desk.messages.actions import InboundMessage
from service_desk.people.rules import Actor
from service_desk.tickets.rules import shown

PHONE = "+972502345678"


@pytest.fixture
def look(owner):
    def read(query):
        with owner.connect() as connection:
            return connection.execute(text(query)).all()

    return read


@pytest.fixture
def report(app, said):
    return lambda **parts: receive_report(said(**parts), Actor("resident"))


def write(body, provider_id=None, channel="whatsapp", address=PHONE, media=(), pin=None, now=None):
    provider_id = provider_id or f"SM{secrets.token_hex(8)}"
    return hear(InboundMessage(provider_id, channel, address, body, media, pin), now or clock.now())


def test_words_land_on_the_only_open_ticket_as_news(report, look):
    ticket = report()
    assert write("הבור גדל מאז אתמול") == "remark"
    assert look("SELECT ticket_id, text FROM remarks WHERE kind = 'remark'") == [
        (ticket.ticket_id, "הבור גדל מאז אתמול")
    ]
    assert look("SELECT has_news FROM tickets") == [(True,)]
    assert look("SELECT outcome, ticket_id FROM inbound") == [("remark", ticket.ticket_id)]


def test_the_same_message_twice_is_heard_once(report, look):
    report()
    assert [write("עדיין כאן", "SMin1"), write("עדיין כאן", "SMin1")] == ["remark", "repeated"]
    assert look("SELECT count(*) FROM remarks WHERE kind = 'remark'") == [(1,)]


def test_a_reference_in_the_words_decides(report, look):
    first, _second = report(), report()
    assert write(f"לגבי {shown(first.reference)}: נפתר") == "remark"
    assert look("SELECT ticket_id FROM inbound") == [(first.ticket_id,)]


@pytest.mark.parametrize("word", ["הסר", "STOP", "стоп", "إلغاء", "አቁም"])
def test_a_stop_word_ends_messages_on_that_channel_only(report, look, word):
    report()
    assert write(word) == "stopped"
    assert look("SELECT stopped FROM residents") == [(["whatsapp"],)]
    assert look("SELECT count(*) FROM remarks") == [(0,)] or look("SELECT has_news FROM tickets") == [
        (False,)
    ]


def test_stopping_twice_and_starting_again_leaves_no_trace(report, look):
    report()
    for number, word in enumerate(("הסר", "הסר", "התחל")):
        write(word, provider_id=f"SM{number}")
    assert look("SELECT stopped FROM residents") == [([],)]


def test_whatsapp_opens_the_window_for_free_words_and_sms_does_not(report, look):
    report()
    write("שלום", channel="sms")
    assert look("SELECT last_inbound_at FROM residents") == [(None,)]
    write("שלום", provider_id="SMin2")
    assert look("SELECT last_inbound_at IS NOT NULL FROM residents") == [(True,)]


def test_a_number_nobody_knows_is_kept_and_answered(app, look):
    assert write("בלה בלה") == "chatting"
    assert look("SELECT outcome, body FROM inbound") == [("chatting", "בלה בלה")]
    ((words, ticket_id, is_urgent),) = look(
        "SELECT body, ticket_id, is_urgent FROM messages WHERE event = 'chat'"
    )
    assert "מה קרה?" in words
    assert (ticket_id, is_urgent) == (None, True)


def test_a_picture_alone_is_news_and_waits_to_be_fetched(report, look):
    report()
    assert write("", media=(("https://carrier.example/m/1", "image/jpeg"),)) == "remark"
    assert look("SELECT media FROM inbound") == [
        ([{"url": "https://carrier.example/m/1", "type": "image/jpeg"}],)
    ]
    assert look("SELECT has_news FROM tickets") == [(True,)]


def test_an_answer_sets_a_waiting_ticket_going_again(report, look, owner):
    ticket = report()
    with owner.begin() as connection:
        connection.execute(text("UPDATE tickets SET status = 'waiting', holder_kind = 'resident'"))
    assert write("בית מספר 12") == "remark"
    assert look("SELECT status FROM tickets") != [("waiting",)]
    assert look(f"SELECT kind FROM remarks WHERE ticket_id = {ticket.ticket_id} ORDER BY id")[-1] == (
        "answer",
    )


def test_words_that_fail_to_land_leave_nothing_behind(report, look, monkeypatch):
    """The provider repeats the webhook; it must then be heard, not taken for heard already."""
    report()

    def fails(*_):
        raise RuntimeError("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr("service_desk.flow.hear.take_in", fails)
        with pytest.raises(RuntimeError):
            write("עדיין כאן")
    assert look("SELECT count(*) FROM inbound") == [(0,)]
    assert write("עדיין כאן") == "remark"


def last_said(look):
    return look("SELECT body FROM messages WHERE event IN ('chat', 'stopped') ORDER BY id DESC LIMIT 1")[0][0]


def test_stopping_writes_a_consent_and_confirms_once(report, look):
    report()
    write("הסר")
    write("הסר")
    assert look("SELECT channel, purpose, is_given, source FROM consents") == [
        ("whatsapp", "service", False, "word")
    ]
    assert look("SELECT count(*) FROM messages WHERE event = 'stopped' AND state = 'pending'") == [(1,)]
    assert deliver_messages(1)["accepted"] >= 1
    assert look("SELECT state FROM messages WHERE event = 'stopped'") == [("delivered",)]


def test_a_stop_from_a_number_nobody_knows_holds_too(app, look):
    assert write("stop", channel="sms") == "stopped"
    assert look("SELECT phone, stopped FROM residents") == [(PHONE, ["sms"])]


def test_after_a_stop_words_are_kept_and_nothing_is_answered(report, look):
    report()
    write("הסר")
    assert write("הבור גדל") == "remark"
    assert look("SELECT count(*) FROM messages WHERE event = 'chat'") == [(0,)]


@pytest.mark.parametrize("word", ["עזרה", "help", "помощь", "مساعدة", "እርዳታ"])
def test_the_word_for_help_brings_the_numbers_of_people(report, look, city, word):
    report()
    assert write(word) == "helped"
    assert city.authority.hotline in last_said(look)


def test_with_two_open_requests_it_is_asked_and_the_next_digit_chooses(report, look):
    first, second = report(), report()
    assert write("יש חדש?") == "asked"
    assert shown(first.reference) in last_said(look)
    assert shown(second.reference) in last_said(look)
    assert write("ועוד משהו") == "asked"
    listed = last_said(look).splitlines()
    number = next(line[0] for line in listed if shown(first.reference) in line)
    assert write(number) == "remark"
    assert look("SELECT ticket_id, text FROM remarks WHERE kind = 'remark'") == [
        (first.ticket_id, "יש חדש?\nועוד משהו")
    ]
    assert look("SELECT DISTINCT ticket_id FROM inbound") == [(first.ticket_id,)]
    assert look("SELECT count(*) FROM conversations") == [(0,)]


def test_another_matter_is_asked_about_and_may_begin_a_report(report, look):
    ticket = report()
    assert write("הפח ליד הבית מלא ומסריח") == "asked"
    assert shown(ticket.reference) in last_said(look)
    assert "0. משהו חדש" in last_said(look)
    assert write("0") == "chatting"
    assert look("SELECT step FROM conversations") == [("pick",)]


@pytest.mark.parametrize(
    ("word", "outcome", "status"), [("כן, תוקן", "done", "closed"), ("3", "not_done", "reopened")]
)
def test_a_yes_or_no_answers_what_was_reported_as_done(report, look, owner, word, outcome, status):
    ticket = report()
    with owner.begin() as connection:
        connection.execute(text("UPDATE tickets SET status = 'resolved', resolved_at = now()"))
    assert write(word) == outcome
    assert look("SELECT status FROM tickets") == [(status,)]
    assert look("SELECT outcome, ticket_id FROM inbound") == [(outcome, ticket.ticket_id)]


def test_a_question_nobody_answered_is_forgotten(report, look):
    report(), report()
    write("יש חדש?")
    later = clock.now() + timedelta(hours=2, minutes=1)
    assert write("1", now=later) == "asked"


def test_a_machine_that_answers_a_machine_is_left_alone(app, look):
    outcomes = [write(f"שלום {number}") for number in range(45)]
    assert outcomes[-1] == "undecided"
    assert look("SELECT count(*) <= 40 FROM messages") == [(True,)]
