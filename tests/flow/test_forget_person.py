"""A person is forgotten: nothing of her is left in any table, nobody else loses a word, and history stays provable."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from service_desk import cli, clock, work
from service_desk.errors import BadInput
from service_desk.flow import enter, finish
from service_desk.flow.deliver import deliver_messages
from service_desk.flow.forget_person import forget_person
from service_desk.flow.hear import hear
from service_desk.flow.join import join_ticket
from service_desk.flow.receive import receive_report
from service_desk.flow.verify_history import verify_history
from service_desk.intake.photos import storage
from service_desk.messages.actions import InboundMessage
from service_desk.people.rules import Actor

HERS, OTHER = "+972502346188", "+972541234567"
NAME, WORDS, ANSWER = "נועה המיוחדת", "ליד הבית שלי, דירה 7", "עדיין בור אצל משפחת פלונית"


def look(owner, query):
    with owner.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def write(body, address=HERS):
    hear(InboundMessage(f"SM{secrets.token_hex(8)}", "sms", address, body, (), (34.81, 31.89)), clock.now())


@pytest.fixture
def hers(app, said, owner):
    """Her request, told and answered; returns what came of the report."""
    made = receive_report(said(phone=HERS, person_name=NAME, text=WORDS), Actor("resident"))
    write(ANSWER)
    enter.ask_code(HERS, "203.0.113.7", "he")
    deliver_messages(1)
    return made


def everything(owner):
    """Return every row of every table that a person can stand in, as text."""
    tables = [
        name
        for (name,) in look(owner, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        if name not in {"streets", "street_points", "places", "alembic_version"}
    ]
    return {name: str(look(owner, f"SELECT to_jsonb(t)::text FROM {name} t")) for name in tables}


def test_nothing_of_her_is_left_in_any_table(hers, owner):
    assert any(NAME in rows for rows in everything(owner).values()), "it was there"
    done = forget_person(HERS, "letter 12")
    assert (done.requests, done.heard) == (1, 1)
    assert done.messages >= 2
    left = everything(owner)
    for trace in (HERS, HERS.removeprefix("+972"), NAME, WORDS, "דירה 7", ANSWER, "משפחת"):
        assert [name for name, rows in left.items() if trace in rows] == [], trace


def test_the_history_is_still_provable_and_the_figures_still_count(hers, owner, clerk):
    finish.resolve_ticket(hers.ticket_id, None, clerk, "seen_by_staff", "תוקן")
    before = look(owner, "SELECT seq, kind, hash FROM ticket_events ORDER BY seq")
    forget_person(HERS, "letter 12")
    assert look(owner, "SELECT seq, kind, hash FROM ticket_events ORDER BY seq") == before
    assert verify_history().count == 0
    assert look(owner, "SELECT count(*) FROM reports") == [(1,)]
    assert look(owner, "SELECT service_code, area_code IS NOT NULL FROM tickets") == [("RD-POTHOLE", True)]


def test_whoever_else_follows_keeps_her_words_and_is_still_told(hers, owner, clerk):
    join_ticket(hers.ticket_id, phone=OTHER, contact="sms", locale="he", words="גם אצלי")
    forget_person(HERS, "letter 12")
    assert ("גם אצלי",) in look(owner, "SELECT text FROM remarks")
    finish.resolve_ticket(hers.ticket_id, None, clerk, "seen_by_staff", "תוקן")
    assert look(owner, "SELECT address FROM messages WHERE event = 'resolved'") == [(OTHER,)]


def test_nothing_that_waits_is_sent_to_her_any_more(app, said, owner):
    receive_report(said(phone=HERS), Actor("resident"))
    forget_person(HERS, "letter 12")
    assert sum(deliver_messages(1, now=lambda: clock.now() + timedelta(hours=1)).values()) == 0
    assert look(owner, "SELECT state, reason FROM messages") == [("skipped", "forgotten")]


def test_her_private_link_opens_nothing(hers, client):
    assert client.get(f"/t/{hers.token}").status_code == 200
    forget_person(HERS, "letter 12")
    assert client.get(f"/t/{hers.token}").status_code == 404


def test_photos_of_a_request_that_was_hers_alone_are_removed(app, said, owner):
    made = receive_report(said(phone=HERS), Actor("resident"))
    key = "a" * 32
    with owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO photos (authority_id, id, ticket_id, kind, storage_key, width, height, size_bytes, sha256, "
                "added_by, created_at) VALUES (1, 1, :ticket, 'report', :key, 1, 1, 1, '', 'resident', now())"
            ),
            {"ticket": made.ticket_id, "key": key},
        )
    path = storage()._path(key, "full")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"jpeg")
    assert forget_person(HERS, "letter 12").photos == 1
    assert not path.exists()
    assert look(owner, "SELECT count(*) FROM photos") == [(0,)]


def test_it_is_on_record_without_her_number_and_may_be_repeated(hers, owner):
    forget_person(HERS, "letter 12")
    assert look(owner, "SELECT ticket_id, why FROM access_log WHERE what = 'forgotten'") == [
        (hers.ticket_id, "letter 12")
    ]
    again = forget_person(HERS, "letter 12")
    assert (again.requests, again.messages, again.heard) == (0, 0, 0)


def test_she_may_come_back_as_somebody_new(hers, said, owner):
    forget_person(HERS, "letter 12")
    receive_report(said(phone=HERS), Actor("resident"))
    assert look(owner, "SELECT count(*) FROM residents WHERE phone = '" + HERS + "'") == [(1,)]
    assert look(owner, "SELECT count(*) FROM followers WHERE left_at IS NULL") == [(1,)]


def test_another_city_keeps_what_it_has(app, said, owner):
    with work.tenant(2):
        forget_person(HERS, "letter 12")
    receive_report(said(phone=HERS), Actor("resident"))
    with work.tenant(2):
        forget_person(HERS, "letter 12")
    assert look(owner, "SELECT phone FROM residents") == [(HERS,)]


@pytest.mark.parametrize(
    ("phone", "why", "problem"),
    [
        ("x", "letter 12", {"phone": "phone_unreadable"}),
        (HERS, "", {"why": "required"}),
        (HERS, "asked by 050-234-6188", {"why": "names_number"}),
    ],
)
def test_what_cannot_be_done_is_said(app, phone, why, problem):
    with pytest.raises(BadInput) as caught:
        forget_person(phone, why)
    assert caught.value.problems == problem


def test_the_command_asks_first(founded):
    asked = CliRunner().invoke(cli.group, ["residents", "forget", HERS, "--why", "letter 12"], input="n\n")
    assert asked.exit_code == 1
    assert "cannot be brought back" in asked.output


def test_the_centre_sees_that_words_were_there_and_are_not_kept(hers, client):
    forget_person(HERS, "letter 12")
    client.sign_in("clerk5@rehovot.example")
    page = client.get(f"/desk/t/{hers.ticket_id}?lang=en").text
    assert "No words are kept." in page
    assert client.get("/desk/?lang=en").status_code == 200
