"""A private link is its owner's: no repeat, merge or borrowed number hands it to somebody else."""

import pytest
from sqlalchemy import text

from service_desk.flow import join, merge, receive
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


def test_joining_with_the_reporters_number_does_not_give_her_link(report, said):
    mine = report(said(phone=OTHER))
    token = join.join_ticket(mine.ticket_id, phone=OTHER, contact="sms", locale="he")
    _ticket, follower = queries.by_token(token)
    assert token != mine.token
    assert (follower.resident_id, follower.role, follower.channel) == (None, "follower", "none")
    assert queries.ticket_or_404(mine.ticket_id).follower_count == 1


def test_joining_later_with_a_number_that_follows_already_gives_another_link(report, said, owner):
    mine = report(said())
    first = join.join_ticket(mine.ticket_id, phone=OTHER, contact="sms", locale="he")
    with owner.begin() as connection:
        connection.execute(text("UPDATE followers SET joined_at = joined_at - interval '1 hour'"))
    assert join.join_ticket(mine.ticket_id, phone=OTHER, contact="sms", locale="he") != first
    assert queries.ticket_or_404(mine.ticket_id).follower_count == 2


def test_undoing_a_merge_brings_its_followers_back(report, said, clerk):
    mine, main = report(said()), report(said(phone=OTHER))
    _merge(mine.ticket_id, main.ticket_id, clerk)
    merge.reopen_ticket(mine.ticket_id, None, clerk, "לא אותו בור")
    ticket, follower = queries.by_token(mine.token)
    assert (ticket.id, ticket.merged_into_id, follower.role) == (mine.ticket_id, None, "reporter")
    assert queries.by_token(main.token)[0].id == main.ticket_id
    assert [queries.ticket_or_404(each.ticket_id).follower_count for each in (mine, main)] == [1, 1]
