"""What a person writes back lands as work on the right ticket, once."""

import pytest
from sqlalchemy import text

from service_desk import clock
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


def write(body, provider_id="SMin1", channel="whatsapp", address=PHONE, media=()):
    return hear(InboundMessage(provider_id, channel, address, body, media), clock.now())


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
    assert [write("עדיין כאן"), write("עדיין כאן")] == ["remark", "repeated"]
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


def test_a_number_nobody_knows_is_kept(app, look):
    assert write("מה השעות שלכם?") == "unknown_sender"
    assert look("SELECT outcome, body FROM inbound") == [("unknown_sender", "מה השעות שלכם?")]


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
    assert look("SELECT kind FROM remarks WHERE ticket_id = " + str(ticket.ticket_id))[-1] == ("answer",)


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
