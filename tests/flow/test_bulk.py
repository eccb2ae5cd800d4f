"""Many tickets at once: seen before, done once, one event and one message each, and taken back when it was hasty."""

from __future__ import annotations

import secrets
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from service_desk import clock, work
from service_desk.errors import BadInput, Conflict, InvalidMove, NotAllowed
from service_desk.extensions import db
from service_desk.flow import answer, bulk, merge, work_on
from service_desk.flow.breach import record_breaches
from service_desk.flow.bulk import BulkAsked
from service_desk.flow.receive import receive_report
from service_desk.flow.sweep import sweep
from service_desk.flow.verify_history import verify_history
from service_desk.messages.actions import claim
from service_desk.messages.models import Message
from service_desk.people import queries as people
from service_desk.people.rules import Actor, Role
from service_desk.slas.putting_back import picture
from service_desk.slas.queries import clocks_of
from service_desk.tickets import many, queries
from service_desk.tickets.models import BulkAct
from service_desk.tickets.putting_back import state_of
from service_desk.tickets.rules import shown

RESOLVE = BulkAsked("resolve", outcome="seen_by_staff", words="נבדק במקום")
REJECT = BulkAsked("reject", reason="not_found", words="לא נמצא במקום")


@pytest.fixture
def report(said):
    """Receive a report of a person of her own; returns the ticket's id."""
    numbers = iter(range(2345000, 2349999))

    def make(**parts) -> int:
        usual = {"phone": f"+97250{next(numbers)}"}
        return receive_report(said(**(usual | parts)), Actor("resident")).ticket_id

    return make


@pytest.fixture
def colleague(city):
    """The manager of centre 5, who may do what a clerk may."""
    staff = people.staff_by_email("manager5@rehovot.example")
    centre = next(each for each in city.centres.values() if each.number == 5)
    return Actor("staff", staff.id, staff.name, (Role("manager", centre.id),))


def _seen(*ids):
    db.session.rollback()
    return [(each, queries.ticket_or_404(each).version) for each in ids]


def _act(asked, actor, *ids, key=None):
    return bulk.act(_seen(*ids), asked, actor, key or secrets.token_hex(16))


def _outcome(bulk_id):
    db.session.rollback()
    return many.bulk_act(bulk_id).outcome


def _ticket(ticket_id):
    db.session.rollback()
    return queries.ticket_or_404(ticket_id)


def _whole(ticket_id):
    """Everything an act may change: the ticket's state and its clocks."""
    return state_of(_ticket(ticket_id)), picture(clocks_of(ticket_id))


def _messages(ticket_id, event):
    query = select(Message).where(
        Message.authority_id == 1, Message.ticket_id == ticket_id, Message.event == event
    )
    return list(db.session.scalars(query))


def _side_by_side(app, *acts):
    found, gate = [None] * len(acts), threading.Barrier(len(acts))

    def run(place, act):
        with app.app_context(), work.tenant(1):
            gate.wait(60)
            try:
                found[place] = act()
            except Exception as error:  # noqa: BLE001 — the test looks at it
                found[place] = error
            db.session.remove()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return found


def test_preview_says_what_will_be_done_and_why_the_rest_is_left_and_writes_nothing(report, clerk, owner):
    mine, ended, moved, ordered, other = report(), report(), report(), report(), report()
    _act(REJECT, clerk, ended)
    shown_versions = [
        *_seen(mine, moved, ordered, other),
        (ended, queries.ticket_or_404(ended).version),
        (7, 1),
    ]
    work_on.add_note(moved, clerk, "בינתיים")
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE tickets SET order_state = 'with_contractor' WHERE id = :id"), {"id": ordered}
        )
        connection.execute(
            text("UPDATE tickets SET centre_id = (SELECT min(id) FROM centres WHERE number = 2 AND authority_id = 1) WHERE id = :id"),
            {"id": other},
        )  # fmt: skip
        before = connection.execute(text("SELECT count(*) FROM ticket_events")).scalar_one()
    found = bulk.preview(RESOLVE, clerk, chosen=shown_versions)
    assert [each.id for each in found.doing] == [mine]
    why = {ticket.id if ticket else 7: reason for ticket, reason in found.left}
    assert why == {
        ended: "wrong_state",
        moved: "changed",
        ordered: "open_orders",
        other: "other_centre",
        7: "gone",
    }
    assert found.told == {"he": 1}
    with owner.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM ticket_events")).scalar_one() == before


