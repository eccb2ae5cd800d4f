"""The bell and the page of digests: one's own, by day, seen when one says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import g
from sqlalchemy import text

from service_desk import work
from service_desk.errors import NotAllowed
from service_desk.extensions import db
from service_desk.flow import finish, receive
from service_desk.flow.breach import record_breaches
from service_desk.flow.digest import write_digests
from service_desk.flow.escalate import climb_rungs
from service_desk.flow.see_notices import see_notices
from service_desk.people.models import Notice
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor
from service_desk.slas.queries import clocks_of

MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)
CLERK, MANAGER, MAYOR = (f"{each}@rehovot.example" for each in ("clerk5", "manager5", "mayor"))


def sweep():
    db.session.rollback()
    record_breaches()
    climb_rungs()
    write_digests()


@pytest.fixture
def late(app, said):
    """A ticket whose promise has used 160 % of its time; it is late morning of a working day."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
        due = max(each.due_at for each in clocks_of(ticket_id))
        traveller.move_to((due + (due - MORNING)).replace(hour=8, minute=0) + timedelta(days=1))
        sweep()
        yield ticket_id


def bell_of(client, path="/desk/"):
    g.pop("_login_user", None)  # the test's own app context would keep who was recognised before
    page = client.get(path).get_data(as_text=True)
    found = re.search(r'class="d-count"[^>]*><bdi>(\d+)', page)
    return int(found.group(1)) if found else 0


def test_the_bell_counts_what_is_new_to_the_reader_and_to_nobody_else(client, late):
    client.sign_in(CLERK)
    assert bell_of(client) == 1
    client.sign_in("clerk1@rehovot.example")
    assert bell_of(client) == 0


def test_a_line_leads_to_its_ticket_with_percent_due_and_centre(client, late):
    client.sign_in(MANAGER)
    page = client.get("/desk/notices?lang=en").get_data(as_text=True)
    assert f'href="/desk/t/{late}"' in page
    assert "80%" in page
    assert "Late since" in page
    assert 'data-centre="5"' in page


def test_a_promise_shows_once_a_day_at_its_highest_rung(client, late, owner):
    client.sign_in(CLERK)
    page = client.get("/desk/notices?lang=en").get_data(as_text=True)
    assert page.count(f'href="/desk/t/{late}"') == 1


def test_the_mayor_finds_what_came_up_to_management_and_nothing_below(client, late):
    client.sign_in(MAYOR)
    page = client.get("/desk/notices?lang=en").get_data(as_text=True)
    assert "150%" in page
    assert "80%" not in page


def test_marked_as_seen_the_bell_is_still_and_what_came_after_the_page_is_not_lost(client, late):
    client.sign_in(CLERK)
    page = client.get("/desk/notices?lang=en").get_data(as_text=True)
    until = int(re.search(r'name="until" value="(\d+)"', page).group(1))
    with time_machine.travel(datetime.fromtimestamp(until / 1e6, UTC) + timedelta(minutes=5), tick=False):
        with work.transaction():
            db.session.add(_notice(CLERK, datetime.fromtimestamp(until / 1e6, UTC) + timedelta(minutes=2)))
        assert bell_of(client) == 2
        assert client.post("/desk/notices/seen", {"until": str(until)}).status_code == 303
        assert bell_of(client) == 1
        assert client.post("/desk/notices/seen", {"until": "nonsense"}).status_code == 303
        assert bell_of(client) == 0


def _notice(email, at):
    staff = staff_by_email(email)
    return Notice(authority_id=1, staff_id=staff.id, at=at, items=[], dedupe_key=f"{email}{at}")


def test_a_digest_whose_time_has_not_come_neither_rings_nor_shows(client, late):
    with work.transaction():
        db.session.query(Notice).update({"at": Notice.at + timedelta(hours=12)})
    client.sign_in(CLERK)
    assert bell_of(client) == 0
    assert "empty" in client.get("/desk/notices?lang=en").get_data(as_text=True)


def test_what_was_settled_since_says_so(client, late, clerk):
    finish.resolve_ticket(late, None, clerk, "seen_by_staff", "תוקן")
    client.sign_in(CLERK)
    assert "Done, but late" in client.get("/desk/notices?lang=en").get_data(as_text=True)


def test_a_sensitive_ticket_gives_away_no_place(client, late, owner):
    with owner.begin() as connection:
        connection.execute(text("UPDATE tickets SET is_sensitive = true, address = 'סמטה סודית 7'"))
    client.sign_in(CLERK)
    page = client.get("/desk/notices").get_data(as_text=True)
    assert f'href="/desk/t/{late}"' in page
    assert "סמטה סודית" not in page


def test_more_than_a_page_leads_on_to_the_earlier_ones(client, late):
    now = datetime.now(UTC)
    with work.transaction():
        db.session.add_all(_notice(CLERK, now - timedelta(hours=n)) for n in range(1, 40))
    client.sign_in(CLERK)
    page = client.get("/desk/notices?lang=en").get_data(as_text=True)
    earlier = re.search(r'href="(/desk/notices\?before=\d+)"', page).group(1)
    second = client.get(earlier).get_data(as_text=True)
    assert "/desk/notices?before=" not in second
    assert client.get("/desk/notices?before=nobody").status_code == 200


def test_who_may_look(client, late):
    assert client.get("/desk/notices").status_code == 302
    client.sign_in("contractor@rehovot.example")
    assert client.get("/desk/notices").status_code == 403
    for email in ("admin@rehovot.example", "roads@rehovot.example", MAYOR, MANAGER):
        client.sign_in(email)
        assert client.get("/desk/notices").status_code == 200
    with pytest.raises(NotAllowed):
        see_notices(Actor("resident", 1), datetime.now(UTC))


def test_the_page_takes_three_statements_besides_the_opening_and_the_bell_none(client, late, statements):
    client.sign_in(MANAGER)
    client.get("/desk/notices")
    g.pop("_login_user", None)
    statements.clear()
    client.get("/desk/notices")
    asked = [each for each in statements if "set_config" not in each]
    assert len(asked) == 3, asked
    g.pop("_login_user", None)
    statements.clear()
    client.get("/desk/")
    assert any("notices" in each for each in statements), "the bell is counted"
    assert not any("notices" in each and "staff_sessions" not in each for each in statements)
