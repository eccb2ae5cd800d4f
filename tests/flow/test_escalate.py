"""Promises climb the ladder: every rung once, each person told once, at night only of danger."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service_desk import clock, work
from service_desk.errors import KeshetError
from service_desk.extensions import db
from service_desk.flow import answer, digest, escalate, finish, hand_over, merge, receive, triage, work_on
from service_desk.flow.breach import record_breaches
from service_desk.flow.digest import write_digests
from service_desk.flow.escalate import climb_rungs
from service_desk.flow.verify_history import verify_history
from service_desk.people.models import Notice
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor
from service_desk.slas.models import Escalation
from service_desk.slas.planning import state_of
from service_desk.slas.queries import clocks_of, standards
from service_desk.slas.rules.ladder import rung_at
from service_desk.tickets import queries

RESIDENT = Actor("resident", 1)
#: Tuesday 24 November 2026, nine in the morning in Rehovot
MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.fixture
def traveller(app):
    with time_machine.travel(MORNING, tick=False) as travelling:
        yield travelling


@pytest.fixture
def report(app, said):
    return lambda **parts: receive.receive_report(said(**parts), RESIDENT).ticket_id


@pytest.fixture
def hazard(report):
    return lambda: report(answers={"position": "crossing", "depth": "gt10"})


def resolve_clock(ticket_id):
    return next(each for each in clocks_of(ticket_id) if each.kind == "resolve" and each.stopped_at is None)


def instant_of(ticket_id, percent):
    found = resolve_clock(ticket_id)
    return rung_at(state_of(found), percent, standards().version(found.calendar_id, found.started_at))


def sweep():
    db.session.rollback()
    record_breaches()
    return climb_rungs(), write_digests()


def rungs(ticket_id, kind="resolve"):
    db.session.rollback()
    rows = db.session.query(Escalation).filter_by(ticket_id=ticket_id, kind=kind).order_by(Escalation.id)
    return [(row.percent, row.role) for row in rows]


def lines_of(email):
    """Return (at, ticket, kind, percent) of every line told to the person, oldest digest first."""
    db.session.rollback()
    staff = staff_by_email(email)
    rows = db.session.query(Notice).filter_by(staff_id=staff.id).order_by(Notice.at, Notice.id)
    return [(row.at, item["ticket"], item["kind"], item["percent"]) for row in rows for item in row.items]


def test_a_new_ticket_waits_for_its_first_rung_and_a_settled_one_for_none(traveller, report, clerk):
    ticket_id = report()
    found = {each.kind: each for each in clocks_of(ticket_id)}
    assert found["resolve"].next_rung_at == instant_of(ticket_id, 50)
    assert found["acknowledge"].next_rung_at == found["acknowledge"].due_at
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    assert {each.next_rung_at for each in clocks_of(ticket_id)} == {None}


def test_a_wait_for_the_resident_holds_the_ladder(traveller, report, clerk):
    ticket_id = report()
    work_on.ask_resident(ticket_id, None, clerk, "איפה?")
    assert resolve_clock(ticket_id).next_rung_at is None
    traveller.shift(timedelta(days=30))
    sweep()
    assert rungs(ticket_id) == []
    answer.add_remark(ticket_id, "ליד העץ", RESIDENT)
    assert resolve_clock(ticket_id).next_rung_at == instant_of(ticket_id, 50) > clock.now()


def test_every_rung_is_told_to_its_own_people_and_history_begins_at_the_broken_promise(
    traveller, report, clerk
):
    ticket_id = report()
    work_on.start_work(ticket_id, None, clerk)  # taken: not the centre's but hers
    work_on.assign_ticket(ticket_id, None, clerk, clerk.id)
    for percent in (50, 80, 100, 150):
        traveller.move_to(instant_of(ticket_id, percent) + timedelta(seconds=1))
        sweep()
    assert rungs(ticket_id) == [(50, "clerk"), (80, "manager"), (100, "unit"), (150, "management")]
    told = {
        email: [line[3] for line in lines_of(f"{email}@rehovot.example") if line[2] == "resolve"]
        for email in ("clerk5", "manager5", "roads", "mayor", "clerk1", "manager1")
    }
    assert told == {
        "clerk5": [50],
        "manager5": [80],
        "roads": [100],
        "mayor": [150],
        "clerk1": [],
        "manager1": [],
    }
    kinds = [event.kind for event in queries.events_of(ticket_id)]
    assert kinds[-3:] == ["breached", "escalated", "escalated"]
    assert verify_history().count == 0


def test_a_first_look_that_is_late_is_told_to_those_above_and_only_then(traveller, report):
    ticket_id = report()
    look = next(each for each in clocks_of(ticket_id) if each.kind == "acknowledge")
    traveller.move_to(look.due_at - timedelta(seconds=1))
    sweep()
    assert rungs(ticket_id, "acknowledge") == []
    traveller.move_to(look.due_at + timedelta(seconds=1))
    sweep()
    assert rungs(ticket_id, "acknowledge") == [(100, "unit")]


def test_a_sweep_that_comes_late_climbs_all_that_was_reached_in_order_and_only_once(traveller, report):
    ticket_id = report()
    traveller.move_to(instant_of(ticket_id, 150) + timedelta(hours=1))
    sweep()
    sweep()
    assert rungs(ticket_id) == [(50, "clerk"), (80, "manager"), (100, "unit"), (150, "management")]


def test_nobody_hears_of_what_can_wait_at_night_or_on_a_day_of_rest(traveller, report):
    ticket_id = report()
    night = MORNING.replace(hour=21)
    friday_evening = MORNING.replace(day=27, hour=17)
    for now, told in (
        (night, MORNING.replace(day=25, hour=5)),
        (friday_evening, MORNING.replace(day=29, hour=5)),
    ):
        _reached(ticket_id, now)
        traveller.move_to(now)
        sweep()
        assert lines_of("clerk5@rehovot.example")[-1][0] == told
        ticket_id = report(phone="+972523456789")


def test_danger_is_told_at_once_also_at_night(traveller, hazard):
    ticket_id = hazard()
    night = MORNING.replace(hour=21)
    _reached(ticket_id, night)
    traveller.move_to(night)
    sweep()
    assert {line[0] for line in lines_of("clerk5@rehovot.example")} == {night}


def test_what_comes_within_the_hour_waits_for_the_next_digest_and_fills_it(traveller, report):
    ids = [report(phone=f"+97250234567{n}") for n in range(4)]
    for n, ticket_id in enumerate(ids):
        now = MORNING + timedelta(minutes=10 * n)
        traveller.move_to(now)
        _reached(ticket_id, now)
        sweep()
    found = lines_of("clerk5@rehovot.example")
    assert [line[1] for line in found] == ids
    assert [line[0] - MORNING for line in found] == [timedelta(0)] + [timedelta(hours=1)] * 3


def _reached(ticket_id, now):
    """Let the ticket's resolve clock be at half of its promise just before ``now``, its first look answered."""
    db.session.rollback()
    with work.transaction():
        for each in clocks_of(ticket_id):
            if each.kind == "resolve":
                each.next_rung_at = now - timedelta(seconds=5)
                each.started_at = now - timedelta(hours=30)
                each.due_at = now + timedelta(hours=30) - timedelta(seconds=10)
                each.minutes = 60 * 60
                each.calendar_code = "24x7"
                each.calendar_id = standards().in_force["24x7"].id
            else:
                each.next_rung_at = None


