"""A private link is its owner's: no repeat, merge or borrowed number hands it to somebody else."""

import pytest

from service_desk.flow import merge, receive
from service_desk.people.rules import Actor
from service_desk.tickets import queries, rules

RESIDENT = Actor("resident")
OTHER = "+972523456789"


@pytest.fixture
def report(app):
    return lambda said: receive.receive_report(said, RESIDENT)


def _merge(ticket_id, into_id, clerk):
    merge.merge_ticket(ticket_id, None, rules.shown(queries.ticket_or_404(into_id).reference), clerk)


@pytest.mark.parametrize("phone", ["+972502345678", None])
def test_a_form_sent_again_after_a_merge_gives_its_senders_own_link(report, said, clerk, phone):
    contact = "sms" if phone else "none"
    older = report(said(phone=OTHER))
    words = said(phone=phone, contact=contact)
    mine = report(words)
    _merge(older.ticket_id, mine.ticket_id, clerk)
    again = report(words)
    assert (again.is_repeat, again.token) == (True, mine.token)


def test_a_form_sent_again_after_its_ticket_was_merged_gives_the_same_link(report, said, clerk):
    words = said()
    mine, main = report(words), report(said(phone=OTHER))
    _merge(mine.ticket_id, main.ticket_id, clerk)
    assert report(words).token == mine.token
