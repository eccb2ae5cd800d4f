"""What the tests of the house share: a signed-in browser of any role, a real ticket, and what the tables hold."""

from __future__ import annotations

import pytest
from doors import PEOPLE, csrf_token, known_of
from sqlalchemy import text

from service_desk import work
from service_desk.extensions import db, limiter
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.people.seed import DEMO_PASSWORD
from service_desk.tickets import queries


@pytest.fixture
def browser(app, monkeypatch):
    """Make a browser, signed in as a role; slug: the authority it visits. An error is a 500, as it would be for a person."""
    monkeypatch.setattr(limiter, "enabled", False)
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def make(role="anon", slug="rehovot"):
        http = app.test_client()
        base = "http://localhost" if slug == "rehovot" else f"http://{slug}.localhost"
        login = PEOPLE[role]
        if login:
            number = "5" if slug == "rehovot" else "1"
            page = http.get("/staff/login", base_url=base)
            done = http.post(
                "/staff/login",
                base_url=base,
                data={
                    "csrf_token": csrf_token(page.get_data(as_text=True)),
                    "email": login.format(slug=slug).replace("5@", f"{number}@"),
                    "password": DEMO_PASSWORD,
                    "next": "/healthz",
                },
            )
            assert done.status_code == 302, f"{role} of {slug} must get in"

        def go(method, path):
            answer = http.open(path, method=method, base_url=base)
            answer.get_data()
            answer.close()
            return answer

        return go

    return make


@pytest.fixture
def report(app, said):
    """Receive a report of an authority and return the parts of addresses that lead to it."""

    def make(authority_id=1, **parts):
        with work.tenant(authority_id):
            received = receive_report(said(**parts), Actor("resident"))
            ticket = queries.ticket_or_404(received.ticket_id)
            known = known_of(ticket, received.token)
            known["follower_id"] = queries.followers_of(ticket.id)[0].id
            db.session.expunge_all()
        return known

    return make


@pytest.fixture
def held(owner):
    """Return {table: digest of its rows}; left_out: tables that a look may touch."""

    def look(*left_out):
        with owner.connect() as connection:
            tables = connection.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            ).all()
            return {
                table: connection.scalar(
                    text(f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM {table} t")
                )
                for table in tables
                if table not in left_out
            }

    return look
