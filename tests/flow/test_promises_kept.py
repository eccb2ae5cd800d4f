"""A promise once given stands: through a merge, another type, a wait and a reopening."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from service_desk import clock
from service_desk.flow import answer, finish, merge, receive, triage, work_on
from service_desk.people.rules import Actor
from service_desk.slas.queries import clocks_of
from service_desk.tickets import queries, rules

RESIDENT = Actor("resident", 1)


@pytest.fixture
def report(app, said):
    return lambda **parts: receive.receive_report(said(**parts), Actor("resident")).ticket_id


@pytest.fixture
def shift(owner):
    """Move what was written of a ticket into the past."""

    def move(ticket_id: int, by: str) -> None:
        with owner.begin() as connection:
            for table, columns in {
                "tickets": ("opened_at", "due_at"),
                "clocks": ("started_at", "due_at", "paused_at", "stopped_at"),
                "pauses": ("started_at", "ended_at"),
            }.items():
                sets = ", ".join(f"{each} = {each} - interval '{by}'" for each in columns)
                key = "id" if table == "tickets" else "ticket_id"
                connection.execute(text(f"UPDATE {table} SET {sets} WHERE {key} = {ticket_id}"))

    return move


def _running(ticket_id: int, kind: str = "resolve"):
    return next(each for each in clocks_of(ticket_id) if each.kind == kind and each.stopped_at is None)


def test_a_merge_keeps_the_earlier_promise_in_a_clock_that_the_next_act_honours(report, shift, clerk):
    older, main = report(), report(phone="+972523456789")
    shift(older, "20 hours")
    promised = _running(older).due_at
    assert promised < _running(main).due_at
    merge.merge_ticket(older, None, rules.shown(queries.ticket_or_404(main).reference), clerk)
    assert _running(main).due_at == promised
    assert queries.ticket_or_404(main).due_at == min(promised, _running(main, "acknowledge").due_at)
    work_on.assign_ticket(main, None, clerk, clerk.id)
    assert queries.ticket_or_404(main).due_at == promised


def test_another_type_after_a_reopening_is_counted_from_the_reopening(report, shift, clerk):
    ticket_id = report()
    shift(ticket_id, "60 days")
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, RESIDENT)
    triage.triage_ticket(ticket_id, None, clerk, service_code="SAN-LITTER")
    again = _running(ticket_id)
    assert again.due_at > again.started_at
    assert queries.ticket_or_404(ticket_id).due_at > clock.now()


def test_a_wait_is_given_back_when_the_type_changes_after_it(report, shift, clerk):
    ticket_id = report()
    work_on.ask_resident(ticket_id, None, clerk, "איפה בדיוק?")
    shift(ticket_id, "60 days")
    answer.add_remark(ticket_id, "ליד העץ", RESIDENT)
    triage.triage_ticket(ticket_id, None, clerk, service_code="SAN-LITTER")
    assert _running(ticket_id).due_at > clock.now()


def test_another_type_counts_though_it_was_said_during_a_wait(report, clerk):
    ticket_id, other = report(), report(service_code="SAN-LITTER", answers={})
    work_on.ask_resident(ticket_id, None, clerk, "איפה בדיוק?")
    triage.triage_ticket(ticket_id, None, clerk, service_code="SAN-LITTER")
    first, second = _running(ticket_id), _running(other)
    assert first.minutes == min(first.minutes, second.minutes)
    assert abs(first.due_at - second.due_at) < timedelta(minutes=2)
