"""A stop at a contractor's work: passing and failing go through the order's own use-case, once."""

from __future__ import annotations

import hashlib
import secrets

import pytest
from supervision.stage import person, round_of

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.queries import orders
from service_desk.errors import BadInput
from service_desk.extensions import db
from service_desk.flow.do_order import FieldEntry, take_entry
from service_desk.flow.issue_order import issue_order
from service_desk.flow.new_stops import order_stops_of
from service_desk.flow.read_story import inner_photos
from service_desk.flow.receive import receive_report
from service_desk.flow.stop_entry import StopEntry
from service_desk.flow.verify_order import ask_verification, verify_order
from service_desk.flow.walk_round import visit_stop
from service_desk.intake import queries as intake
from service_desk.intake.rules import EncodedPhoto
from service_desk.people.rules import Actor
from service_desk.supervision.queries import stops
from service_desk.tickets import queries as tickets


@pytest.fixture
def inspector(app):
    return person("inspector")


@pytest.fixture
def done(said, clerk, inspector):
    """An order reported done that waits for verification, and the stop of a round that leads to it: (order, stop)."""
    ticket_id = receive_report(said(), Actor("resident")).ticket_id
    unit = city_map().unit_by_code("C-ROADS")
    order_id = issue_order(ticket_id, None, clerk, unit_id=unit.id, instructions="למלא את הבור")
    ask_verification(order_id, clerk)
    foreman = person("contractor")
    for kind in ("accept", "arrive", "done"):
        db.session.rollback()
        key = secrets.token_hex(8)
        take_entry(order_id, FieldEntry(key=key, kind=kind, happened_at=clock.now()), foreman)
    assert order_id in [each.order_id for each in orders.to_verify()]
    round_id = round_of(person("manager5"), inspector, lines=(), stops=order_stops_of([order_id]))
    (line,) = stops.stops_of([round_id])
    return order_id, line.stop.id


def state_of(order_id: int) -> str:
    db.session.rollback()
    db.session.expire_all()
    return orders.order_or_404(order_id).state


def result_of(stop_id: int) -> str | None:
    db.session.rollback()
    return stops.stop_of(stop_id)[0].stop.result


def test_work_passes_on_the_spot_once(done, inspector):
    order_id, stop_id = done
    sent = StopEntry("k", "תוקן היטב", is_good=True)
    assert [visit_stop(stop_id, sent, inspector) for _ in range(2)] == ["taken", "repeated"]
    assert (state_of(order_id), result_of(stop_id)) == ("passed", "passed")
    kinds = [event.kind for event in tickets.events_of(orders.order_or_404(order_id).ticket_id)]
    assert kinds[-1] == "order_verified"


def test_work_that_fails_goes_back_with_a_finding(done, inspector):
    order_id, stop_id = done
    with pytest.raises(BadInput) as refused:
        visit_stop(stop_id, StopEntry("k", "גרוע", is_good=False), inspector)
    assert refused.value.problems == {"reason": "required"}
    failed = StopEntry("k", "שקע מחדש", is_good=False, reason="poor_quality")
    assert visit_stop(stop_id, failed, inspector) == "taken"
    assert result_of(stop_id) == "failed"
    assert state_of(order_id) in {"accepted", "on_site", "scheduled", "issued"}


def test_an_order_decided_meanwhile_keeps_its_decision(done, clerk, inspector):
    order_id, stop_id = done
    verify_order(order_id, clerk, passed=True)
    sent = StopEntry("k", "נראה בסדר", is_good=True)
    assert visit_stop(stop_id, sent, inspector) == "moved"
    assert visit_stop(stop_id, sent, inspector) == "repeated"
    assert (state_of(order_id), result_of(stop_id)) == ("passed", "passed")


def test_what_was_seen_of_an_order_decided_meanwhile_is_kept_once_for_the_city(done, clerk, inspector):
    order_id, stop_id = done
    ticket_id = orders.order_or_404(order_id).ticket_id
    verify_order(order_id, clerk, passed=True)
    seen = EncodedPhoto(b"large photo", b"small", 40, 30)
    sent = StopEntry("k", "השוליים פתוחים", is_good=True, photos=(seen,))
    assert [visit_stop(stop_id, sent, inspector) for _ in range(2)] == ["moved", "repeated"]
    db.session.rollback()
    (photo,) = intake.photos_of(ticket_id)
    assert bytes(photo.sha256) == hashlib.sha256(b"large photo").digest()
    note = next(event for event in reversed(tickets.events_of(ticket_id)) if event.kind == "noted")
    assert inner_photos(note.kind, note.data) == [photo.id]
    said = [each.text for each in tickets.remarks_of(ticket_id, with_internal=True) if each.is_internal]
    assert "השוליים פתוחים" in said
    assert tickets.ticket_or_404(ticket_id).photo_count == 1


def test_an_entry_that_broke_off_after_its_decision_keeps_its_photo_once(done, inspector):
    order_id, stop_id = done
    ticket_id = orders.order_or_404(order_id).ticket_id
    seen = EncodedPhoto(b"large photo", b"small", 40, 30)
    verify_order(order_id, inspector, passed=True, words="תקין", photos=[seen])
    assert visit_stop(stop_id, StopEntry("k", "תקין", is_good=True, photos=(seen,)), inspector) == "moved"
    db.session.rollback()
    assert len(intake.photos_of(ticket_id)) == 1


def test_a_look_that_arrives_late_decides_nothing_about_work_done_since(done, clerk, inspector):
    order_id, stop_id = done
    looked = clock.now()
    verify_order(order_id, clerk, passed=False, finding="poor_quality")
    key = secrets.token_hex(8)
    take_entry(order_id, FieldEntry(key=key, kind="done", happened_at=clock.now()), person("contractor"))
    sent = StopEntry("k", is_good=False, reason="not_done", happened_at=looked, clock_ahead_seconds=0)
    assert visit_stop(stop_id, sent, inspector) == "moved"
    assert (state_of(order_id), result_of(stop_id)) == ("done", "failed")


def test_the_stop_is_on_the_way_until_it_is_visited(done, inspector):
    order_id, stop_id = done
    assert stops.on_the_way()[0] == {order_id}
    visit_stop(stop_id, StopEntry("k", is_good=True), inspector)
    assert stops.on_the_way()[0] == frozenset()