def test_preview_of_a_filter_takes_all_that_match(report, clerk):
    ids = {report(), report(), report(service_code="SAN-LITTER", answers={})}
    wanted = queries.QueueFilter(service_code="RD-POTHOLE")
    found = bulk.preview(RESOLVE, clerk, wanted=wanted)
    assert {each.id for each in found.doing} == {
        each for each in ids if _ticket(each).service_code == "RD-POTHOLE"
    }
    assert found.matched == 2


def test_each_ticket_gets_one_event_and_each_follower_one_message(report, clerk):
    ids = [report() for _ in range(4)]
    bulk_id = _act(RESOLVE, clerk, *ids)
    for each in ids:
        ticket = _ticket(each)
        assert (ticket.status, ticket.outcome, ticket.version) == ("resolved", "seen_by_staff", 2)
        assert [event.kind for event in queries.events_of(each)] == ["received", "resolved"]
        assert [message.state for message in _messages(each, "resolved")] == ["pending"]
        assert {held.result for held in clocks_of(each)} == {"met"}
        assert [remark.text for remark in queries.remarks_of(each, with_internal=False)] == ["נבדק במקום"]
    assert len(_outcome(bulk_id)["done"]) == 4
    assert verify_history().count == 0


def test_messages_wait_for_the_time_in_which_the_act_may_be_taken_back(report, clerk):
    ticket_id = report()
    before = clock.now()
    _act(RESOLVE, clerk, ticket_id)
    [message] = _messages(ticket_id, "resolved")
    assert before + bulk.HELD <= message.next_try_at <= clock.now() + bulk.HELD
    assert claim(message.id, clock.now()) is None
    assert claim(message.id, message.next_try_at) is not None


@pytest.mark.parametrize(
    ("asked", "status"),
    [(RESOLVE, "resolved"), (REJECT, "rejected"), ("staff", "assigned"), ("unit", "assigned")],
)
def test_what_was_taken_back_is_as_it_was_and_nobody_hears_of_it(report, clerk, city, asked, status):
    unit = next(each for each in city.units.values() if each.kind == "unit")
    asked = {"staff": BulkAsked("assign", to=f"staff:{clerk.id}"), "unit": BulkAsked("assign", to=f"unit:{unit.id}")}.get(asked, asked)  # fmt: skip
    fresh, waiting, working = report(), report(), report()
    work_on.ask_resident(waiting, None, clerk, "היכן?")
    work_on.start_work(working, None, clerk)
    before = {each: _whole(each) for each in (fresh, waiting, working)}
    bulk_id = _act(asked, clerk, fresh, waiting, working)
    assert {_ticket(each).status for each in before} == {status}
    assert bulk.undo(bulk_id, clerk) == 3
    assert {each: _whole(each) for each in before} == before
    for each in before:
        assert [event.kind for event in queries.events_of(each)][-1] == "undone"
        told = [m.state for m in _messages(each, status if status != "assigned" else "handed_over")]
        assert set(told) <= {"skipped"}
        assert [m.state for m in _messages(each, "received")] == ["pending"]
    assert verify_history().count == 0
    db.session.rollback()
    assert db.session.execute(text("SELECT count(*) FROM pauses WHERE ended_at IS NULL")).scalar_one() == 1


def test_a_clock_that_was_stopped_runs_on_after_undo_and_may_be_missed(report, clerk, owner):
    ticket_id = report()
    bulk_id = _act(RESOLVE, clerk, ticket_id)
    bulk.undo(bulk_id, clerk)
    answer_words = "עדיין שם"
    answer.add_remark(ticket_id, answer_words, Actor("resident", queries.followers_of(ticket_id)[0].id))
    assert all(each.stopped_at is None for each in clocks_of(ticket_id) if each.kind == "resolve")
    _act(RESOLVE, clerk, ticket_id)
    assert _ticket(ticket_id).status == "resolved"


