"""What an open page learns by itself: news of its queue, changes of its ticket, who works on it, who looks."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import g
from sqlalchemy import text

from service_desk import work
from service_desk.desks.clerk import presence
from service_desk.desks.clerk.presence import LOOK_SECONDS, Presence
from service_desk.flow import claim
from service_desk.flow.receive import receive_report
from service_desk.flow.work_on import add_note, assign_ticket
from service_desk.people import queries as people
from service_desk.people.rules import Actor, Role


@pytest.fixture
def report(said):
    """Receive a report; keyword arguments replace its parts."""
    return lambda **parts: receive_report(said(**parts), Actor("resident"))


@pytest.fixture
def manager(city):
    staff = people.staff_by_email("manager5@rehovot.example")
    centre = next(each for each in city.centres.values() if each.number == 5)
    return Actor("staff", staff.id, staff.name, (Role("manager", centre.id),))


@pytest.fixture
def desk(client):
    """A browser of the clerk of centre 5 that reads English; after each look the test works for Rehovot again."""
    client.sign_in("clerk5@rehovot.example")

    def look(path, **kwargs):
        g.pop("_login_user", None)  # the test's own context would keep who was signed in
        answer = client.get(path, **kwargs)
        work.set_tenant(1)
        return answer

    look("/desk/?lang=en")
    return look


def since(seconds: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def backdate(owner, ticket_id: int) -> None:
    """Let the ticket and its history be an hour old."""
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE ticket_events SET at = at - interval '1 hour' WHERE ticket_id = :id"),
            {"id": ticket_id},
        )


def test_a_queue_learns_what_came_and_what_changed(desk, report, owner, clerk):
    old, changed = report(phone=None), report(phone=None)
    for each in (old, changed):
        backdate(owner, each.ticket_id)
    assert desk(f"/desk/live?since={since()}").json == {"new": [], "changed": [], "is_old": False}
    fresh = report(phone=None)
    add_note(changed.ticket_id, clerk, "בבדיקה")
    answer = desk(f"/desk/live?since={since(60)}").json
    assert answer["new"] == [fresh.ticket_id]
    assert answer["changed"] == [[changed.ticket_id, 2], [fresh.ticket_id, 1]]


def test_news_is_of_the_filter_that_is_shown(desk, report):
    fresh = report(phone=None)
    asked = {"type=RD-POTHOLE": [fresh.ticket_id], "view=mine": [], "centre=2": [], "q=אינשם": []}
    for query, found in asked.items():
        assert desk(f"/desk/live?{query}&since={since(60)}").json["new"] == found, query
    assert desk(f"/desk/live?centre=2&since={since(60)}").json["changed"] == []


def test_a_page_of_hours_ago_is_told_to_load_anew(desk, report):
    report(phone=None)
    for asked in (since(3 * 3600), "yesterday", "2026-01-01T00:00:00", ""):
        assert desk(f"/desk/live?since={asked}").json == {"new": [], "changed": [], "is_old": True}


def test_an_unchanged_answer_is_304_without_a_body(desk, report):
    report(phone=None)
    asked = f"/desk/live?since={since(60)}"
    tag = desk(asked).headers["ETag"]
    again = desk(asked, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "no-store"
    report(phone=None)
    assert desk(asked, headers={"If-None-Match": tag}).status_code == 200


def test_a_look_is_one_statement_by_the_history_s_index(desk, report, statements, owner):
    ticket_id = report().ticket_id
    desk(f"/desk/t/{ticket_id}")
    for path in (f"/desk/live?since={since(60)}&view=late", f"/desk/live/{ticket_id}"):
        desk(path)
        statements.clear()
        desk(path)
        # the tenant, the session, and one
        assert len(statements) <= 3, statements
    with owner.connect() as connection:
        connection.execute(text("SET enable_seqscan = off"))
        plan = connection.execute(
            text("EXPLAIN SELECT ticket_id FROM ticket_events WHERE authority_id = 1 AND at > now() ORDER BY at DESC LIMIT 10")
        )  # fmt: skip
        assert "ix_ticket_events_at" in str(plan.all())


def test_a_ticket_says_who_changed_it_but_not_to_that_person(desk, report, clerk, manager):
    ticket_id = report().ticket_id
    add_note(ticket_id, manager, "בבדיקה")
    answer = desk(f"/desk/live/{ticket_id}").json
    assert answer["version"] == 2
    assert manager.name in answer["changed"]
    add_note(ticket_id, clerk, "בבדיקה")
    assert desk(f"/desk/live/{ticket_id}").json["changed"] == ""


def test_a_claim_is_seen_by_the_other_and_known_to_the_own(desk, report, clerk, manager):
    ticket_id = report().ticket_id
    claim.claim_ticket(ticket_id, manager)
    answer = desk(f"/desk/live/{ticket_id}").json
    assert manager.name in answer["claimed"]
    assert not answer["is_mine"]
    page = desk(f"/desk/t/{ticket_id}").get_data(as_text=True)
    assert f"\u2068{manager.name}\u2069 works on it since" in page
    claim.take_claim_over(ticket_id, clerk)
    answer = desk(f"/desk/live/{ticket_id}").json
    assert answer["claimed"] == ""
    assert answer["is_mine"]


def test_a_page_left_open_does_not_keep_a_session_alive(desk, report, owner):
    ticket_id = report().ticket_id
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE staff_sessions SET last_seen_at = last_seen_at - interval '20 minutes'")
        )
    before = seen_at(owner)
    desk(f"/desk/live?since={since()}")
    desk(f"/desk/live/{ticket_id}")
    assert seen_at(owner) == before
    desk("/desk/")
    assert seen_at(owner) > before


def seen_at(owner) -> datetime:
    with owner.connect() as connection:
        return connection.scalar(text("SELECT max(last_seen_at) FROM staff_sessions"))


@pytest.fixture
def looks(servers, monkeypatch):
    """Who looks, kept in a Valkey that is waited for as long as a busy machine takes."""
    monkeypatch.setattr(presence, "_PATIENCE_SECONDS", 10.0)
    looks = Presence(servers.redis_url)
    looks._client.delete("keshet:looks:1:77")
    return looks


def test_looks_are_remembered_for_half_a_minute_by_id_alone(looks):
    assert looks.look(1, 77, 5, now=1000) == []
    assert looks.look(1, 77, 6, now=1010) == [5]
    assert looks.look(2, 77, 7, now=1010) == [], "another authority's"
    assert looks.look(1, 77, 6, now=1001 + LOOK_SECONDS) == [], "the first one left"
    held = looks._client.zrange("keshet:looks:1:77", 0, -1)
    assert held == [b"6"]
    assert 0 < looks._client.ttl("keshet:looks:1:77") <= LOOK_SECONDS


def test_without_valkey_nobody_is_seen_and_nobody_waits(app):
    for url in ("", "redis://127.0.0.1:1/0"):
        looks, begun = Presence(url), time.monotonic()
        assert [looks.look(1, 77, staff, now=1000) for staff in range(50)] == [[]] * 50
        assert time.monotonic() - begun < 5


def test_who_looks_is_named_on_the_page(desk, report, manager, looks, monkeypatch):
    ticket_id = report().ticket_id
    monkeypatch.setattr(presence, "_at", lambda _url: looks)
    looks.look(1, ticket_id, manager.id, time.time())
    assert desk(f"/desk/live/{ticket_id}").json["here"] == f"Looking at this now: \u2068{manager.name}\u2069"


def test_the_page_of_a_ticket_keeps_within_its_statements(desk, report, clerk, statements):
    ticket_id = report().ticket_id
    assign_ticket(ticket_id, 1, clerk, clerk.id, is_claimed=True)
    statements.clear()
    assert desk(f"/desk/t/{ticket_id}").status_code == 200
    assert len(statements) <= 8, statements


def test_answers_are_small(desk, report):
    for _ in range(5):
        report(phone=None)
    assert len(json.dumps(desk(f"/desk/live?since={since(60)}").json)) < 400
