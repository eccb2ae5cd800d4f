"""A day that differs, entered or taken back while orders and clocks run, moves nothing that was promised before."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_world import TERMS, agree, clock_of, entry, state
from sqlalchemy import text

from service_desk import clock
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.rules import CLOCK_KINDS
from service_desk.errors import KeshetError
from service_desk.extensions import db
from service_desk.flow import answer as answering
from service_desk.flow import (
    issue_order,
    receive,
    set_hours,
    settle_damage,
    statements,
    verify_order,
    work_on,
)
from service_desk.flow.do_order import take_entry
from service_desk.flow.pause_order import pause_order, resume_order
from service_desk.flow.price_breaches import price_breaches
from service_desk.flow.verify_figures import verify_figures
from service_desk.people.rules import Actor, Role
from service_desk.slas import queries as standing
from service_desk.slas.queries import clocks_of, standards
from service_desk.slas.rules import due_at
from service_desk.slas.rules.known import HEARD

RESIDENT = Actor("resident", 1)
#: a Sunday morning in the city, far from holidays
SUNDAY = datetime(2026, 7, 5, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
#: a duty that reaches into the second day by centre 5's own hours; everything late costs, by the hour and by the day
HOURS_5 = TERMS | {
    "calendar": "K5",
    "duties": {
        "accept": {"minutes": 60},
        "arrive": {"minutes": 300},
        "make_safe": {"hazard_minutes": 240},
        "complete": {"minutes": 600},
    },
    "prices": [
        {"metric": "arrive", "unit": "hour", "amount_agorot": 7000},
        {"metric": "complete", "unit": "day", "amount_agorot": 15000},
    ],
    "needs_place": False,
    "answer_days": 1,
}
_MADE = "tickets, work_orders, damages, statements, verifications, proofs, order_entries, order_pauses, order_clocks"


def read_anew():
    """Let only the calendars be read anew: a new data version would build the whole city again."""
    standing._kept._values.clear()


class World:
    """Centre 5, whose hours a contract counts by; its manager, who enters days; and a moving clock."""

    def __init__(self, at, said, clerk, city, owner):
        self.at, self.said, self.clerk, self.owner = at, said, clerk, owner
        self.centre = next(each for each in city.centres.values() if each.number == 5)
        self.manager = Actor("staff", clerk.id, "", (Role("manager", self.centre.id),))
        self.roads = city.unit_by_code("C-ROADS")
        self.foreman = Actor("contractor", 77, "", (Role("contractor", unit_id=self.roads.id),))
        self.orders = []

    def report(self):
        return receive.receive_report(self.said(), Actor("resident")).ticket_id

    def issue(self):
        ticket_id = self.report()
        order_id = issue_order.issue_order(
            ticket_id, None, self.clerk, unit_id=self.roads.id, instructions="מילוי באספלט"
        )
        db.session.expunge_all()
        self.orders.append((ticket_id, order_id))
        return order_id

    def set_day(self, ahead, hours=""):
        day = clock.local(clock.now()).date() + timedelta(days=ahead)
        set_hours.set_day(self.centre.id, day, hours, "יום חריג", self.manager)
        read_anew()

    def drop_days(self):
        today = clock.local(clock.now()).date()
        for each in standards().days_of("K5"):
            if each.day >= today:
                set_hours.drop_day(self.centre.id, each.id, self.manager)
        read_anew()

    def pass_heard(self):
        self.at.shift(HEARD)

    def say(self, order_id, kind):
        photos = ["before", "after"] if kind == "done" else ()
        words = "הערה" if kind == "note" else ""
        return take_entry(order_id, entry(kind, photos=photos, words=words), self.foreman)

    def forget(self):
        """Leave neither orders nor days."""
        db.session.rollback()
        with self.owner.begin() as connection:
            connection.execute(text(f"TRUNCATE {_MADE} CASCADE"))
            connection.execute(text("DELETE FROM calendar_days WHERE calendar_code IS NOT NULL"))
        read_anew()
        self.orders = []


@pytest.fixture
def world(app, contracts, said, clerk, city, owner):
    contracts(C_ROADS=HOURS_5)
    with time_machine.travel(SUNDAY, tick=False) as at:
        made = World(at, said, clerk, city, owner)
        yield made
        made.forget()


def dues(order_id):
    kinds = [each for each in CLOCK_KINDS if each != "make_safe"]
    return {kind: clock_of(order_id, kind).due_at for kind in kinds}


def test_a_day_entered_or_taken_back_moves_no_due_time_of_an_order_that_runs(world):
    order_id = world.issue()
    promised = dues(order_id)
    for change in (lambda: world.set_day(1), lambda: world.set_day(2, "06:00-23:00"), world.drop_days):
        change()
        world.pass_heard()
        world.say(order_id, "note")
        assert dues(order_id) == promised
    agree(world.orders[0][0], clock.now())


def test_an_order_issued_afterwards_minds_the_day_until_it_is_taken_back(world):
    usual = dues(world.issue())
    world.set_day(1)
    world.pass_heard()
    with_day = dues(world.issue())
    assert clock.local(usual["complete"]).date() == date(2026, 7, 6)
    assert clock.local(with_day["complete"]).date() == date(2026, 7, 7)
    world.drop_days()
    world.pass_heard()
    assert clock.local(dues(world.issue())["complete"]).date() == date(2026, 7, 6)


def test_a_promise_given_before_every_process_has_read_the_day_is_proven_without_it(world):
    world.set_day(1)
    due = dues(world.issue())["complete"]
    assert clock.local(due).date() == date(2026, 7, 6)
    world.pass_heard()
    world.say(world.orders[0][1], "note")
    assert dues(world.orders[0][1])["complete"] == due


def test_of_two_edits_of_one_day_the_last_holds(world):
    world.set_day(1)
    world.set_day(1, "08:00-10:00")
    [stands] = standards().days_of("K5")
    assert stands.windows == [[480, 600]]
    world.pass_heard()
    due = dues(world.issue())["complete"]
    calendar = standards().calendar("K5")[1]
    assert due == due_at(clock.now(), 600, calendar)
    assert calendar.day_rules[date(2026, 7, 6)].windows == ((480, 600),)


def test_what_a_pause_gives_back_is_counted_by_the_days_of_the_promise(world):
    order_id = world.issue()
    calendar = standards().calendar("K5")[1]
    pause_order(order_id, world.clerk, "weather")
    began = clock.now()
    world.set_day(2)
    world.at.shift(timedelta(hours=35))
    resume_order(order_id, world.clerk)
    table = calendar.table
    seconds = 600 * 60 + table.position(int(clock.now().timestamp())) - table.position(int(began.timestamp()))
    assert dues(order_id)["complete"].timestamp() == table.due(int(began.timestamp()), seconds)


def test_a_citys_clock_that_stood_still_goes_on_by_the_days_it_was_promised_by(world):
    one, other = world.report(), world.report()
    code = next(each.calendar_code for each in clocks_of(one) if each.kind == "resolve")
    work_on.ask_resident(one, None, world.clerk, "איפה?")
    world.at.shift(2 * DAY)
    answering.add_remark(one, "כאן", RESIDENT)
    wanted = next(each.due_at for each in clocks_of(one) if each.kind == "resolve")
    world.at.shift(-2 * DAY)
    db.session.expunge_all()
    work_on.ask_resident(other, None, world.clerk, "איפה?")
    with world.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO calendar_days (authority_id, id, calendar_code, day, kind, windows, name, source, created_at) "
                "VALUES (1, 1, :code, :day, 'closed', '[]', '{}', 'test', :at)"
            ),
            {"code": code, "day": date(2026, 7, 6), "at": clock.now()},
        )
    read_anew()
    world.at.shift(2 * DAY)
    answering.add_remark(other, "כאן", RESIDENT)
    assert next(each.due_at for each in clocks_of(other) if each.kind == "resolve") == wanted


def end(world):
    """Let every order be done and checked, decide what it cost, and sign the months."""
    for _ticket, order_id in world.orders:
        for act in (
            lambda each=order_id: resume_order(each, world.clerk),
            lambda each=order_id: world.say(each, "done"),
            lambda each=order_id: verify_order.verify_order(each, world.clerk, passed=True),
        ):
            try:
                act()
            except KeshetError:
                db.session.rollback()
    last = clock.local(clock.now()).date().replace(day=1)
    while price_breaches():
        pass
    world.at.move_to(statements.bounds(last)[1] + 3 * DAY)
    while price_breaches():
        pass
    found = queries.damages_of_orders([order_id for _ticket, order_id in world.orders]).values()
    waiting = [each.id for each in found if each.decided_at is None]
    months = sorted({each.month for each in found})
    for each in waiting:
        settle_damage.decide_damage(each, world.manager, "approved", "")
    for month in months:
        statements.sign_statement(world.roads.id, month, world.manager)
    return len(months)


def test_a_signed_month_is_proven_after_its_days_were_entered_and_taken_back(world):
    first = world.issue()
    world.set_day(3)
    world.pass_heard()
    second = world.issue()
    world.at.shift(2 * DAY)
    world.say(first, "arrive")
    price_breaches()
    proposed = queries.damages_of_orders([first])[first, "arrive", 0].working
    world.drop_days()
    world.set_day(0)
    world.pass_heard()
    world.at.shift(9 * DAY)
    for each in (first, second):
        world.say(each, "done")
        assert state(each) == "passed"
    assert end(world) == 1
    assert verify_figures().differences == []
    assert queries.damages_of_orders([first])[first, "arrive", 0].working == proposed
    assert verify_figures().charged_agorot > 0


#: the more of an act, the more often it is drawn
ACTS = tuple(
    " ".join(
        ("issue " * 3, "close " * 2, "arrive " * 2, "done " * 2, "resume " * 2, "longer drop note sweep pause fail pass")
    ).split()
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.sampled_from((0, 1, 5, 240, 1500))),
    min_size=4,
    max_size=16,
)


def act(world, name, number):
    order_id = world.orders[number % len(world.orders)][1]
    {
        "issue": world.issue,
        "close": lambda: world.set_day(number),
        "longer": lambda: world.set_day(number, "00:00-24:00"),
        "drop": world.drop_days,
        "sweep": price_breaches,
        "pause": lambda: pause_order(order_id, world.clerk, "weather"),
        "resume": lambda: resume_order(order_id, world.clerk),
        "fail": lambda: verify_order.verify_order(order_id, world.clerk, passed=False, finding="not_done"),
        "pass": lambda: verify_order.verify_order(order_id, world.clerk, passed=True),
    }.get(name, lambda: world.say(order_id, name))()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whenever_days_are_entered_and_taken_back_the_figures_are_proven(world, steps):
    world.forget()
    world.at.move_to(SUNDAY)
    promised = {}
    world.issue()
    for name, number, minutes in steps:
        promised.update({each: dues(each) for _ticket, each in world.orders if each not in promised})
        try:
            act(world, name, number)
        except KeshetError:
            db.session.rollback()
        world.at.shift(timedelta(minutes=minutes))
    for ticket_id, order_id in world.orders:
        agree(ticket_id, clock.now())
        has_stood = db.session.scalar(
            text("SELECT count(*) FROM order_pauses WHERE order_id = :id"), {"id": order_id}
        )
        assert has_stood or dues(order_id) == promised.get(order_id, dues(order_id))
    end(world)
    world.set_day(0)
    world.pass_heard()
    assert verify_figures().differences == []
