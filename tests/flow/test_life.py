"""A ticket's life through the use-cases: what holds after any history."""

import pytest
from sqlalchemy import text

from service_desk import clock, work
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow import answer, finish, hand_over, join, merge, receive, triage, work_on
from service_desk.flow.breach import record_breaches
from service_desk.intake.rules import SaidPlace
from service_desk.messages.models import Message
from service_desk.people.models import AccessEntry
from service_desk.people.rules import Actor, Role
from service_desk.routing import queries as routing
from service_desk.routing.queries import routes_of
from service_desk.slas import actions as slas
from service_desk.slas.queries import clocks_of, pauses_of
from service_desk.tickets import queries, rules
from service_desk.work import tenant

RESIDENT = Actor("resident", 1)


@pytest.fixture
def ticket_id(app, said):
    return receive.receive_report(said(), Actor("resident")).ticket_id


def _sent(ticket_id: int) -> list[str]:
    rows = db.session.query(Message).filter_by(ticket_id=ticket_id).order_by(Message.id)
    return [row.event for row in rows]


def _check_chain(ticket_id: int) -> None:
    ticket, previous = queries.ticket_or_404(ticket_id), b""
    events = queries.events_of(ticket_id)
    assert [event.seq for event in events] == list(range(1, ticket.version + 1))
    for event in events:
        fact = rules.Fact(
            event.authority_id, event.ticket_id, event.seq, event.at, event.kind, event.actor_kind, event.actor_id,
            event.status, event.holder_kind, event.holder_id, event.data,
        )  # fmt: skip
        previous = rules.chain(previous, fact)
        assert previous == event.hash
    assert (ticket.last_hash, ticket.status) == (previous, events[-1].status)


def test_the_main_job_from_report_to_done_and_back(app, ticket_id, clerk):
    work_on.assign_ticket(ticket_id, 1, clerk, clerk.id)
    work_on.start_work(ticket_id, 2, clerk)
    finish.resolve_ticket(ticket_id, 3, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, RESIDENT, "עדיין בור")
    finish.resolve_ticket(ticket_id, 5, clerk, "seen_by_staff", "תוקן שוב")
    answer.confirm_done(ticket_id, RESIDENT)
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.status, ticket.is_open, ticket.reopened_count, ticket.due_at) == ("closed", False, 1, None)
    assert _sent(ticket_id) == ["received", "resolved", "reopened", "resolved", "closed"]
    assert {(each.kind, each.round): each.result for each in clocks_of(ticket_id)} == {
        ("acknowledge", 0): "met", ("resolve", 0): "met", ("acknowledge", 1): "met", ("resolve", 1): "met",
    }  # fmt: skip
    _check_chain(ticket_id)


def test_a_question_stops_the_clocks_until_the_answer(app, ticket_id, clerk):
    work_on.ask_resident(ticket_id, 1, clerk, "איפה בדיוק?")
    held = [each for each in clocks_of(ticket_id) if each.kind == "resolve"]
    assert held[0].paused_at is not None
    assert queries.ticket_or_404(ticket_id).holder_kind == "resident"
    answer.add_remark(ticket_id, "ליד העץ", RESIDENT)
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.holder_kind != "resident", ticket.has_news) == (True, True)
    assert [each.paused_at for each in clocks_of(ticket_id) if each.stopped_at is None] == [None]
    assert [pause.ended_at is not None for pause in pauses_of(ticket_id)] == [True]


def test_the_second_clerk_is_told_and_nothing_is_overwritten(app, ticket_id, clerk):
    work_on.assign_ticket(ticket_id, 1, clerk, clerk.id)
    with pytest.raises(StaleVersion) as caught:
        finish.reject_ticket(ticket_id, 1, clerk, "not_found", "לא נמצא")
    assert (caught.value.seen, caught.value.current) == (1, 2)
    assert queries.ticket_or_404(ticket_id).status == "assigned"


def test_one_change_of_type_and_place_is_one_reroute(app, city, ticket_id, clerk):
    spot = next(each for each in city.centres.values() if each.number == 7)
    triage.triage_ticket(
        ticket_id, 1, clerk, service_code="SAN-LITTER", place=SaidPlace("pin", lon=spot.lon, lat=spot.lat)
    )
    ticket = queries.ticket_or_404(ticket_id)
    assert (city.centres[ticket.centre_id].number, ticket.service_code) == (7, "SAN-LITTER")
    assert [route.round for route in routes_of(ticket_id)] == [1, 2]
    assert [event.kind for event in queries.events_of(ticket_id)] == ["received", "rerouted"]


def test_nothing_is_resolved_without_evidence_or_reason(app, ticket_id, clerk):
    for outcome, words in (("photo", "תוקן"), ("seen_by_staff", ""), ("", "תוקן"), ("made_up", "תוקן")):
        with pytest.raises(BadInput):
            finish.resolve_ticket(ticket_id, None, clerk, outcome, words)
    assert queries.ticket_or_404(ticket_id).status == "received"


def test_confirming_what_is_not_resolved_is_refused(app, ticket_id):
    with pytest.raises(InvalidMove):
        answer.confirm_done(ticket_id, RESIDENT)


def test_not_done_pressed_twice_reopens_once(app, ticket_id, clerk):
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, RESIDENT)
    answer.say_not_done(ticket_id, RESIDENT)
    assert queries.ticket_or_404(ticket_id).reopened_count == 1


