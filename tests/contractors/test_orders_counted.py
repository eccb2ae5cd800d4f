"""Contractors' sums, however an order's life goes and however it is counted, are those of its own events."""

from collections import Counter
from datetime import timedelta

import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from test_random_orders import FIELD, MORNING, STEPS, World, two

from service_desk.clock import local
from service_desk.contractors.queries import orders
from service_desk.contractors.rules.rebuild import orders_from
from service_desk.errors import KeshetError
from service_desk.extensions import db
from service_desk.flow import count_figures
from service_desk.flow.order_step import calendar
from service_desk.flow.verify_counts import verify_counts
from service_desk.tickets.models import Ticket

__all__ = ["two"]  # the fixture
COUNTED = ("issued", "refused", "repeats", "due", "met", "done", "failed")


def _walk():
    """Count every order again, each made anew from its ticket's events."""
    found = Counter()
    for ticket_id in db.session.scalars(select(Ticket.id)).all():
        for order in orders_from(orders.facts_of(ticket_id), calendar).values():
            issued, complete = local(order.issued_at).date(), order.clock("complete")
            found[order.unit_id, issued, "issued"] += 1
            found[order.unit_id, issued, "refused"] += order.state == "refused"
            found[order.unit_id, issued, "repeats"] += order.repeat_of_id is not None
            found[order.unit_id, issued, "failed"] += order.failed_count
            is_overdue = complete.stopped_at is None and complete.paused_at is None and complete.breached_at
            if complete.result in {"met", "missed"} or is_overdue:
                due = local(complete.due_at).date()
                found[order.unit_id, due, "due"] += 1
                found[order.unit_id, due, "met"] += complete.result == "met"
            if order.done_at is not None:
                found[order.unit_id, local(order.done_at).date(), "done"] += 1
    return +found


def _counted():
    rows = db.session.execute(text("SELECT * FROM figures_contractors")).all()
    return +Counter({(row.unit_id, row.day, name): getattr(row, name) for row in rows for name in COUNTED})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, every=st.integers(1, 7))
def test_whatever_becomes_of_an_order_it_is_counted_as_its_events_say(
    two, app, said, clerk, city, steps, every
):
    if count_figures.needs_rebuild():
        count_figures.rebuild()
    with time_machine.travel(MORNING, tick=False) as traveller:
        world = World(said, clerk, city)
        for number, (act, which, minutes, late, how) in enumerate(steps):
            traveller.shift(timedelta(minutes=minutes))
            order_id = world.orders[which % len(world.orders)]
            try:
                if act in FIELD:
                    world.say(act, order_id, late, how)
                else:
                    world.act(act, order_id)
            except KeshetError:
                db.session.rollback()
            if number % every == 0:
                count_figures.count(limit=2, seconds=0)
        while count_figures.count():
            pass
    assert _counted() == _walk()
    db.session.rollback()
    assert verify_counts().differences == []
