"""How long it really takes is told before sending, on the receipt and on the private page, and history keeps it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from reports.cases_by_hand import case, put_cases
from sqlalchemy import select

from service_desk import clock, work
from service_desk.desks.resident.usual_times import length, sentence
from service_desk.extensions import db
from service_desk.flow import finish
from service_desk.flow.make_expected import make_expected
from service_desk.flow.receive import receive_report
from service_desk.people.rules import Actor
from service_desk.tickets.models import TicketEvent
from service_desk.tickets.queries import ticket_or_404

DAY = 24 * 60
SAID = "Half of such requests are done within 3 days, nine of ten within 6 days."


@pytest.fixture
def known(app, owner):
    """Last year such requests took two and a half days, the slowest six."""
    start = clock.now() - timedelta(days=60)
    put_cases(owner, [case(start, took=(5 if n < 30 else 12) * DAY // 2) for n in range(40)])
    make_expected()


def _text(response) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.get_data(as_text=True))).split())


def test_the_last_step_before_sending_says_it(client, known):
    client.get("/report/RD-POTHOLE?lang=en")
    page = _text(client.post("/report/RD-POTHOLE?lang=en", {"line": "טשרניחובסקי 62"}))
    assert f"The promise: 5 working days. {SAID}" in page


def test_receipt_and_private_page_say_what_was_told_even_when_the_estimate_changes(
    client, said, known, owner
):
    token = receive_report(said(), Actor("resident")).token
    put_cases(owner, [case(clock.now() - timedelta(days=90), took=40 * DAY) for n in range(400)])
    make_expected()
    assert SAID in _text(client.get(f"/t/{token}/received?lang=en"))
    assert SAID in _text(client.get(f"/t/{token}?lang=en"))


def test_history_keeps_what_was_told(said, known):
    ticket_id = receive_report(said(), Actor("resident")).ticket_id
    with work.transaction():
        data = db.session.scalar(
            select(TicketEvent.data).where(TicketEvent.ticket_id == ticket_id, TicketEvent.seq == 1)
        )
    assert (data["told_half_minutes"], data["told_most_minutes"]) == (3 * DAY, 6 * DAY)


def test_where_nothing_can_be_said_nothing_is_said(client, said):
    token = receive_report(said(), Actor("resident")).token
    for page in (f"/t/{token}/received?lang=en", f"/t/{token}?lang=en"):
        assert "such requests" not in _text(client.get(page))


def test_when_it_is_done_the_page_no_longer_says_how_long_it_takes(client, said, known, clerk):
    received = receive_report(said(), Actor("resident"))
    ticket = ticket_or_404(received.ticket_id)
    finish.resolve_ticket(ticket.id, ticket.version, clerk, "seen_by_staff", "תוקן")
    assert "such requests" not in _text(client.get(f"/t/{received.token}?lang=en"))


def test_the_words_fit_what_is_known(app):
    with app.test_request_context("/?lang=en"):
        assert sentence(None, None) == ""
        assert sentence(DAY, None) == "Half of such requests are done within 1 day. Some still wait."
        assert sentence(DAY, DAY) == "Nine of ten such requests are done within 1 day."
        assert [length(50), length(120), length(2 * DAY)] == ["50 minutes", "2 hours", "2 days"]
