"""Who is on the stage of the tests of supervision, and short ways to set a scene."""

from __future__ import annotations

import secrets

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.extensions import db
from service_desk.flow.handle_case import NewCase, open_case
from service_desk.flow.new_stops import place_stop
from service_desk.flow.plan_round import Plan, plan_round
from service_desk.intake.rules import SaidPlace
from service_desk.people import queries as people
from service_desk.people.rules import Actor, Role
from service_desk.supervision.queries import rounds
from service_desk.supervision.queries.cases import events_of

STREET = "טשרניחובסקי 62"


def person(email: str) -> Actor:
    """Return a demo person as an actor, with her real roles."""
    staff = people.staff_by_email(f"{email}@rehovot.example")
    rows = db.session.execute(
        db.text("SELECT role, centre_id, unit_id FROM memberships WHERE staff_id = :id"), {"id": staff.id}
    )
    roles = tuple(Role(*row) for row in rows)
    kind = "contractor" if all(role.name == "contractor" for role in roles) else "staff"
    found = Actor(kind, staff.id, staff.name, roles)
    db.session.rollback()
    return found


def checks_of(code: str) -> rounds.Checks:
    """Return a checklist by its code."""
    return next(each for each in rounds.checklists().values() if each.code == code)


def case_of(actor: Actor, **parts) -> int:
    """Open a case; keyword arguments replace its parts."""
    usual = {
        "kind": "public_space",
        "subject": "דוכן על המדרכה",
        "place": SaidPlace("address", line=STREET),
        "submission_key": secrets.token_hex(8),
    }
    return open_case(NewCase(**(usual | parts)), actor)


def round_of(
    planner: Actor, inspector: Actor, *, code: str = "waste_point", lines=(STREET,), stops=()
) -> int:
    """Plan a round for today, at these addresses with this checklist, and these other stops."""
    made = [place_stop(line, checks_of(code).id) for line in lines]
    day = clock.local(clock.now()).date()
    plan = Plan("סיור בוקר", day, inspector.id, secrets.token_hex(8), stops=(*made, *stops))
    return plan_round(plan, planner)


def elsewhere(n: int = 0) -> SaidPlace:
    """Return another place of the city, far from STREET."""
    return SaidPlace("place", place_id=sorted(city_map().places)[n])


def kinds_of(case_id: int) -> list[str]:
    """Return the kinds of a case's events."""
    db.session.rollback()
    return [event.kind for event in events_of(case_id)]