def test_me_too_adds_one_follower_per_phone(app, ticket_id):
    first = join.join_ticket(ticket_id, phone="+972523456789", contact="sms", locale="ru")
    assert join.join_ticket(ticket_id, phone="+972523456789", contact="sms", locale="ru") == first
    assert queries.ticket_or_404(ticket_id).follower_count == 2
    assert queries.by_token(first)[0].id == ticket_id


def test_merging_moves_followers_and_their_links(app, said, ticket_id, clerk):
    other = receive.receive_report(said(phone="+972523456789"), Actor("resident"))
    main = queries.ticket_or_404(ticket_id)
    merge.merge_ticket(other.ticket_id, None, rules.shown(main.reference), clerk)
    assert queries.ticket_or_404(other.ticket_id).status == "duplicate"
    assert queries.by_token(other.token)[0].id == ticket_id
    assert queries.ticket_or_404(ticket_id).follower_count == 2
    _check_chain(ticket_id)
    _check_chain(other.ticket_id)


def test_handing_on_names_the_new_holder(app, city, ticket_id, clerk):
    water = city.unit_by_code("WATER")
    hand_over.hand_over(ticket_id, None, clerk, unit_id=water.id, words="לא שלנו")
    ticket = queries.ticket_or_404(ticket_id)
    assert (ticket.status, ticket.holder_kind, ticket.unit_id) == ("handed_over", "outside", water.id)
    assert "handed_over" in _sent(ticket_id)


def test_a_clerk_of_another_centre_may_help_but_it_is_written_down(app, city, ticket_id, clerk):
    stranger = Actor(
        "staff", clerk.id, "", (Role("clerk", next(c.id for c in city.centres.values() if c.number == 1)),)
    )
    work_on.add_note(ticket_id, stranger, "ראיתי")
    entries = db.session.query(AccessEntry).filter_by(ticket_id=ticket_id).all()
    assert [(entry.what, entry.why) for entry in entries] == [("note", "outside_own_centres")]


@pytest.mark.parametrize("role", ["mayor", "contractor", "admin"])
def test_others_may_not_work_on_a_ticket(app, ticket_id, role):
    with pytest.raises(NotAllowed):
        work_on.start_work(ticket_id, None, Actor("staff", 1, "", (Role(role),)))


def test_another_authority_does_not_see_the_ticket(app, ticket_id):
    with tenant(2), pytest.raises(NotFound):
        queries.ticket_or_404(ticket_id)


def test_without_an_authority_nothing_is_visible(app, ticket_id):
    db.session.rollback()
    work.set_tenant(None)
    try:
        assert db.session.execute(text("SELECT count(*) FROM tickets")).scalar_one() == 0
    finally:
        db.session.rollback()
        work.set_tenant(1)


def test_a_failing_routing_rule_sends_the_report_to_triage(app, said, monkeypatch, city):
    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(routing, "decide", broken)
    received = receive.receive_report(said(), Actor("resident"))
    ticket = queries.ticket_or_404(received.ticket_id)
    assert (ticket.triage_reason, ticket.centre_id) == ("routing_failed", city.default_centre.id)


def test_a_failing_calendar_sends_the_report_to_triage(app, said, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(slas, "clock_rows", broken)
    received = receive.receive_report(said(), Actor("resident"))
    assert queries.ticket_or_404(received.ticket_id).triage_reason == "clock_failed"
    assert "received" in _sent(received.ticket_id)


def test_a_silent_queue_does_not_stop_intake(app, said):
    def silent(_job, _ids):
        raise ConnectionRefusedError

    work.set_bell(silent)
    assert receive.receive_report(said(), Actor("resident")).reference


def test_the_queue_is_rung_once_after_the_commit(app, said, rung):
    receive.receive_report(said(), Actor("resident"))
    assert rung == [("service_desk.jobs.deliver_messages", (1,))]


def test_silence_for_a_fortnight_closes_and_not_a_day_sooner(app, ticket_id, clerk, owner):
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    assert finish.close_silent() == 0
    with owner.begin() as connection:
        connection.execute(text("UPDATE tickets SET resolved_at = resolved_at - interval '15 days'"))
    assert finish.close_silent() == 1
    assert queries.ticket_or_404(ticket_id).status == "closed"


def test_a_breach_is_recorded_once_and_stays(app, ticket_id, owner):
    with owner.begin() as connection:
        connection.execute(
            text("UPDATE clocks SET due_at = now() - interval '1 hour' WHERE kind = 'resolve'")
        )
    assert (record_breaches(), record_breaches()) == (1, 0)
    assert [event.kind for event in queries.events_of(ticket_id)] == ["received", "breached"]
    assert all(each.breached_at is None or each.breached_at < clock.now() for each in clocks_of(ticket_id))


def test_a_hazard_that_reopens_is_made_safe_again(app, said, clerk):
    ticket_id = receive.receive_report(
        said(answers={"position": "crossing", "depth": "gt10"}), Actor("resident")
    ).ticket_id
    finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן")
    answer.say_not_done(ticket_id, RESIDENT)
    again = {each.kind: each.calendar_code for each in clocks_of(ticket_id) if each.round == 1}
    assert again["make_safe"] == again["acknowledge"] == "24x7"
    assert "resolve" in again


def test_one_outside_body_may_send_it_on_to_another(app, city, ticket_id, clerk):
    water = city.unit_by_code("WATER")
    hand_over.hand_over(ticket_id, None, clerk, unit_id=water.id)
    hand_over.hand_over(ticket_id, None, clerk, unit_id=water.id)
    assert queries.ticket_or_404(ticket_id).status == "handed_over"
