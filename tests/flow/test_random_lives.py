"""Whatever people do in whatever order, a ticket's history, clocks and projection agree."""

from datetime import timedelta
from itertools import pairwise

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service_desk import clock
from service_desk.errors import KeshetError
from service_desk.extensions import db
from service_desk.flow import answer, finish, hand_over, merge, receive, triage, work_on
from service_desk.flow.breach import record_breaches
from service_desk.messages.models import Message
from service_desk.people.rules import Actor
from service_desk.slas import actions as slas
from service_desk.slas.queries import clocks_of, pauses_of
from service_desk.tickets import queries, rules

RESIDENT = Actor("resident", 1)


def _acts(ticket_id, clerk, unit_id):
    return {
        "take": lambda: work_on.assign_ticket(ticket_id, None, clerk, clerk.id),
        "start": lambda: work_on.start_work(ticket_id, None, clerk),
        "ask": lambda: work_on.ask_resident(ticket_id, None, clerk, "?"),
        "answer": lambda: answer.add_remark(ticket_id, "תשובה", RESIDENT),
        "note": lambda: work_on.add_note(ticket_id, clerk, "הערה"),
        "reply": lambda: work_on.reply_to_resident(ticket_id, clerk, "שלום"),
        "triage": lambda: triage.triage_ticket(ticket_id, None, clerk),
        "retype": lambda: triage.triage_ticket(
            ticket_id, None, clerk, service_code="RD-PAVING", is_hazard=True
        ),
        "safe": lambda: work_on.make_safe(ticket_id, None, clerk, ""),
        "hand_over": lambda: hand_over.hand_over(ticket_id, None, clerk, unit_id=unit_id),
        "resolve": lambda: finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן"),
        "reject": lambda: finish.reject_ticket(ticket_id, None, clerk, "not_found", "לא נמצא"),
        "confirm": lambda: answer.confirm_done(ticket_id, RESIDENT),
        "not_done": lambda: answer.say_not_done(ticket_id, RESIDENT),
        "reopen": lambda: merge.reopen_ticket(ticket_id, None, clerk, "בדיקה"),
        "breach": record_breaches,
    }


ACTS = tuple(_acts(0, None, 0))
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(min_value=1, max_value=40 * 60)), max_size=14)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_order_of_acts_leaves_history_clocks_and_ticket_in_step(app, said, clerk, city, steps):
    start = clock.now().replace(microsecond=0)
    with time_machine.travel(start, tick=False) as traveller:
        ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
        acts = _acts(ticket_id, clerk, city.unit_by_code("ROADS").id)
        for act, minutes in steps:
            traveller.shift(timedelta(minutes=minutes))
            try:
                acts[act]()
            except KeshetError:
                db.session.rollback()
        now = clock.now()
        _agree(ticket_id, now)


def _agree(ticket_id, now):
    db.session.expire_all()
    ticket, events = queries.ticket_or_404(ticket_id), queries.events_of(ticket_id)
    previous = b""
    for place, event in enumerate(events, start=1):
        assert event.seq == place
        fact = rules.Fact(
            event.authority_id, ticket_id, event.seq, event.at, event.kind, event.actor_kind, event.actor_id,
            event.status, event.holder_kind, event.holder_id, event.data,
        )  # fmt: skip
        previous = rules.chain(previous, fact)
        assert previous == event.hash
    assert all(a.at <= b.at for a, b in pairwise(events))
    assert all(b.status == a.status or rules.may_move(a.status, b.status) for a, b in pairwise(events))
    assert (ticket.version, ticket.last_hash, ticket.status) == (len(events), previous, events[-1].status)
    assert (ticket.is_open, ticket.holder_kind) == (
        rules.is_open(ticket.status),
        rules.holder_of(ticket.status, ticket.handler_kind),
    )

    clocks = clocks_of(ticket_id)
    running = [each for each in clocks if each.stopped_at is None]
    assert ticket.due_at == slas.next_due(clocks)
    assert len({each.round for each in running}) <= 1, "an older round never runs on"
    assert all((each.paused_at is not None) == (ticket.status == "waiting") for each in running)
    assert [
        pause for pause in pauses_of(ticket_id) if pause.ended_at is None
    ] == [] or ticket.status == "waiting"
    assert not running or rules.is_working(ticket.status)
    assert all(each.result != "met" or each.stopped_at <= each.due_at for each in clocks)

    messages = db.session.query(Message).filter_by(ticket_id=ticket_id).all()
    assert len({message.dedupe_key for message in messages}) == len(messages)
    told = [(m.event_seq, m.follower_id) for m in messages]
    assert len(set(told)) == len(told), "one event is told once to each"
