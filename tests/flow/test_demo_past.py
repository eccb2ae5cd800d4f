"""The demo's past is what the use-cases would have left."""

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select, text

from service_desk.clock import now as present
from service_desk.extensions import db
from service_desk.flow.demo import DemoExists, seed_past
from service_desk.flow.digest import write_digests
from service_desk.flow.escalate import climb_rungs
from service_desk.messages.models import Message
from service_desk.people.models import Notice
from service_desk.people.rules import digest
from service_desk.slas.models import Clock, Escalation, Pause
from service_desk.slas.planning import rungs_of, state_of
from service_desk.slas.queries import standards
from service_desk.slas.rules import ClockEvent, ClockKind, ClockMove, Promise, replay
from service_desk.slas.rules.ladder import reached
from service_desk.tickets import rules
from service_desk.tickets.actions import token_of
from service_desk.tickets.models import Follower, Remark, Ticket, TicketEvent

TICKETS = 700


@pytest.fixture
def past(app):
    """A year that ended this June, with the time standing still at its end: what is drawn hangs on the day."""
    with time_machine.travel(datetime(present().year, 6, 16, 7, tzinfo=UTC), tick=False):
        seed_past(tickets=TICKETS, seed=7)
        yield app


def all_of(model, *order):
    return list(db.session.scalars(select(model).order_by(*order)))


def history():
    found = defaultdict(list)
    for event in all_of(TicketEvent, TicketEvent.ticket_id, TicketEvent.seq):
        found[event.ticket_id].append(event)
    return found


def test_every_history_is_chained_and_ends_where_its_ticket_is(past):
    events = history()
    for ticket in all_of(Ticket):
        held, hash_ = events[ticket.id], b""
        for number, each in enumerate(held, 1):
            fact = rules.Fact(
                each.authority_id, each.ticket_id, each.seq, each.at, each.kind, each.actor_kind, each.actor_id,
                each.status, each.holder_kind, each.holder_id, each.data,
            )  # fmt: skip
            hash_ = rules.chain(hash_, fact)
            assert (each.seq, each.hash) == (number, hash_)
        assert (ticket.version, ticket.last_hash, ticket.status) == (len(held), hash_, held[-1].status)


def test_every_move_is_one_the_table_allows_and_time_only_rises(past):
    for held in history().values():
        for before, after in pairwise(held):
            assert before.at <= after.at
            assert before.status == after.status or rules.may_move(before.status, after.status)


def test_every_clock_is_what_the_rules_make_of_its_moves(past):
    pauses = defaultdict(list)
    for pause in all_of(Pause, Pause.started_at):
        pauses[pause.ticket_id].append(pause)
    for clock in all_of(Clock):
        if clock.result == "void" or (clock.result == "missed" and clock.stopped_at is None):
            continue
        calendar = standards().version(clock.calendar_id, clock.started_at)
        moves = [ClockEvent(ClockMove.START, clock.started_at)]
        for pause in pauses[clock.ticket_id]:
            if pause.started_at < clock.started_at or (
                clock.stopped_at and clock.stopped_at <= pause.started_at
            ):
                continue
            moves.append(ClockEvent(ClockMove.PAUSE, pause.started_at))
            if pause.ended_at:
                moves.append(ClockEvent(ClockMove.RESUME, pause.ended_at))
        if clock.stopped_at:
            moves.append(ClockEvent(ClockMove.STOP, clock.stopped_at))
        state = replay(Promise(ClockKind(clock.kind), clock.minutes, clock.calendar_code), moves, calendar)
        is_voided = clock.result == "missed" and state.result != "missed"
        assert is_voided or (state.due_at, state.result) == (clock.due_at, clock.result), clock.ticket_id


def test_a_broken_promise_is_in_the_history(past):
    noted = {
        (e.ticket_id, e.data["clock"], e.data["round"]) for e in all_of(TicketEvent) if e.kind == "breached"
    }
    late = [
        c
        for c in all_of(Clock)
        if c.breached_at and (c.stopped_at is None or (c.stopped_at - c.due_at).total_seconds() > 120)
    ]
    assert late
    assert all((c.ticket_id, c.kind, c.round) in noted for c in late)


def test_the_queue_orders_by_the_next_promise(past):
    running = defaultdict(list)
    for clock in all_of(Clock):
        if clock.stopped_at is None:
            running[clock.ticket_id].append(clock.due_at)
    for ticket in all_of(Ticket):
        assert ticket.due_at == min(running[ticket.id], default=None)


