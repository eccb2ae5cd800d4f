"""What the log leaves out of what others say: numbers, addresses, tokens and words of people; and how long it looks."""

from __future__ import annotations

import time

import pytest

from service_desk.telemetry.words import CHARACTERS, scrub, without_words

TOKEN = "QmFzZTY0IGlzIG5vdCBhIHNlY3JldA"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"Error handling request GET /t/{TOKEN}/photo/7/small?lang=he", "Error handling request GET /t/…/photo/7/small?…"),
        (f"Error handling request /contractor/k/{TOKEN}", "Error handling request /contractor/k/…"),
        (f"Error handling request /hooks/twilio/status/1.{TOKEN}", "Error handling request /hooks/twilio/status/…"),
        ("Error handling request /sandbox/%2B972525550001/reply", "Error handling request /sandbox/…/reply"),
        ("Invalid request from ip=::1: Request Line is too large (9 > 8)", "Invalid request from ip=…: Request Line is too large (9 > 8)"),
        ("Invalid HTTP Header: 'Noa Cohen'", "Invalid HTTP Header: …"),
        ('invalid input syntax for type integer: "Noa"', "invalid input syntax for type integer: …"),
        ("refused {'noa@city.example': 550}", "refused {'…': 550}"),
        ("{'noa@city.example': (550, b'5.1.1 Noa Cohen mailbox unavailable')}", "{'…': (550,  …)}"),
        ('KeyError("Noa Cohen\'s street")', "KeyError( …)"),
        ("אין רחוב כזה\nand more", "…"),
        ('column "phone" does not exist', 'column "phone" does not exist'),
        ("it's late, isn't it", "it's late, isn't it"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_a_library_says_is_written_without_what_it_was_given(said, written):
    assert without_words(said) == written


@pytest.mark.parametrize(
    "number",
    [
        # a mobile, and beside it a landline
        "0525550001", "089392222",
        "052-555-0001", "08-939-2222",
        "052.555.0001", "08.939.2222",
        "052 555 0001", "08 939 2222",
        "(052)5550001", "(08)9392222",
        "(052) 555-0001", "(08) 939-2222",
        "+972525550001", "+97289392222",
        "972525550001", "97289392222",
        "00972525550001", "0097289392222",
        "+972-52-555-0001", "+972-8-939-2222",
        "+972 (0)52 555 0001", "+972 (0)8 939 2222",
        "%2B972525550001", "%2B97289392222",
        "052\u2011555\u20110001", "+14155550123",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("before", "after"),
    [("", ""), ("call ", ", please"), ("KeyError('", "')"), ("phone=", "&lang=he"), ("<", ">")],
)
def test_no_line_tells_a_number_that_a_phone_answers(number, before, after):
    assert scrub(f"{before}{number}{after}") == f"{before}…{after}"


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-22T08:30:00.123456+02:00",
        "2026-11-22 08:30:00 +0200",
        "08.12.2026 10:00",
        "1763843517.123",
        "it took 0.2345678901 s",
        "ticket 482-1937 of authority 1, event 123456789012345",
        "job 3f0a0893-9222-4000-8939-089392222000",
        "request 0893922221ab4f00",
        "Booting worker with pid: 20893",
        "Listening at: http://127.0.0.1:8000 (7)",
    ],
)
def test_instants_ids_references_and_addresses_of_our_own_stay(said):
    assert scrub(said) == said
    assert without_words(said) == said


def test_of_a_long_text_only_the_beginning_is_told():
    assert scrub("word " * 1000) == "word " * (CHARACTERS // 5 - 1) + "word …"


def test_a_quotation_that_is_too_long_is_left_out_though_its_end_is_not_seen():
    assert without_words(f"refused b'{'Noa Cohen ' * 100}' (550)") == "refused …"


@pytest.mark.parametrize(
    "part",
    ["/", "a", "a@", "'a ", "\"'", ":'", " ", "052 ", "(052) ", "0", "א ", "ip=", "?", "/t?a", "\n", "\\"],
)
def test_what_a_stranger_sends_costs_no_time(part):
    """100,000 characters took a minute once, in which nobody else was answered."""
    for said in (part * (100_000 // len(part)), part * (100_000 // len(part)) + " ?@", "'" + part * 50_000):
        began = time.thread_time()
        scrub(said)
        without_words(said)
        assert time.thread_time() - began < 0.5