def test_without_a_unit_of_its_own_the_managers_hear_and_a_contractors_work_is_overseen(
    traveller, report, clerk, city
):
    overseen, own = report(), report(service_code="SAN-LITTER", answers={}, phone="+972523456789")
    hand_over.hand_over(overseen, None, clerk, unit_id=city.unit_by_code("C-ROADS").id)
    for ticket_id in (overseen, own):
        traveller.move_to(max(clock.now(), instant_of(ticket_id, 100) + timedelta(seconds=1)))
    sweep()
    assert overseen in {line[1] for line in lines_of("roads@rehovot.example")}
    centre = queries.ticket_or_404(own).centre_id
    number = city.centres[centre].number
    assert 100 in {line[3] for line in lines_of(f"manager{number}@rehovot.example") if line[1] == own}


def test_two_sweepers_at_once_tell_everything_once(app, traveller, report):
    ids = [report(phone=f"+9725023456{n:02}") for n in range(12)]
    traveller.move_to(max(instant_of(each, 150) for each in ids) + timedelta(hours=1))
    gate, problems = threading.Barrier(3), []

    def run():
        with app.app_context(), work.tenant(1):
            gate.wait(60)
            try:
                for _ in range(3):
                    sweep()
            except Exception as error:  # noqa: BLE001 — the test looks at it
                problems.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    sweep()
    assert problems == []
    for each in ids:
        assert [percent for percent, _role in rungs(each)] == [50, 80, 100, 150]
    for email in ("clerk5", "manager5", "roads", "mayor"):
        lines = Counter(line[1:] for line in lines_of(f"{email}@rehovot.example"))
        assert not lines or max(lines.values()) == 1
    assert Counter(line[3] for line in lines_of("mayor@rehovot.example"))[150] == len(ids)