def test_the_mix_is_believable(past):
    tickets = all_of(Ticket)
    statuses = Counter(ticket.status for ticket in tickets)
    assert len(tickets) == TICKETS
    assert statuses["closed"] > 0.8 * TICKETS
    assert 0.005 * TICKETS < sum(rules.is_working(s) * n for s, n in statuses.items()) < 0.1 * TICKETS
    assert {ticket.channel for ticket in tickets} == {"web", "phone", "walk_in", "open311"}
    assert {ticket.locale for ticket in tickets} == {"he", "ru", "ar", "en", "am"}
    assert len({ticket.centre_id for ticket in tickets}) == 7
    judged = [c.result for c in all_of(Clock) if c.kind == "resolve" and c.result in {"met", "missed"}]
    assert 0.75 < judged.count("met") / len(judged) < 0.95


def test_words_beside_events_fit_the_digests_in_them(past):
    events = {(e.ticket_id, e.seq): e for e in all_of(TicketEvent)}
    for remark in all_of(Remark):
        assert events[remark.ticket_id, remark.seq].data["words"] == rules.text_digest(remark.text)


def test_private_links_of_the_past_open(past):
    for follower in all_of(Follower)[:20]:
        assert digest(token_of(follower)) == follower.token_hash


def test_no_message_of_the_past_is_still_to_be_sent(past):
    messages = all_of(Message)
    assert {message.state for message in messages} <= {"delivered", "read", "undelivered", "skipped"}
    assert all(message.next_try_at is None for message in messages)
    assert all(message.body for message in messages if message.state != "skipped")


def test_a_merged_ticket_gave_its_followers_to_the_one_that_stayed(past):
    tickets = {ticket.id: ticket for ticket in all_of(Ticket)}
    merged = [ticket for ticket in tickets.values() if ticket.merged_into_id]
    assert merged
    following = Counter(f.ticket_id for f in all_of(Follower))
    for ticket in merged:
        main = tickets[ticket.merged_into_id]
        assert following[ticket.id] == 0
        assert following[main.id] == main.follower_count


def test_a_seeded_past_raises_no_alarm_now(past):
    assert climb_rungs() == write_digests() == 0
    now = present()
    for each in all_of(Clock):
        is_running = each.stopped_at is None and each.paused_at is None
        state = state_of(each)
        ticket = db.session.get(Ticket, (1, each.ticket_id))
        ladder = rungs_of(state, each.sla_id, is_hazard=ticket.is_hazard)
        _passed, after = reached(state, ladder, standards().version(each.calendar_id, each.started_at), now)
        assert each.next_rung_at is None or (is_running and each.next_rung_at > now - timedelta(minutes=1))
        assert each.next_rung_at == after or abs(each.next_rung_at - now) < timedelta(minutes=1)
    assert all(each.told_at == each.at for each in all_of(Escalation))


def test_staff_of_the_past_had_their_digests_and_none_twice(past):
    lines = Counter()
    for notice in all_of(Notice):
        lines.update(
            (notice.staff_id, item["ticket"], item["kind"], item["round"], item["percent"])
            for item in notice.items
        )
    assert lines
    assert max(lines.values()) == 1
    spoken = defaultdict(list)
    for notice in all_of(Notice, Notice.at):
        spoken[notice.staff_id].append(notice.at)
    for times in spoken.values():
        assert all(after - before >= timedelta(hours=1) for before, after in pairwise(times))


def test_a_second_demo_is_refused_unless_more_is_wanted(past):
    with pytest.raises(DemoExists):
        seed_past(tickets=10)
    assert seed_past(tickets=10, more=True).tickets == 10


def test_the_same_seed_draws_the_same_past(app):
    def drawn():
        seed_past(tickets=60, months=2, seed=3, more=True)
        rows = db.session.execute(
            text(
                "SELECT service_code, address, status, summary, version FROM tickets ORDER BY id DESC LIMIT 60"
            )
        )
        return [tuple(row) for row in rows]

    random.seed()
    assert drawn()[5:] == drawn()[5:]


def test_a_lean_past_has_tickets_history_clocks_and_decisions_only(app):
    seed_past(tickets=50, months=1, lean=True)
    counts = {
        table: db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        for table in ("tickets", "clocks", "routes", "messages", "reports", "residents")
    }
    assert counts["tickets"] == 50
    assert counts["clocks"] >= 100
    assert counts["routes"] >= 50
    assert counts["messages"] == counts["reports"] == counts["residents"] == 0
