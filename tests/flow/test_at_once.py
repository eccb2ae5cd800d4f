"""Two at work at the same moment: one result, the same answer to both, and nobody is thrown out."""

import threading
from datetime import timedelta

from sqlalchemy import text

from service_desk import clock, work
from service_desk.extensions import db
from service_desk.flow import answer, breach, join, receive, work_on
from service_desk.people.rules import Actor
from service_desk.slas.queries import clocks_of
from service_desk.tickets import queries

RESIDENT = Actor("resident", 1)


def _side_by_side(app, *acts):
    """Run each in a thread of its own; return what each gave, an exception as it is."""
    found = [None] * len(acts)
    gate = threading.Barrier(len(acts))

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


def test_the_same_form_from_two_tabs_is_one_ticket_and_both_get_its_link(app, said, owner):
    words = said()
    found = _side_by_side(app, *[lambda: receive.receive_report(words, Actor("resident"))] * 4)
    assert {each.token for each in found} == {found[0].token}
    assert sorted(each.is_repeat for each in found) == [False, True, True, True]
    with owner.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM tickets")).scalar_one() == 1


def test_one_number_joining_twice_at_once_follows_once(app, said):
    ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
    act = lambda: join.join_ticket(ticket_id, phone="+972523456789", contact="sms", locale="he")  # noqa: E731
    found = _side_by_side(app, act, act, act)
    assert len(set(found)) == 1
    db.session.rollback()
    assert queries.ticket_or_404(ticket_id).follower_count == 2


def test_the_record_of_breaches_leaves_a_ticket_to_its_clerk_and_comes_again(
    app, said, clerk, owner, monkeypatch
):
    ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
    with owner.begin() as connection:
        connection.execute(text("UPDATE clocks SET due_at = now() - interval '1 hour'"))
    locked, reading = threading.Event(), threading.Event()
    real = breach.slas.overdue

    def slow(now, limit):
        late = real(now, limit)
        reading.set()
        return late

    monkeypatch.setattr(breach.slas, "overdue", slow)

    def act():
        with work.transaction():
            ticket = queries.lock(ticket_id)
            locked.set()
            assert reading.wait(60)
            for each in clocks_of(ticket.id):
                each.minutes += 1
            db.session.flush()
        return "acted"

    def record():
        assert locked.wait(60)
        return breach.record_breaches()

    acted, recorded = _side_by_side(app, act, record)
    assert acted == "acted", "nobody at work is thrown out or made to wait"
    monkeypatch.setattr(breach.slas, "overdue", real)
    assert recorded + breach.record_breaches() == 2


def test_a_step_dated_a_moment_before_the_last_one_is_taken(app, said, clerk, monkeypatch):
    """Two hosts' clocks differ, or one act waited for the other's lock: the later to arrive may bear the earlier time."""
    ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
    work_on.ask_resident(ticket_id, None, clerk, "איפה בדיוק?")
    before = clock.now() - timedelta(seconds=3)
    monkeypatch.setattr(answer.clock, "now", lambda: before)
    answer.add_remark(ticket_id, "ליד העץ", RESIDENT)
    assert queries.ticket_or_404(ticket_id).status == "triaged"
