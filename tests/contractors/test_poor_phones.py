"""What a contractor's phone may send: late, twice, out of order, without a place, by a clock hours off. Each has its answer."""

import math
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from order_world import TERMS, agree, checks_of, clock_of, entry, kinds, spot, state
from sqlalchemy import func, select

from service_desk import clock
from service_desk.contractors.models import OrderEntry, Proof
from service_desk.contractors.queries import orders
from service_desk.contractors.queries.files import order_file
from service_desk.contractors.rules import field
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.contractors.rules.orders import Order, ProofFact
from service_desk.contractors.rules.sampling import is_sampled, missing_proofs
from service_desk.errors import BadInput, NotFound
from service_desk.extensions import db
from service_desk.flow import do_order, issue_order, receive, verify_order
from service_desk.flow.breach_orders import record_order_breaches
from service_desk.flow.do_order import take_entry
from service_desk.flow.pause_order import pause_order
from service_desk.people.rules import Actor
from service_desk.tickets import queries
from service_desk.work import tenant

#: a working morning, so that open time passes
MORNING = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def order(app, roads, clerk, said):
    """An order issued on a Monday morning at nine, Israel time: (ticket id, order id)."""
    with time_machine.travel(MORNING, tick=False):
        ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
        order_id = issue_order.issue_order(ticket_id, None, clerk, unit_id=roads.id, instructions="")
    return ticket_id, order_id


def _said(order_id):
    query = select(OrderEntry).where(OrderEntry.order_id == order_id).order_by(OrderEntry.id)
    return list(db.session.scalars(query))


def test_an_entry_sent_twice_is_taken_once(order, foreman):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        first = entry("arrive", place=spot(ticket_id), photos=["before"])
        assert [take_entry(order_id, first, foreman) for _ in range(3)] == ["taken", "repeated", "repeated"]
        assert len(_said(order_id)) == 1
        assert db.session.scalar(select(func.count()).select_from(Proof)) == 1
        assert queries.ticket_or_404(ticket_id).photo_count == 1
        agree(ticket_id, clock.now())


def test_finished_twice_is_done_once_and_the_second_photos_are_kept(order, foreman):
    ticket_id, order_id = order
    here = spot(ticket_id)
    with time_machine.travel(MORNING + HOUR, tick=False) as now:
        assert take_entry(order_id, entry("done", place=here, photos=["after"]), foreman) == "taken"
        done_at = orders.order_or_404(order_id).done_at
        now.shift(HOUR)
        assert take_entry(order_id, entry("done", place=here, photos=["before"]), foreman) == "repeated"
        assert orders.order_or_404(order_id).done_at == done_at
        assert len(order_file(order_id).proofs) == 2
        assert kinds(ticket_id)[-1] == "order_late_entry"
        agree(ticket_id, clock.now())


def test_entries_that_come_late_and_out_of_order_never_override_a_newer_state(order, foreman):
    ticket_id, order_id = order
    here = spot(ticket_id)
    arrived, done = MORNING + HOUR, MORNING + 3 * HOUR
    with time_machine.travel(MORNING + 5 * HOUR, tick=False):
        newer = entry("done", done, place=here, photos=["after"])
        older = entry("arrive", arrived, place=here, photos=["before"], words="הגענו")
        assert take_entry(order_id, newer, foreman) == "taken"
        assert take_entry(order_id, older, foreman) == "late"
        found = orders.order_or_404(order_id)
        assert (found.state, found.done_at) == ("done", done)
        assert found.arrived_at == arrived, "the first credible arrival is what the duty is judged by"
        assert clock_of(order_id, "accept").result == "met", (
            "he was there within the two hours, though we heard later"
        )
        file = order_file(order_id)
        assert [each["outcome"] for each in file.entries] == ["late", "taken"]
        assert [each["words"] for each in file.entries] == ["הגענו", None]
        assert {each["kind"] for each in file.proofs} == {"before", "after"}
        agree(ticket_id, clock.now())


def test_a_done_from_before_a_failed_check_does_not_finish_the_work_again(order, foreman, clerk):
    ticket_id, order_id = order
    here = spot(ticket_id)
    with time_machine.travel(MORNING + 2 * HOUR, tick=False) as now:
        take_entry(order_id, entry("done", place=here, photos=["after"]), foreman)
        now.shift(HOUR)
        verify_order.verify_order(order_id, clerk, passed=False, finding="poor_quality")
        now.shift(HOUR)
        stale = entry("done", MORNING + 2.5 * HOUR, place=here, photos=["after"])
        assert take_entry(order_id, stale, foreman) == "late"
        assert state(order_id) == "accepted"
        assert take_entry(order_id, entry("done", place=here, photos=["after", "before"]), foreman) == "taken"
        assert checks_of(order_id) == [("evidence", "failed"), ("reopened", "asked")]
        agree(ticket_id, clock.now())


def test_a_phone_whose_clock_is_hours_off_is_put_right_by_what_it_measured(order, foreman):
    ticket_id, order_id = order
    here = spot(ticket_id)
    with time_machine.travel(MORNING + 2 * HOUR, tick=False):
        by_phone = MORNING + HOUR + timedelta(hours=5)
        assert take_entry(order_id, entry("arrive", by_phone, ahead=5 * 3600, place=here), foreman) == "taken"
        assert orders.order_or_404(order_id).arrived_at == MORNING + HOUR