def test_a_ticket_that_changed_since_the_preview_is_left_and_listed(report, clerk, colleague):
    still, moved = report(), report()
    shown_versions = _seen(still, moved)
    work_on.start_work(moved, None, colleague)
    bulk_id = bulk.act(shown_versions, RESOLVE, clerk, secrets.token_hex(16))
    found = _outcome(bulk_id)
    assert [each["ticket"] for each in found["done"]] == [still]
    assert found["left"] == [{"ticket": moved, "why": "changed"}]
    assert _ticket(moved).status == "in_progress"


def test_a_double_press_is_one_act(app, report, clerk):
    ids = [report(), report()]
    chosen, key = _seen(*ids), secrets.token_hex(16)
    act = lambda: bulk.act(chosen, RESOLVE, clerk, key)  # noqa: E731
    found = _side_by_side(app, act, act, act)
    assert len(set(found)) == 1
    assert isinstance(found[0], int)
    assert all(_ticket(each).version == 2 for each in ids)
    assert db.session.scalar(select(func.count()).select_from(BulkAct)) == 1


def test_the_key_of_another_is_refused(report, clerk, colleague):
    key = secrets.token_hex(16)
    _act(RESOLVE, clerk, report(), key=key)
    with pytest.raises(Conflict):
        _act(RESOLVE, colleague, report(), key=key)


def test_the_same_key_with_another_act_is_refused(report, clerk):
    ticket_id, key = report(), secrets.token_hex(16)
    _act(RESOLVE, clerk, ticket_id, key=key)
    with pytest.raises(Conflict):
        _act(REJECT, clerk, ticket_id, key=key)
    assert _ticket(ticket_id).status == "resolved"


def test_the_sweep_rings_for_held_messages_when_their_time_has_come(report, clerk, rung):
    ticket_id = report()
    db.session.execute(
        update(Message).where(Message.authority_id == 1).values(state="sent", next_try_at=None)
    )
    db.session.commit()
    rung.clear()
    _act(RESOLVE, clerk, ticket_id)
    assert rung == []
    now = clock.now()
    sweep(now + timedelta(minutes=1))
    assert rung == []
    sweep(now + bulk.HELD + timedelta(seconds=2))
    assert [job.rpartition(".")[2] for job, _ids in rung] == ["deliver_messages"]


def test_two_clerks_at_once_do_each_ticket_once(app, report, clerk, colleague):
    ids = [report() for _ in range(6)]
    chosen = _seen(*ids)
    found = _side_by_side(
        app,
        lambda: bulk.act(chosen, RESOLVE, clerk, "a" * 16),
        lambda: bulk.act(chosen[::-1], REJECT, colleague, "b" * 16),
    )
    outcomes = [_outcome(each) for each in found]
    done = [{each["ticket"] for each in outcome["done"]} for outcome in outcomes]
    assert sorted(map(len, done)) == [0, 6]
    assert all(_ticket(each).version == 2 for each in ids)


def test_undo_leaves_what_went_on_since(report, clerk):
    went_on, still = report(), report()
    bulk_id = _act(RESOLVE, clerk, went_on, still)
    answer.say_not_done(went_on, Actor("resident", queries.followers_of(went_on)[0].id), "עדיין שבור")
    assert bulk.undo(bulk_id, clerk) == 1
    assert _ticket(went_on).status == "reopened"
    assert _ticket(still).status == "received"
    assert _outcome(bulk_id)["kept"] == [{"ticket": went_on, "why": "changed"}]


def test_undo_looks_past_what_the_timetable_noted(report, clerk, owner):
    ticket_id = report()
    bulk_id = _act(BulkAsked("assign", to=f"staff:{clerk.id}"), clerk, ticket_id)
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE clocks SET due_at = now() - interval '1 minute' WHERE kind = 'resolve'")
        )
    assert record_breaches() == 1
    assert bulk.undo(bulk_id, clerk) == 1
    assert [event.kind for event in queries.events_of(ticket_id)] == [
        "received",
        "taken",
        "breached",
        "undone",
    ]
    assert next(each for each in clocks_of(ticket_id) if each.kind == "resolve").breached_at is not None


