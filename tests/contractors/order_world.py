"""What tests of work orders share: a contract to order under, entries as a phone sends them, and what must always hold."""

import secrets
from itertools import pairwise

from sqlalchemy import select

from service_desk import clock
from service_desk.contractors.models import OrderClock, OrderPause, Verification, WorkOrder
from service_desk.contractors.queries import orders
from service_desk.contractors.rules import ORDER_MOVES, WITH_CONTRACTOR, is_open_order
from service_desk.contractors.rules.orders import COLUMNS, order_state
from service_desk.contractors.rules.rebuild import orders_from
from service_desk.extensions import db
from service_desk.flow.do_order import FieldEntry, FieldPhoto
from service_desk.flow.order_step import calendar
from service_desk.intake.rules import EncodedPhoto
from service_desk.tickets import queries as tickets
from service_desk.tickets import rules as ticket_rules
from service_desk.tickets.ball import Turn, parts, sums

#: nothing is sampled, so that work passes by itself when its evidence is complete
TERMS = {
    "domains": ["roads"],
    "areas": None,
    "calendar": "contractor",
    "duties": {
        "accept": {"minutes": 120, "hazard_minutes": 30},
        "arrive": {"minutes": 1440, "hazard_minutes": 60},
        "make_safe": {"hazard_minutes": 240},
        "complete": {"minutes": 4320, "hazard_minutes": 1440},
    },
    "prices": [{"metric": "complete", "unit": "case", "amount_agorot": 15000}],
    "repeat_days": 30,
    "repeat_radius_m": 25,
    "proofs": ["before", "after"],
    "needs_place": True,
    "place_radius_m": 150,
    "sample_percent": 0,
    "answer_days": 10,
    "monthly_fee_agorot": 12000000,
    "cap_percent": 10,
}
_CLOCK = ("kind", "minutes", "calendar_id", "calendar_code", "started_at", "due_at", "paused_at", "stopped_at", "result", "breached_at")  # fmt: skip
_CHECK = ("id", "why", "state", "asked_at", "is_failed_until_decided", "decided_at", "decided_by", "finding")


def photo(kind):
    """A photo as the phone sends it, already re-encoded."""
    return FieldPhoto(kind, EncodedPhoto(secrets.token_bytes(16), b"small", 40, 30))


def entry(kind, at=None, *, place=None, photos=(), ahead=0, **more):
    """An entry made at ``at`` (by our clock), on a phone whose clock is ``ahead`` seconds ahead of it."""
    lon, lat = place or (None, None)
    return FieldEntry(
        key=more.pop("key", secrets.token_hex(8)),
        kind=kind,
        happened_at=at or clock.now(),
        clock_ahead_seconds=ahead,
        lon=lon,
        lat=lat,
        accuracy_m=10.0 if place else None,
        photos=tuple(photo(each) for each in photos),
        **more,
    )


def spot(ticket_id):
    """Where the ticket is, in degrees."""
    ticket = tickets.ticket_or_404(ticket_id)
    return ticket.lon, ticket.lat


def kinds(ticket_id):
    """The kinds of a ticket's events, oldest first."""
    return [event.kind for event in tickets.events_of(ticket_id)]


def state(order_id):
    """The order's state as stored."""
    return orders.order_or_404(order_id).state


def clock_of(order_id, kind):
    """The stored clock of a duty."""
    query = select(OrderClock).where(OrderClock.order_id == order_id, OrderClock.kind == kind)
    return db.session.scalar(query.execution_options(populate_existing=True))


def checks_of(order_id):
    """(why, state) of each verification, oldest first."""
    query = (
        select(Verification)
        .where(Verification.order_id == order_id)
        .order_by(Verification.asked_at, Verification.id)
    )
    return [(each.why, each.state) for each in db.session.scalars(query)]


