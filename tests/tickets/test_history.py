"""Whoever changes the past is found, even the owner of the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from service_desk import clock, commands, jobs
from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.flow import work_on
from service_desk.flow.anchor_days import anchor_days, bounds
from service_desk.flow.receive import receive_report
from service_desk.flow.verify_history import verify_history
from service_desk.people.rules import Actor
from service_desk.tickets.rules import Fact, chain
from service_desk.work import transaction

#: an instant at which today's events belong to a finished day
LATER = timedelta(days=2)


@pytest.fixture
def ticket_id(app, said, clerk):
    """A ticket with three events, beside another one."""
    receive_report(said(), Actor("resident"))
    made = receive_report(said(), Actor("resident")).ticket_id
    for words in ("ראשון", "שני"):
        work_on.add_note(made, clerk, words)
    return made


@pytest.fixture
def tamper(owner):
    """Change the database as its owner could, past every rule of ours."""

    def run(statement, **values):
        with owner.begin() as connection:
            assert connection.execute(text(statement), values).rowcount >= 1

    return run


def broken():
    return [(place.seq, place.what) for place in verify_history().places]


def test_an_honest_history_is_whole(ticket_id):
    found = verify_history()
    assert (found.count, found.tickets, found.events) == (0, 2, 4)


def test_an_honest_history_is_whole_after_it_was_sealed(ticket_id):
    assert anchor_days(clock.now() + LATER) >= 1
    found = verify_history()
    assert (found.count, found.days >= 1) == (0, True)
    assert anchor_days(clock.now() + LATER) == 0


@pytest.mark.parametrize(
    "change",
    [
        "data = '{\"words\": \"other\"}'", "at = at + interval '1 microsecond'", "actor_id = coalesce(actor_id, 0) + 1",
        "status = 'closed'", "kind = 'resolved'", "holder_kind = 'nobody'", "hash = sha256('x')",
    ],
)  # fmt: skip
def test_an_edited_event_is_found(ticket_id, tamper, change):
    tamper(f"UPDATE ticket_events SET {change} WHERE ticket_id = :id AND seq = 2", id=ticket_id)
    assert broken()[0][0] == 2


def test_a_deleted_middle_event_is_found(ticket_id, tamper):
    tamper("DELETE FROM ticket_events WHERE ticket_id = :id AND seq = 2", id=ticket_id)
    assert (3, "event 2 is missing before it") in broken()


def test_a_deleted_last_event_is_found(ticket_id, tamper):
    tamper("DELETE FROM ticket_events WHERE ticket_id = :id AND seq = 3", id=ticket_id)
    assert broken() == [(2, "the ticket counts 3 events, its history 2")]


def test_a_deleted_last_event_is_found_by_its_day_when_the_ticket_was_changed_with_it(ticket_id, tamper):
    anchor_days(clock.now() + LATER)
    tamper("DELETE FROM ticket_events WHERE ticket_id = :id AND seq = 3", id=ticket_id)
    tamper(
        "UPDATE tickets SET version = 2, last_hash = (SELECT hash FROM ticket_events e WHERE e.ticket_id = :id AND seq = 2) "
        "WHERE id = :id",
        id=ticket_id,
    )
    places = verify_history().places
    assert [place.where for place in places] == [clock.local(clock.now()).date().isoformat()]


def test_an_inserted_event_is_found(ticket_id, tamper):
    tamper(
        "INSERT INTO ticket_events SELECT authority_id, ticket_id, 4, at, kind, actor_kind, actor_id, status, holder_kind, "
        "holder_id, data, sha256('x') FROM ticket_events WHERE ticket_id = :id AND seq = 3",
        id=ticket_id,
    )
    assert [seq for seq, _what in broken()] == [4, 4]


def test_a_whole_chain_written_anew_is_found_by_its_day(ticket_id, owner, tamper):
    anchor_days(clock.now() + LATER)
    hash_ = b""
    with owner.begin() as connection:
        rows = connection.execute(
            text("SELECT * FROM ticket_events WHERE ticket_id = :id ORDER BY seq"), {"id": ticket_id}
        ).all()
        for row in rows:
            fact = Fact(
                row.authority_id, row.ticket_id, row.seq, row.at, row.kind, row.actor_kind, 7,
                row.status, row.holder_kind, row.holder_id, row.data,
            )  # fmt: skip
            hash_ = chain(hash_, fact)
            connection.execute(
                text(
                    "UPDATE ticket_events SET actor_id = 7, hash = :hash WHERE ticket_id = :id AND seq = :seq"
                ),
                {"hash": hash_, "id": ticket_id, "seq": row.seq},
            )
    tamper("UPDATE tickets SET last_hash = :hash WHERE id = :id", hash=hash_, id=ticket_id)
    places = verify_history().places
    assert [place.where for place in places] == [clock.local(clock.now()).date().isoformat()]


def test_a_changed_status_of_the_ticket_is_found(ticket_id, tamper):
    tamper("UPDATE tickets SET status = 'closed', is_open = false WHERE id = :id", id=ticket_id)
    assert broken() == [(0, "the ticket says «closed», its history «received»")]


def test_a_whole_deleted_ticket_is_found_by_its_day(said, app, tamper):
    made = receive_report(said(phone=None), Actor("resident")).ticket_id
    anchor_days(clock.now() + LATER)
    for table in ("reports", "routes", "clocks", "followers", "ticket_events"):
        tamper(f"DELETE FROM {table} WHERE ticket_id = :id", id=made)
    tamper("DELETE FROM tickets WHERE id = :id", id=made)
    assert verify_history().count == 1


def test_a_missing_seal_is_found(ticket_id, tamper):
    anchor_days(clock.now() + timedelta(days=4))
    tamper("DELETE FROM day_anchors WHERE day = (SELECT min(day) + 1 FROM day_anchors)")
    assert any("seal is missing" in place.what for place in verify_history().places)


def test_an_event_before_the_first_seal_is_found(ticket_id, tamper):
    anchor_days(clock.now() + LATER)
    tamper(
        "UPDATE ticket_events SET at = at - interval '40 days' WHERE ticket_id = :id AND seq = 1",
        id=ticket_id,
    )
    assert any("older than the first seal" in place.what for place in verify_history().places)


def test_one_ticket_can_be_asked_alone(ticket_id, owner, tamper):
    with owner.connect() as connection:
        reference = connection.execute(
            text("SELECT reference FROM tickets WHERE id = :id"), {"id": ticket_id}
        ).scalar_one()
    tamper("UPDATE ticket_events SET kind = 'x' WHERE ticket_id <> :id", id=ticket_id)
    found = verify_history(f"{reference[:-4]}-{reference[-4:]}")
    assert (found.tickets, found.events, found.count) == (1, 3, 0)
    with pytest.raises(NotFound):
        verify_history("0000000")


@pytest.mark.parametrize(
    "verb",
    [
        "UPDATE ticket_events SET kind = 'x'",
        "DELETE FROM ticket_events",
        "TRUNCATE ticket_events",
        "DELETE FROM day_anchors",
        "UPDATE day_anchors SET events = 0",
    ],
)
def test_the_service_itself_cannot_change_the_past(ticket_id, verb):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction():
        db.session.execute(text(verb))


def test_a_day_of_the_city_begins_at_its_own_midnight():
    start, end = bounds(datetime(2026, 3, 27, tzinfo=UTC).date())
    assert (start.isoformat(), end - start) == ("2026-03-26T22:00:00+00:00", timedelta(hours=23))


def test_the_commands_say_what_is_broken_and_end_with_one(app, ticket_id, tamper):
    runner = app.test_cli_runner()
    whole = runner.invoke(commands.history, ["verify", "--authority", "rehovot"])
    assert (whole.exit_code, "0 broken places" in whole.output) == (0, True)
    tamper("UPDATE ticket_events SET kind = 'x' WHERE ticket_id = :id AND seq = 2", id=ticket_id)
    found = runner.invoke(commands.history, ["verify"])
    assert found.exit_code == 1
    assert "event 2:" in found.output
    assert runner.invoke(commands.history, ["anchor"]).exit_code == 0
    assert runner.invoke(commands.history, ["verify", "--authority", "atlantis"]).exit_code == 2


def test_the_sealing_stands_in_the_timetable(app):
    assert "anchor_days" in [timer.name for timer in jobs.TIMETABLE]