def test_undo_twice_at_once_is_one_undo(app, report, clerk):
    ticket_id = report()
    bulk_id = _act(RESOLVE, clerk, ticket_id)
    assert _side_by_side(app, *[lambda: bulk.undo(bulk_id, clerk)] * 3) == [1, 1, 1]
    assert [event.kind for event in queries.events_of(ticket_id)] == ["received", "resolved", "undone"]


def test_undo_against_the_residents_answer_has_one_winner(app, report, clerk):
    ticket_id = report()
    resident = Actor("resident", queries.followers_of(ticket_id)[0].id)
    bulk_id = _act(RESOLVE, clerk, ticket_id)
    undone, answered = _side_by_side(
        app, lambda: bulk.undo(bulk_id, clerk), lambda: answer.confirm_done(ticket_id, resident)
    )
    if undone == 1:
        assert isinstance(answered, InvalidMove)
        assert _ticket(ticket_id).status == "received"
    else:
        assert (undone, _ticket(ticket_id).status) == (0, "closed")


def test_who_had_read_of_it_hears_that_it_is_open_again(report, clerk):
    read, unread = report(), report()
    bulk_id = _act(RESOLVE, clerk, read, unread)
    db.session.execute(
        update(Message)
        .where(Message.authority_id == 1, Message.ticket_id == read, Message.event == "resolved")
        .values(state="delivered", next_try_at=None)
    )
    db.session.commit()
    bulk.undo(bulk_id, clerk)
    assert [each.state for each in _messages(read, "resolved")] == ["delivered"]
    assert [each.state for each in _messages(read, "reopened")] == ["pending"]
    assert _messages(unread, "reopened") == []


def test_undo_ends_with_its_time_and_is_for_who_did_it(report, clerk, colleague, monkeypatch):
    bulk_id = _act(RESOLVE, clerk, report())
    with pytest.raises(NotAllowed):
        bulk.undo(bulk_id, colleague)
    later = clock.now() + bulk.UNDO + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(InvalidMove):
        bulk.undo(bulk_id, clerk)