def agree(ticket_id, now):
    """Whatever was done: history, rows, clocks, ball and ticket say the same."""
    db.session.expire_all()
    ticket, events = tickets.ticket_or_404(ticket_id), tickets.events_of(ticket_id)
    _history_holds(ticket, events)
    built = orders_from(orders.facts_of(ticket_id), calendar)
    rows = list(db.session.scalars(select(WorkOrder).where(WorkOrder.ticket_id == ticket_id)))
    assert {row.id for row in rows} == set(built)
    for row in rows:
        _row_is_its_history(row, built[row.id])
        _clocks_hold(row, built[row.id])
    _moves_by_the_table(orders.facts_of(ticket_id))
    assert ticket.order_state in {order_state(orders.standings(ticket_id)), None}
    is_with = any(row.state in WITH_CONTRACTOR for row in rows)
    assert is_with == (ticket.order_state == "with_contractor")
    if is_with and ticket_rules.is_working(ticket.status):
        assert ticket.handler_kind == "contractor"
        assert ticket.unit_id in {row.unit_id for row in rows if row.state in WITH_CONTRACTOR}
        assert ticket.status == "waiting" or ticket.holder_kind == "contractor"
    if ticket.status in {"resolved", "closed", "rejected"}:
        assert not any(row.is_open for row in rows)
    _ball_adds_up(ticket, events, now)


def _history_holds(ticket, events):
    previous = b""
    for place, event in enumerate(events, start=1):
        fact = ticket_rules.Fact(
            event.authority_id, ticket.id, event.seq, event.at, event.kind, event.actor_kind, event.actor_id,
            event.status, event.holder_kind, event.holder_id, event.data,
        )  # fmt: skip
        previous = ticket_rules.chain(previous, fact)
        assert (event.seq, event.hash) == (place, previous)
    assert (ticket.version, ticket.last_hash) == (len(events), previous)
    assert all(b.status == a.status or ticket_rules.may_move(a.status, b.status) for a, b in pairwise(events))
    assert ticket.holder_kind == ticket_rules.holder_of(ticket.status, ticket.handler_kind)


def _row_is_its_history(row, order):
    assert {name: getattr(row, name) for name in COLUMNS} == {name: getattr(order, name) for name in COLUMNS}
    clocks = db.session.scalars(select(OrderClock).where(OrderClock.order_id == row.id)).all()
    stored = {each.kind: {name: getattr(each, name) for name in _CLOCK} for each in clocks}
    assert stored == {each.kind: {name: getattr(each, name) for name in _CLOCK} for each in order.clocks}
    checks = db.session.scalars(select(Verification).where(Verification.order_id == row.id)).all()
    assert {each.id: {name: getattr(each, name) for name in _CHECK} for each in checks} == {
        each.id: {name: getattr(each, name) for name in _CHECK} for each in order.checks
    }
    pauses = db.session.scalars(select(OrderPause).where(OrderPause.order_id == row.id)).all()
    assert {(each.id, each.reason, each.started_at, each.ended_at) for each in pauses} == {
        (each.id, each.reason, each.started_at, each.ended_at) for each in order.pauses
    }


def _clocks_hold(row, order):
    assert row.is_open == is_open_order(row.state)
    assert row.due_at == min((each.due_at for each in order.clocks if each.stopped_at is None), default=None)
    assert row.issued_at <= row.last_fact_at
    for each in order.clocks:
        assert (each.stopped_at is None) == (each.result is None)
        assert each.started_at <= each.due_at
        if each.result == "met":
            assert each.stopped_at <= each.due_at
            assert each.breached_at is None
        if each.result == "missed":
            assert each.breached_at == each.due_at
        assert each.breached_at in {None, each.due_at}
        assert each.paused_at is None or order.pause is not None, "a clock is held only while the order is"
    running = [each for each in order.clocks if each.stopped_at is None]
    if row.state in WITH_CONTRACTOR:
        assert order.clock("complete").stopped_at is None, "as long as he has it, its end is not reached"
        assert all(each.paused_at is not None for each in running) or order.pause is None
    else:
        assert not running
        assert order.pause is None


def _moves_by_the_table(facts):
    by_order = {}
    for fact in facts:
        by_order.setdefault(fact.data["order"], []).append(fact)
    for each in by_order.values():
        states = [next(iter(orders_from(each[: n + 1], calendar).values())) for n in range(len(each))]
        for before, after in pairwise(states):
            is_restored = before.doubted is not None and after.state == "passed"
            assert after.state == before.state or after.state in ORDER_MOVES[before.state] or is_restored
            later = {each.kind: each.due_at for each in after.clocks}
            assert is_restored or all(each.due_at <= later[each.kind] for each in before.clocks), (
                "a due time only moves later, by pauses"
            )


def _ball_adds_up(ticket, events, now):
    held = parts([Turn(each.at, each.holder_kind, each.holder_id) for each in events], now)
    life = (now - events[0].at).total_seconds()
    assert abs(sum(each.seconds for each in held) - life) < 1e-3
    assert abs(sum(each.seconds for each in sums(held)) - life) < 1e-3