@pytest.mark.parametrize(
    ("off", "doubt"), [(-5, "clock_not_measured"), (5, "in_the_future"), (-30, "before_the_order")]
)
def test_a_clock_that_nobody_measured_is_not_believed(order, foreman, off, doubt):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + 2 * HOUR, tick=False):
        by_phone = clock.now() + timedelta(hours=off)
        assert (
            take_entry(order_id, entry("arrive", by_phone, ahead=None, place=spot(ticket_id)), foreman)
            == "taken"
        )
        assert orders.order_or_404(order_id).arrived_at == clock.now(), "judged by when it came"
        said = _said(order_id)[0]
        assert MORNING <= said.happened_at <= clock.now()
        assert doubt in said.data["doubts"]
        assert said.data["said_at"] == by_phone.isoformat(), "what the phone said is kept"
        agree(ticket_id, clock.now())


def test_a_nonsense_difference_counts_as_not_measured(order, foreman):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        assert take_entry(order_id, entry("arrive", ahead=10**15, place=spot(ticket_id)), foreman) == "taken"
        assert _said(order_id)[0].clock_ahead_seconds is None


@pytest.mark.parametrize(("day", "ahead"), [("0001-01-01", 99_999_999), ("9999-12-31", -99_999_999)])
def test_a_clock_at_the_end_of_all_time_breaks_nothing(order, foreman, day, ahead):
    _ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        assert take_entry(order_id, entry("note", at, ahead=ahead, words="x"), foreman) == "taken"
        assert _said(order_id)[0].received_at == clock.now()


def test_what_comes_more_than_a_day_late_is_judged_by_when_it_came(order, foreman):
    _ticket_id, order_id = order
    with time_machine.travel(MORNING + 30 * HOUR, tick=False):
        old = entry("accept", MORNING + HOUR)
        assert take_entry(order_id, old, foreman) == "taken"
        assert orders.order_or_404(order_id).accepted_at == clock.now()
        assert clock_of(order_id, "accept").result == "missed"
        assert _said(order_id)[0].happened_at == MORNING + HOUR, "both times are kept"


def test_a_photo_without_a_place_is_kept_and_proves_nothing(order, foreman):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        assert take_entry(order_id, entry("done", photos=["before", "after"]), foreman) == "taken"
        assert checks_of(order_id) == [("evidence", "asked")], "somebody has to look"
        proofs = order_file(order_id).proofs
        assert [(each["lon"], each["distance_m"]) for each in proofs] == [(None, None)] * 2
        event = next(each for each in queries.events_of(ticket_id) if each.kind == "order_done")
        assert event.data["doubts"] == ["no_place"]
        assert queries.events_of(ticket_id)[-1].data["missing"] == ["before", "after"]
        agree(ticket_id, clock.now())


def test_a_place_far_away_is_measured_and_doubted(order, foreman):
    ticket_id, order_id = order
    lon, lat = spot(ticket_id)
    with time_machine.travel(MORNING + HOUR, tick=False):
        take_entry(order_id, entry("arrive", MORNING, place=(lon, lat + 0.01), photos=["before"]), foreman)
        assert 1100 < order_file(order_id).proofs[0]["distance_m"] < 1125
        assert orders.order_or_404(order_id).arrived_at == clock.now(), (
            "a distant place makes the time doubtful too"
        )


@pytest.mark.parametrize("place", [(math.nan, math.nan), (34.8, None), (999.0, 31.9), (math.inf, 31.9)])
def test_half_a_place_is_no_place(order, foreman, place):
    _ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        assert take_entry(order_id, entry("photo", place=place, photos=["other"]), foreman) == "taken"
        assert order_file(order_id).proofs[0]["lon"] is None


def test_a_breach_written_down_before_the_fact_arrived_is_taken_back_with_it(order, foreman):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + 3 * HOUR, tick=False) as now:
        assert record_order_breaches() == 1
        assert record_order_breaches() == 0
        assert clock_of(order_id, "accept").breached_at is not None
        assert queries.ticket_or_404(ticket_id).last_touch == "order_issued"
        now.shift(HOUR)
        assert take_entry(order_id, entry("accept", MORNING + HOUR), foreman) == "taken"
        accept = clock_of(order_id, "accept")
        assert (accept.result, accept.breached_at) == ("met", None)
        assert kinds(ticket_id)[-2:] == ["order_breached", "order_accepted"], "the history shows both"
        agree(ticket_id, clock.now())


def test_a_fact_from_before_a_pause_counts_though_the_pause_was_written_first(order, foreman, clerk):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + 1.5 * HOUR, tick=False) as now:
        pause_order(order_id, clerk, "police_order", "מצוד באזור")
        now.shift(HOUR)
        take_entry(order_id, entry("accept", MORNING + HOUR), foreman)
        accept = clock_of(order_id, "accept")
        assert (accept.stopped_at, accept.result, accept.paused_at) == (MORNING + HOUR, "met", None)
        assert clock_of(order_id, "complete").paused_at == MORNING + 1.5 * HOUR
        agree(ticket_id, clock.now())


