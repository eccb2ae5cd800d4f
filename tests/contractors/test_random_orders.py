"""Whatever contractor, clerk and resident do in whatever order: history, rows, clocks, ball and ticket agree."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_world import TERMS, agree, entry, spot

from service_desk import clock
from service_desk.contractors.queries import orders
from service_desk.contractors.rules import FINDINGS
from service_desk.errors import KeshetError
from service_desk.extensions import db
from service_desk.flow import answer, finish, issue_order, merge, receive, verify_order, work_on
from service_desk.flow.breach import record_breaches
from service_desk.flow.breach_orders import record_order_breaches
from service_desk.flow.do_order import take_entry
from service_desk.flow.pause_order import cancel_order, pause_order, resume_order
from service_desk.flow.verify_history import verify_history
from service_desk.people.rules import Actor, Role
from service_desk.tickets import queries
from service_desk.tickets.rules import shown

RESIDENT = Actor("resident", 1)
MORNING = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)
FIELD = ("accept", "refuse", "schedule", "arrive", "make_safe", "done", "photo", "note")
#: the more of an act, the more often it is drawn: what ends an order is rare, what brings it back is not
ACTS = tuple(
    " ".join(
        (
            "done " * 8, "arrive " * 3, "make_safe accept schedule photo note refuse", "fail " * 5, "pass " * 3, "not_done " * 5,
            "resolve_pass " * 6, "resolve", "sweep " * 5, "pause " * 3, "resume " * 8, "issue issue_other issue_other",
            "cancel ask_look ask_look reopen take ask answer answer answer answer start merge",
        )
    ).split()
)  # fmt: skip

#: (act, which order, minutes since the act before, how late a phone is with it, how it knows the place)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(0, 2),
        st.sampled_from((1, 30, 240, 1500, 5000, 0)),
        st.sampled_from((0, 0, 0, 20, 300, 2000)),
        st.sampled_from(("near", "near", "near", "none", "far", "same key", "unmeasured")),
    ),
    min_size=5,
    max_size=22,
)


class World:
    """One ticket, two contractors and whoever acts on it."""

    def __init__(self, said, clerk, city):
        self.ticket_id = receive.receive_report(said(), Actor("resident")).ticket_id
        self.other = shown(
            queries.ticket_or_404(receive.receive_report(said(), Actor("resident")).ticket_id).reference
        )
        self.here = spot(self.ticket_id)
        self.clerk, self.orders = clerk, []
        self.roads, self.light = city.unit_by_code("C-ROADS"), city.unit_by_code("C-LIGHT")
        self.issue(self.roads.id, "roads")

    def issue(self, unit_id, domain):
        self.orders.append(
            issue_order.issue_order(
                self.ticket_id,
                None,
                self.clerk,
                unit_id=unit_id,
                instructions="",
                domain=domain,
                may_see_phone=True,
            )
        )

    def say(self, kind, order_id, late, how):
        lon, lat = self.here
        place = {"far": (lon + 0.05, lat), "none": None}.get(how, self.here)
        said = entry(
            kind,
            clock.now() - timedelta(minutes=late),
            place=place,
            ahead=None if how == "unmeasured" else 0,
            photos=["before", "after"] if kind in {"done", "photo"} else (),
            reason="no_capacity" if kind == "refuse" else None,
            scheduled_for=clock.now() + timedelta(days=1) if kind == "schedule" else None,
            words="הערה" if kind == "note" else "",
            **({"key": "same"} if how == "same key" else {}),
        )
        unit = orders.order_or_404(order_id).unit_id
        foreman = Actor("contractor", 77, "", (Role("contractor", unit_id=unit),))
        first = take_entry(order_id, said, foreman)
        assert first in {"taken", "late", "repeated", "refused"}
        assert take_entry(order_id, said, foreman) == "repeated", "sent again, nothing changes"

    def act(self, act, order_id):
        clerk, ticket_id = self.clerk, self.ticket_id
        {
            "issue": lambda: self.issue(self.roads.id, "roads"),
            "issue_other": lambda: self.issue(self.light.id, "lighting"),
            "pause": lambda: pause_order(order_id, clerk, "weather"),
            "resume": lambda: resume_order(order_id, clerk),
            "cancel": lambda: cancel_order(order_id, clerk, "not_needed"),
            "pass": lambda: verify_order.verify_order(order_id, clerk, passed=True),
            "fail": lambda: verify_order.verify_order(order_id, clerk, passed=False, finding=FINDINGS[0]),
            "ask_look": lambda: verify_order.ask_verification(order_id, clerk),
            "resolve": lambda: finish.resolve_ticket(ticket_id, None, clerk, "seen_by_staff", "תוקן"),
            "resolve_pass": lambda: finish.resolve_ticket(
                ticket_id, None, clerk, "seen_by_staff", "תוקן", pass_orders=True
            ),
            "not_done": lambda: answer.say_not_done(ticket_id, RESIDENT),
            "reopen": lambda: merge.reopen_ticket(ticket_id, None, clerk, "בדיקה"),
            "take": lambda: work_on.assign_ticket(ticket_id, None, clerk, clerk.id),
            "ask": lambda: work_on.ask_resident(ticket_id, None, clerk, "?"),
            "answer": lambda: answer.add_remark(ticket_id, "תשובה", RESIDENT),
            "start": lambda: work_on.start_work(ticket_id, None, clerk),
            "merge": lambda: merge.merge_ticket(ticket_id, None, self.other, clerk),
            "sweep": lambda: (record_breaches(), record_order_breaches()),
        }[act]()


@pytest.fixture
def two(contracts):
    """Contracts of two contractors, one without a place wanted."""
    contracts(
        C_ROADS=TERMS, C_LIGHT=TERMS | {"domains": ["lighting"], "needs_place": False, "proofs": ["after"]}
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, start=st.integers(0, 2000))
def test_any_order_of_acts_leaves_orders_tickets_and_history_in_step(
    two, app, said, clerk, city, steps, start
):
    with time_machine.travel(MORNING + timedelta(hours=start), tick=False) as traveller:
        world = World(said, clerk, city)
        for act, which, minutes, late, how in steps:
            traveller.shift(timedelta(minutes=minutes))
            order_id = world.orders[which % len(world.orders)]
            try:
                if act in FIELD:
                    world.say(act, order_id, late, how)
                else:
                    world.act(act, order_id)
            except KeshetError:
                db.session.rollback()
        agree(world.ticket_id, clock.now())
        reference = queries.ticket_or_404(world.ticket_id).reference
        db.session.rollback()
        assert verify_history(reference).count == 0