@pytest.mark.parametrize(
    ("asked", "problems"),
    [
        (BulkAsked("resolve", outcome="photo", words="x"), {"outcome": "required"}),
        (BulkAsked("resolve", outcome="answered"), {"words": "required"}),
        (BulkAsked("reject", reason="whatever", words="x"), {"reason": "required"}),
        (BulkAsked("assign"), {"to": "required"}),
        (BulkAsked("assign", to="staff:999999999"), {"to": "no_such_person"}),
        (BulkAsked("assign", to="unit:x"), {"to": "no_such_person"}),
        (BulkAsked("merge", into="482-1937"), {"into": "no_such_ticket"}),
        (BulkAsked("erase"), {"verb": "required"}),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_done(report, clerk, asked, problems):
    ticket_id = report()
    with pytest.raises(BadInput) as refused:
        _act(asked, clerk, ticket_id)
    assert refused.value.problems == problems
    assert _ticket(ticket_id).version == 1


def test_who_may_not_act_on_many_is_refused(report, clerk):
    unit = Actor("staff", clerk.id, "", (Role("unit", unit_id=1),))
    with pytest.raises(NotAllowed):
        _act(RESOLVE, unit, report())


def test_a_contractor_gets_no_bulk_handover(report, clerk, city):
    firm = next(each for each in city.units.values() if each.kind == "contractor")
    with pytest.raises(BadInput):
        _act(BulkAsked("assign", to=f"unit:{firm.id}"), clerk, report())


def _reference(ticket_id):
    return shown(_ticket(ticket_id).reference)


def _earlier(owner, ticket_id, hours):
    """Let a ticket have been opened, and promised, so many hours earlier."""
    with owner.begin() as connection:
        values = {"id": ticket_id, "h": hours}
        for statement in (
            "UPDATE clocks SET due_at = due_at - make_interval(hours => :h), started_at = started_at - make_interval(hours => :h) WHERE ticket_id = :id",
            "UPDATE tickets SET due_at = due_at - make_interval(hours => :h) WHERE id = :id",
        ):
            connection.execute(text(statement), values)


def test_many_into_one_move_along_and_come_back(report, clerk, owner):
    main, early, late = report(), report(), report()
    _earlier(owner, early, 5)
    before = {each: _whole(each) for each in (main, early, late)}
    due = {each: next(c.due_at for c in clocks_of(each) if c.kind == "resolve") for each in before}
    bulk_id = _act(BulkAsked("merge", into=_reference(main)), clerk, main, early, late)
    assert _outcome(bulk_id)["left"] == [{"ticket": main, "why": "is_main"}]
    assert {_ticket(each).status for each in (early, late)} == {"duplicate"}
    assert _ticket(main).follower_count == 3 == len(queries.followers_of(main))
    assert next(c.due_at for c in clocks_of(main) if c.kind == "resolve") == due[early]
    assert bulk.undo(bulk_id, clerk) == 2
    for each, (state, clocks) in before.items():
        assert state_of(_ticket(each)) == state
        assert picture(clocks_of(each)) == clocks
    assert [len(queries.followers_of(each)) for each in before] == [1, 1, 1]
    assert _ticket(main).follower_count == 1
    assert queries.followers_of(early)[0].role == "reporter"
    assert verify_history().count == 0


def test_one_merge_taken_back_leaves_the_other_ones_promise(report, clerk, owner):
    main, first, second = report(), report(), report()
    _earlier(owner, first, 9)
    _earlier(owner, second, 4)

    def due():
        db.session.rollback()
        return next(each.due_at for each in clocks_of(main) if each.kind == "resolve")

    own, of_second = due(), next(each.due_at for each in clocks_of(second) if each.kind == "resolve")
    for each in (first, second):
        merge.merge_ticket(each, None, _reference(main), clerk)
    assert due() < of_second
    assert merge.unmerge_ticket(first, None, clerk) == main
    assert due() == of_second
    merge.unmerge_ticket(second, None, clerk)
    assert due() == own


def test_unmerge_keeps_the_message_back_or_says_that_it_is_open_again(report, clerk):
    main, unread, read = report(), report(), report()
    for each in (unread, read):
        merge.merge_ticket(each, None, _reference(main), clerk)
    db.session.execute(
        update(Message)
        .where(Message.authority_id == 1, Message.ticket_id == read, Message.event == "merged")
        .values(state="sent")
    )
    db.session.commit()
    for each in (unread, read):
        merge.unmerge_ticket(each, None, clerk)
    assert [each.state for each in _messages(unread, "merged")] == ["skipped"]
    assert _messages(unread, "reopened") == []
    assert [each.state for each in _messages(read, "reopened")] == ["pending"]
    with pytest.raises(InvalidMove):
        merge.unmerge_ticket(read, None, clerk)


def test_a_merge_into_what_was_merged_on_is_undone_in_order(report, clerk):
    first, second, third = report(), report(), report()
    merge.merge_ticket(first, None, _reference(second), clerk)
    merge.merge_ticket(second, None, _reference(third), clerk)
    with pytest.raises(InvalidMove):
        merge.unmerge_ticket(first, None, clerk)
    merge.unmerge_ticket(second, None, clerk)
    merge.unmerge_ticket(first, None, clerk)
    assert [_ticket(each).status for each in (first, second, third)] == ["received"] * 3
    assert [len(queries.followers_of(each)) for each in (first, second, third)] == [1, 1, 1]


def test_the_statements_do_not_grow_with_the_tickets(report, clerk, statements):
    counts: list[tuple[int, int]] = []
    for size in (3, 12):
        chosen = _seen(*(report() for _ in range(size)))
        statements.clear()
        bulk_id = bulk.act(chosen, RESOLVE, clerk, secrets.token_hex(16))
        acted = len(statements)
        statements.clear()
        bulk.undo(bulk_id, clerk)
        counts.append((acted, len(statements)))
    assert max(counts[1][0], 1) <= counts[0][0] + 3, counts
    assert counts[1][1] <= counts[0][1] + 3, counts