@pytest.mark.parametrize("where", ["notices", "climbing"])
def test_a_teller_killed_in_between_leaves_nothing_and_the_next_tells_all(
    traveller, report, monkeypatch, where
):
    ticket_id = report()
    traveller.move_to(instant_of(ticket_id, 50) + timedelta(seconds=1))
    climb_rungs()

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(
            *((digest.notices, "write", die) if where == "notices" else (digest.climbing, "mark_told", die))
        )
        with pytest.raises(KeyboardInterrupt):
            write_digests()
    assert lines_of("clerk5@rehovot.example") == []
    assert write_digests() == 2, "half of the promise, and the first look that nobody took"
    assert [line[3] for line in lines_of("clerk5@rehovot.example")] == [50]
    assert write_digests() == 0


def test_a_sweep_killed_in_between_leaves_no_half_climbed_clock(traveller, report, monkeypatch):
    ticket_id = report()
    traveller.move_to(instant_of(ticket_id, 150) + timedelta(hours=1))

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(escalate.noting, "note_many", die)
        with pytest.raises(KeyboardInterrupt):
            climb_rungs()
    assert rungs(ticket_id) == []
    sweep()
    assert [percent for percent, _role in rungs(ticket_id)] == [50, 80, 100, 150]
    assert verify_history().count == 0


def test_another_city_hears_nothing(traveller, report):
    ticket_id = report()
    traveller.move_to(instant_of(ticket_id, 150) + timedelta(hours=1))
    with work.tenant(2):
        assert (record_breaches(), climb_rungs(), write_digests()) == (0, 0, 0)
    sweep()
    with work.tenant(2):
        assert db.session.query(Notice).count() == 0
        assert db.session.query(Escalation).count() == 0


ACTS = ("sweep", "ask", "answer", "start", "triage", "retype", "not_done", "resolve", "reopen", "merge")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 60 * 60)), max_size=16))
def test_whatever_people_do_each_rung_of_each_round_comes_once_and_in_order(app, said, clerk, steps):
    with time_machine.travel(MORNING, tick=False) as travelling:
        first = receive.receive_report(said(), RESIDENT).ticket_id
        other = receive.receive_report(said(phone="+972523456789"), RESIDENT).ticket_id
        acts = {
            "sweep": sweep,
            "ask": lambda: work_on.ask_resident(first, None, clerk, "?"),
            "answer": lambda: answer.add_remark(first, "תשובה", RESIDENT),
            "start": lambda: work_on.start_work(first, None, clerk),
            "triage": lambda: triage.triage_ticket(first, None, clerk),
            "retype": lambda: triage.triage_ticket(
                first, None, clerk, service_code="RD-PAVING", is_hazard=True
            ),
            "not_done": lambda: answer.say_not_done(first, RESIDENT),
            "resolve": lambda: finish.resolve_ticket(first, None, clerk, "seen_by_staff", "תוקן"),
            "reopen": lambda: merge.reopen_ticket(first, None, clerk, "בדיקה"),
            "merge": lambda: merge.merge_ticket(other, None, queries.ticket_or_404(first).reference, clerk),
        }
        for act, minutes in steps:
            travelling.shift(timedelta(minutes=minutes))
            was_waiting = queries.ticket_or_404(first).status == "waiting"
            before = len(rungs(first))
            try:
                acts[act]()
            except KeshetError:
                db.session.rollback()
            if act == "sweep" and was_waiting:
                assert len(rungs(first)) == before, "nothing is climbed while the clock stands still"
        sweep()
        _agree(first)


def _agree(ticket_id):
    db.session.rollback()
    rows = db.session.query(Escalation).filter_by(ticket_id=ticket_id).order_by(Escalation.id).all()
    by_clock = {}
    for row in rows:
        by_clock.setdefault((row.kind, row.round), []).append(row.percent)
    for percents in by_clock.values():
        assert percents == sorted(set(percents))
    told = Counter(
        (notice.staff_id, item["ticket"], item["kind"], item["round"], item["percent"])
        for notice in db.session.query(Notice)
        for item in notice.items
    )
    assert not told or max(told.values()) == 1
    now = clock.now()
    for each in clocks_of(ticket_id):
        is_running = each.stopped_at is None and each.paused_at is None
        assert is_running or each.next_rung_at is None
        assert each.next_rung_at is None or each.next_rung_at >= now
    assert verify_history().count == 0


def test_a_sweep_takes_as_many_statements_for_many_as_for_one(traveller, report, statements):
    def swept(count):
        ids = [report(phone=f"+9725023{count:02}{n:03}") for n in range(count)]
        traveller.move_to(max(instant_of(each, 150) for each in ids) + timedelta(hours=1))
        db.session.rollback()
        statements.clear()
        assert record_breaches() == 2 * count
        breaches = len(statements)
        climb_rungs()
        return breaches, len(statements) - breaches

    swept(1)  # what is kept in memory is read now
    assert swept(1) == swept(12)
