"""What tests of field visits share: the mayor, managers, a unit's person, and a visit that has begun."""

from __future__ import annotations

import secrets
from datetime import date, timedelta

from service_desk import clock
from service_desk.flow.make_commitment import Promised, make_commitment
from service_desk.flow.plan_visit import Plan, plan_visit
from service_desk.intake.rules import SaidPlace
from service_desk.people import queries
from service_desk.people.rules import Actor, Role


def centre_id(city, number: int) -> int:
    """Return the id of the centre with this number."""
    return next(each.id for each in city.centres.values() if each.number == number)


def mayor() -> Actor:
    """Return the demo's mayor."""
    staff = queries.staff_by_email("mayor@rehovot.example")
    return Actor("staff", staff.id, staff.name, (Role("mayor"),))


def manager(city, number: int = 5) -> Actor:
    """Return the manager of a centre."""
    staff = queries.staff_by_email("manager5@rehovot.example")
    return Actor("staff", staff.id, staff.name, (Role("manager", centre_id(city, number)),))


def today() -> date:
    """Return the city's date."""
    return clock.local(clock.now()).date()


def plan(city, **parts) -> Plan:
    """Return a visit that began an hour ago at centre 5; keyword arguments replace its parts."""
    begun = clock.local(clock.now() - timedelta(hours=1))
    usual = {
        "title": "ישיבה בשכונת מרמורק",
        "day": begun.date(),
        "hour": begun.time().replace(second=0, microsecond=0),
        "place": SaidPlace("address", line="טשרניחובסקי 62"),
        "submission_key": secrets.token_hex(16),
        "is_public": True,
    }
    return Plan(**(usual | parts))


def visit(city, **parts) -> int:
    """Plan a visit as the mayor and return its id."""
    return plan_visit(plan(city, **parts), mayor())


def promised(**parts) -> Promised:
    """Return a commitment as said; keyword arguments replace its parts."""
    usual = {
        "words": "תאורה בשביל לגן",
        "due_on": today() + timedelta(days=30),
        "submission_key": secrets.token_hex(16),
        "to_whom": "רותי, ועד הבית",
        "is_public": True,
    }
    return Promised(**(usual | parts))


def commitment(visit_id: int, **parts) -> int:
    """Make a commitment as the mayor and return its id."""
    return make_commitment(visit_id, promised(**parts), mayor())
