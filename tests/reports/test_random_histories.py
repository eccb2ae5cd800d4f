"""Whatever happens in whatever order, and however it is counted: the sums are those of a walk over the raw events."""

import random
import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reports.brute import walk
from sqlalchemy import text

from service_desk import work
from service_desk.errors import KeshetError
from service_desk.extensions import db
from service_desk.flow import answer, bulk, count_figures, finish, hand_over, merge, receive, triage, work_on
from service_desk.flow.breach import record_breaches
from service_desk.flow.bulk import BulkAsked
from service_desk.flow.verify_counts import verify_counts
from service_desk.intake.rules import SaidPlace
from service_desk.people.rules import Actor
from service_desk.reports import counting
from service_desk.reports.rules import Steps
from service_desk.reports.rules.populations import COUNTED
from service_desk.tickets import queries as tickets
from service_desk.tickets.models import Ticket

RESIDENT = Actor("resident", 1)
RESOLVE = BulkAsked("resolve", outcome="seen_by_staff", words="נבדק במקום")
REJECT = BulkAsked("reject", reason="not_found", words="לא נמצא במקום")
#: days before the clocks change: a day of 25 hours lies in every longer history
START = datetime(2026, 10, 21, 20, 30, tzinfo=UTC)
TABLES = ("figures_cases", "figures_orders", "figures_days", "figures_now", "figures_spreads", "figures_contractors")  # fmt: skip


def _reference(ticket_id):
    found = tickets.ticket_or_404(ticket_id).reference
    db.session.rollback()
    return found


def _acts(clerk, unit_id):
    """Acts on a ticket (its id, the id of another)."""
    return {
        "take": lambda one, _other: work_on.assign_ticket(one, None, clerk, clerk.id),
        "ask": lambda one, _other: work_on.ask_resident(one, None, clerk, "?"),
        "answer": lambda one, _other: answer.add_remark(one, "תשובה", RESIDENT),
        "retype": lambda one, _other: triage.triage_ticket(
            one, None, clerk, service_code="RD-PAVING", is_hazard=True
        ),
        "triage": lambda one, _other: triage.triage_ticket(one, None, clerk),
        "hand_over": lambda one, _other: hand_over.hand_over(one, None, clerk, unit_id=unit_id),
        "resolve": lambda one, _other: finish.resolve_ticket(one, None, clerk, "seen_by_staff", "תוקן"),
        "nothing": lambda one, _other: finish.resolve_ticket(one, None, clerk, "nothing_found", "אין"),
        "reject": lambda one, _other: finish.reject_ticket(one, None, clerk, "not_found", "לא נמצא"),
        "confirm": lambda one, _other: answer.confirm_done(one, RESIDENT),
        "not_done": lambda one, _other: answer.say_not_done(one, RESIDENT),
        "reopen": lambda one, _other: merge.reopen_ticket(one, None, clerk, "בדיקה"),
        "merge": lambda one, other: merge.merge_ticket(one, None, _reference(other), clerk),
        "unmerge": lambda one, _other: merge.unmerge_ticket(one, None, clerk),
        "silence": lambda _one, _other: finish.close_silent(),
        "breach": lambda _one, _other: record_breaches(),
        "count": lambda one, _other: count_figures.count(limit=1 + one % 3),
    }


ACTS = tuple(_acts(None, 0))
STEP = st.tuples(
    st.sampled_from((*ACTS, "resolve", "resolve", "open", "open")),
    st.integers(0, 3),
    st.integers(min_value=1, max_value=40 * 60),
)


def _live(steps, said, clerk, city):
    """Live through the steps, the clock standing still in each; reports come from two places."""
    acts = _acts(clerk, city.unit_by_code("ROADS").id)
    ids = []
    with time_machine.travel(START, tick=False) as traveller:
        for act, which, minutes in [("open", 0, 1), *steps]:
            traveller.shift(timedelta(minutes=minutes))
            if act == "open":
                line = ("טשרניחובסקי 62", "הרצל 140")[which % 2]
                ids.append(
                    receive.receive_report(said(place=SaidPlace("address", line=line)), RESIDENT).ticket_id
                )
                continue
            try:
                acts[act](ids[which % len(ids)], ids[(which + 1) % len(ids)])
            except KeshetError:
                db.session.rollback()
    return ids


def _snapshot():
    found = {table: sorted(db.session.scalars(text(f"SELECT x::text FROM {table} x"))) for table in TABLES}
    db.session.rollback()
    return found


def _wipe(owner):
    with owner.begin() as connection:
        for table in ("uncounted", "figures_state", *TABLES):
            connection.execute(text(f"DELETE FROM {table}"))