@pytest.mark.parametrize(
    ("bad", "field_name"),
    [
        (entry("accept", key=""), "key"),
        (entry("accept", key="k" * 101), "key"),
        (entry("fly"), "kind"),
        (entry("accept", datetime(2026, 6, 8, 9, 0)), "happened_at"),  # noqa: DTZ001 - that is the mistake
        (entry("refuse", reason="lazy"), "reason"),
        (entry("schedule"), "scheduled_for"),
        (entry("schedule", scheduled_for=datetime(2025, 1, 1, tzinfo=UTC)), "scheduled_for"),
        (entry("schedule", scheduled_for=datetime(2126, 1, 1, tzinfo=UTC)), "scheduled_for"),
        (entry("photo"), "photos"),
        (entry("photo", photos=["before"] * 9), "photos"),
        (entry("photo", photos=["selfie"]), "photos"),
        (entry("note", words="  "), "words"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_named_by_its_field(order, foreman, bad, field_name):
    ticket_id, order_id = order
    with time_machine.travel(MORNING + HOUR, tick=False):
        with pytest.raises(BadInput) as caught:
            take_entry(order_id, bad, foreman)
        assert list(caught.value.problems) == [field_name]
        assert kinds(ticket_id) == ["received", "order_issued"]


def test_a_photo_that_cannot_be_stored_leaves_the_entry_on_the_phone(order, foreman, monkeypatch):
    ticket_id, order_id = order
    monkeypatch.setattr(do_order, "keep_photos", lambda photos: ([], len(photos)))
    with time_machine.travel(MORNING + HOUR, tick=False):
        with pytest.raises(OSError):
            take_entry(order_id, entry("photo", photos=["before"]), foreman)
        assert kinds(ticket_id) == ["received", "order_issued"]


def test_two_foremen_who_finish_the_same_order_at_once_finish_it_once(order, foreman, founded):
    ticket_id, order_id = order
    here, outcomes = spot(ticket_id), []
    db.session.rollback()
    gate = threading.Barrier(2)

    def send(said):
        with founded.app_context(), tenant(1):
            gate.wait()
            outcomes.append(take_entry(order_id, said, foreman))
            db.session.remove()

    threads = [
        threading.Thread(target=send, args=(entry("done", ahead=None, place=here, photos=["after"]),))
        for _ in range(2)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) in (["repeated", "taken"], ["late", "taken"])
    assert kinds(ticket_id).count("order_done") == 1
    assert len(order_file(order_id).proofs) == 2, "both photos are kept"
    agree(ticket_id, clock.now())


def test_the_same_key_at_once_is_one_entry(order, foreman, founded):
    ticket_id, order_id = order
    same, outcomes = entry("arrive", ahead=None, place=spot(ticket_id)), []
    db.session.rollback()
    gate = threading.Barrier(2)

    def send():
        with founded.app_context(), tenant(1):
            gate.wait()
            outcomes.append(take_entry(order_id, same, foreman))
            db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["repeated", "taken"]
    assert len(_said(order_id)) == 1


def test_the_sample_is_even_and_cannot_be_drawn_again():
    drawn = [each for each in range(20_000) if is_sampled(each, 20, "secret")]
    assert 3800 < len(drawn) < 4200
    assert drawn == [each for each in range(20_000) if is_sampled(each, 20, "secret")]
    assert drawn != [each for each in range(20_000) if is_sampled(each, 20, "other")]
    assert not any(is_sampled(each, 0, "secret") for each in range(1000))
    assert all(is_sampled(each, 100, "secret") for each in range(1000))


def test_evidence_from_before_a_failed_check_proves_nothing_after_it():
    terms = ContractTerms.from_json(TERMS)
    old = ProofFact(1, "before", MORNING, MORNING, is_near=True)
    new = ProofFact(2, "after", MORNING + HOUR, MORNING + 2 * HOUR, is_near=True)
    assert missing_proofs(terms, [old, new], None) == ()
    assert missing_proofs(terms, [old, new], MORNING + HOUR) == ("before",)


def test_a_contract_that_wants_no_place_doubts_nobody_for_it():
    terms = ContractTerms.from_json(TERMS | {"needs_place": False})
    order = Order(
        1, 1, 1, 1, "roads", "RD-POTHOLE", False, "clerk", MORNING, None, MORNING, lon=34.8, lat=31.9
    )
    assert field.is_near(terms, order, None, None) is None
    strict = ContractTerms.from_json(TERMS)
    assert field.is_near(strict, order, 200.0, 10.0) is False
    assert field.is_near(strict, order, 200.0, 5000.0) is True, "inaccuracy is forgiven up to 100 m"
    assert field.is_near(strict, order, 300.0, 5000.0) is False


def test_nothing_is_taken_for_another_citys_order(order, foreman):
    _ticket_id, order_id = order
    with tenant(2), pytest.raises(NotFound):
        take_entry(order_id, entry("accept"), foreman)
