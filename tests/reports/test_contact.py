"""Contact measures: a fact told to one person counts once, and small groups are not shown."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk import clock
from service_desk.flow import answer, finish, work_on
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.reports import contact
from service_desk.reports.rules import FEWEST, last_days

RESIDENT = Actor("resident")


def measure(by="channel"):
    return contact.contact(last_days(30, clock.now() + timedelta(minutes=1)), by)


def settle(owner, ticket_id, event, state, **more):
    more = {"reason": None, **more}
    with owner.begin() as connection:
        connection.execute(
            text(
                "UPDATE messages SET state = :state, reason = :reason WHERE ticket_id = :id AND event = :event"
            ),
            {"state": state, "id": ticket_id, "event": event, **more},
        )


@pytest.fixture
def reports(app, said):
    """Three people's requests: two by SMS, one by WhatsApp."""
    return [
        receive_report(said(phone=f"+9725023456{n}0", contact=way), RESIDENT).ticket_id
        for n, way in enumerate(("sms", "sms", "whatsapp"))
    ]


def test_people_and_messages_are_counted_apart(reports, owner, clerk):
    finish.resolve_ticket(reports[0], None, clerk, "seen_by_staff", "תוקן")
    settle(owner, reports[0], "received", "failed")
    settle(owner, reports[0], "resolved", "delivered")
    settle(owner, reports[1], "received", "undelivered")
    settle(owner, reports[2], "received", "read")
    sms, whatsapp = measure()
    assert (sms.key, sms.people, sms.reached, sms.told, sms.delivered) == ("sms", 2, 1, 3, 1)
    assert (whatsapp.key, whatsapp.people, whatsapp.reached, whatsapp.read) == ("whatsapp", 1, 1, 1)


def test_a_second_try_by_another_way_is_the_same_message(reports, owner):
    settle(owner, reports[2], "received", "failed")
    with owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO messages (authority_id, id, ticket_id, event_seq, event, resident_id, follower_id, channel,"
                " address, locale, body, template_values, dedupe_key, state, created_at, expires_at, attempt,"
                " reconciled, is_possible_duplicate, fallback_of_id)"
                " SELECT authority_id, id + 1000000, ticket_id, event_seq, event, resident_id, follower_id, 'sms',"
                " address, locale, body, template_values, dedupe_key || '-sms', 'delivered', created_at, expires_at, 1,"
                " 0, false, id FROM messages WHERE ticket_id = :id"
            ),
            {"id": reports[2]},
        )
    whatsapp = measure()[1]
    assert (whatsapp.key, whatsapp.told, whatsapp.delivered) == ("whatsapp", 1, 1)


@pytest.mark.parametrize(
    ("state", "reason"),
    [("superseded", "newer_message"), ("skipped", "opted_out"), ("skipped", "no_phone")],
)
def test_what_was_not_meant_to_go_is_not_counted(reports, owner, state, reason):
    settle(owner, reports[2], "received", state, reason=reason)
    assert [row.key for row in measure()] == ["sms"]


def test_an_answered_question_counts_once_it_arrived(reports, owner, clerk):
    for ticket_id in reports[:2]:
        work_on.ask_resident(ticket_id, None, clerk, "איפה בדיוק?")
        settle(owner, ticket_id, "question", "delivered")
    with owner.connect() as connection:
        follower = connection.execute(
            text("SELECT id FROM followers WHERE ticket_id = :id"), {"id": reports[0]}
        ).scalar_one()
    answer.add_remark(reports[0], "מול מספר 60", Actor("resident", follower), [])
    sms = measure()[0]
    assert (sms.asked, sms.answered) == (2, 1)


def test_the_wait_runs_from_the_report_to_the_first_human_word(reports, owner, clerk):
    finish.resolve_ticket(reports[0], None, clerk, "seen_by_staff", "תוקן")
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE tickets SET opened_at = opened_at - interval '3 hours' WHERE id = :id"),
            {"id": reports[0]},
        )
    sms = measure()[0]
    assert sms.waited == 1
    assert sms.half_hours == pytest.approx(3.0, abs=0.1)


@pytest.mark.parametrize("by", contact.BY)
def test_every_grouping_counts_the_same_people(reports, by):
    assert sum(row.people for row in measure(by)) == 3


def test_few_people_are_hidden_on_the_page_and_in_the_csv(client, reports):
    client.sign_in("mayor@rehovot.example")
    page = client.get("/mayor/contact?lang=en").text
    assert f"fewer than {FEWEST} people" in page
    rows = list(csv.reader(io.StringIO(client.get("/mayor/contact.csv?lang=en").data.decode("utf-8-sig"))))
    assert rows[1] == ["SMS", *[""] * 9]


def test_enough_people_are_shown_with_their_shares(client, app, said, owner):
    for n in range(FEWEST):
        receive_report(said(phone=f"+97250234{n:04d}"), RESIDENT)
    with owner.begin() as connection:
        connection.execute(text("UPDATE messages SET state = 'delivered'"))
    client.sign_in("mayor@rehovot.example")
    assert "100%" in client.get("/mayor/contact?lang=en").text
    rows = list(csv.reader(io.StringIO(client.get("/mayor/contact.csv?lang=en").data.decode("utf-8-sig"))))
    assert rows[1][:5] == ["SMS", "20", "20", "20", "20"]


def test_the_page_takes_one_statement_and_knows_its_groupings(client, reports, statements):
    client.sign_in("mayor@rehovot.example")
    client.get("/mayor/contact")
    before = len(statements)
    client.get("/mayor/contact")
    assert len(statements) - before == 2, "its tenant and the question"
    assert client.get("/mayor/contact?by=name").status_code == 404
    client.post("/staff/logout")


def test_a_clerk_does_not_see_it(client, app):
    client.sign_in("clerk5@rehovot.example")
    assert client.get("/mayor/contact").status_code == 403