def _agrees_with_the_walk():
    """Hold every counter, spread and standing against the walk over the raw events."""
    brute = walk(db.session)
    days, now = Counter(), Counter()
    for row in db.session.execute(text("SELECT * FROM figures_days WHERE service_code = ''")):
        for name in COUNTED:
            days[row.day, row.centre_id, name] += getattr(row, name)
    for row in db.session.execute(text("SELECT * FROM figures_now WHERE service_code = ''")):
        for name in ("open", "late", "hazards"):
            now[row.centre_id, name] += getattr(row, name)
    assert +days == +brute.days
    assert +now == +brute.now
    kept = {
        (row.measure, row.day, row.centre_id): bytes(row.steps)
        for row in db.session.execute(text("SELECT * FROM figures_spreads WHERE span = 'day'"))
    }
    assert kept == {key: Steps.of(minutes).kept for key, minutes in brute.times.items()}
    of_types = (
        "SELECT sum(received), sum(due), sum(done), sum(repeats) FROM figures_days WHERE service_code {} ''"
    )
    assert db.session.execute(text(of_types.format("="))).one() == db.session.execute(text(of_types.format("<>"))).one()  # fmt: skip
    db.session.rollback()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=22), seed=st.integers(0, 10**6))
def test_any_history_counted_in_any_way_comes_to_the_same_sums(app, owner, said, clerk, city, steps, seed):
    with owner.begin() as connection:
        _forget_tickets(connection)
    db.session.expire_all()
    count_figures.rebuild()
    ids = _live(steps, said, clerk, city)
    while count_figures.count(limit=2):
        pass
    as_it_came = _snapshot()
    _agrees_with_the_walk()
    assert verify_counts().differences == []
    # once more from nothing: in another order, some again and again, as many at once as it comes
    _wipe(owner)
    chance = random.Random(seed)
    tickets_again = [*ids, *chance.choices(ids, k=len(ids))]
    chance.shuffle(tickets_again)
    while tickets_again:
        size = chance.randint(1, 4)
        taken, tickets_again = tickets_again[:size], tickets_again[size:]
        with work.transaction():
            counting.count_tickets(sorted(set(taken)))
    assert _snapshot() == as_it_came
    count_figures.rebuild(size=2)
    assert _snapshot() == as_it_came


def _forget_tickets(connection):
    for table in (
        "uncounted", "figures_state", *TABLES, "escalations", "notices", "attempts", "receipts", "inbound", "messages", "photos",
        "reports", "routes", "clocks", "pauses", "remarks", "followers", "ticket_events", "tickets",
    ):  # fmt: skip
        connection.execute(text(f"DELETE FROM {table}"))


def test_a_figure_that_was_tampered_with_is_found(app, owner, said, clerk, counted):
    ticket_id = receive.receive_report(said(), RESIDENT).ticket_id
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    counted()
    assert verify_counts().differences == []
    for change, table in (
        ("UPDATE figures_days SET done = done + 1 WHERE service_code = ''", "figures_days"),
        ("UPDATE figures_cases SET took_minutes = 7", "figures_cases"),
        ("UPDATE figures_cases SET is_repeat = true", "repeats"),
        ("DELETE FROM figures_spreads WHERE span = 'month'", "figures_spreads"),
        ("DELETE FROM figures_cases", "figures_cases"),
        ("INSERT INTO figures_now VALUES (1, '', 5, 1, 0, 0)", "figures_now"),
    ):
        with owner.begin() as connection:
            connection.execute(text(change))
        assert any(each.startswith(table) for each in verify_counts().differences), change
        count_figures.rebuild()
        assert verify_counts().differences == []


def test_a_correction_of_the_past_moves_the_days_of_the_past(app, said, clerk, counted):
    """A reopening weeks later takes the day of the work back from among the good ones."""
    with time_machine.travel(START, tick=False) as traveller:
        ticket_id = receive.receive_report(said(), RESIDENT).ticket_id
        finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
        counted()
        before = _snapshot()["figures_days"]
        traveller.shift(timedelta(days=20))
        answer.say_not_done(ticket_id, RESIDENT, "עדיין")
        counted()
        assert _snapshot()["figures_days"] != before
        _agrees_with_the_walk()


@pytest.mark.parametrize("act", ["merge", "unmerge"])
def test_a_merged_report_was_received_but_ended_nowhere(app, said, clerk, counted, act):
    one, other = (receive.receive_report(said(), RESIDENT).ticket_id for _each in range(2))
    merge.merge_ticket(one, None, _reference(other), clerk)
    if act == "unmerge":
        merge.unmerge_ticket(one, None, clerk)
    counted()
    _agrees_with_the_walk()
    assert db.session.query(Ticket).count() == 2


@pytest.mark.parametrize("asked", [RESOLVE, REJECT])
def test_a_hasty_act_on_many_that_is_taken_back_leaves_no_trace_in_the_figures(
    app, said, clerk, counted, asked
):
    ids = [receive.receive_report(said(), RESIDENT).ticket_id for _each in range(3)]
    for each in ids:
        triage.triage_ticket(each, None, clerk)
    counted()
    before = _snapshot()
    seen = [(each, tickets.ticket_or_404(each).version) for each in ids]
    db.session.rollback()
    bulk_id = bulk.act(seen, asked, clerk, secrets.token_hex(16))
    counted()
    assert _snapshot()["figures_days"] != before["figures_days"]
    bulk.undo(bulk_id, clerk)
    counted()
    assert _snapshot() == before
    assert verify_counts().differences == []
