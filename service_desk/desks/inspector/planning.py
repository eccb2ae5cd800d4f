"""The form that plans a round, or adds stops to one: what can be chosen, and what was."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import render_template, request

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.contractors.queries.orders import to_verify
from service_desk.desks import numbers
from service_desk.desks.inspector import words
from service_desk.desks.inspector.door import actor, day, ids
from service_desk.errors import BadInput, NotAllowed
from service_desk.flow import new_stops
from service_desk.flow.plan_round import Plan
from service_desk.people import queries as people
from service_desk.supervision.actions.rounds import NewStop
from service_desk.supervision.queries import cases, rounds, stops
from service_desk.supervision.queries.cases import CaseFilter
from service_desk.supervision.rules.who import may_supervise

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.supervision.models import Round

#: what the form offers at most of each kind
OFFERED = 30
#: findings are offered again for so long (days), and cases when somebody must look within so many
AGAIN_DAYS, DUE_DAYS = 45, 3
MOST_LINES = 40


@dataclass
class Typed:
    """The form as it stands. lines: addresses, one a line."""

    name: str = ""
    day: str = ""
    inspector: str = ""
    centre: str = ""
    key: str = ""
    lines: str = ""
    checklist: str = ""
    place_checklist: str = ""
    places: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)


def read_typed() -> Typed:
    """Return the form from the request, or a fresh one for tomorrow."""
    if request.method == "GET":
        tomorrow = clock.local(clock.now()).date() + timedelta(days=1)
        return Typed(day=tomorrow.isoformat(), key=secrets.token_hex(16))
    given = request.form
    return Typed(
        name=given.get("name", "")[:120],
        day=given.get("day", "")[:10],
        inspector=given.get("inspector", "")[:20],
        centre=given.get("centre", "")[:20],
        key=given.get("key", "")[:64],
        lines=given.get("lines", "")[:4000],
        checklist=given.get("checklist", "")[:20],
        place_checklist=given.get("place_checklist", "")[:20],
        places=ids("place"),
        orders=ids("order"),
        cases=ids("case"),
        again=ids("again"),
    )


def plan_of(typed: Typed) -> Plan:
    """Return the plan that the form asks for. Raises BadInput for an address that leads nowhere."""
    return Plan(
        name=typed.name,
        day=day(typed.day),
        inspector_id=numbers.whole(typed.inspector),
        submission_key=typed.key,
        centre_id=numbers.whole(typed.centre),
        stops=tuple(stops_of(typed)),
    )


def stops_of(typed: Typed) -> list[NewStop]:
    """Return the stops that the form asks for. Raises BadInput for an address that leads nowhere; it comes first then."""
    lines = [line.strip() for line in typed.lines.splitlines() if line.strip()][:MOST_LINES]
    found = {line: new_stops.place_stop(line, numbers.whole(typed.checklist) or 0) for line in lines}
    lost = [line for line in lines if found[line] is None]
    if lost:
        typed.lines = "\n".join([*lost, *(line for line in lines if line not in lost)])
        raise BadInput({"lines": "address_unknown"})
    known = city_map().places
    checklist_id = numbers.whole(typed.place_checklist)
    spots = [known[each] for each in typed.places if each in known]
    return [
        *(NewStop("place", str(spot.name.get("he", "")), spot.lon, spot.lat, checklist_id) for spot in spots),
        *(each for each in found.values() if each is not None),
        *new_stops.again_stops_of(typed.again),
        *new_stops.order_stops_of(typed.orders),
        *new_stops.case_stops_of(typed.cases),
    ]


def page(
    typed: Typed, problems: dict[str, str], status: int, *, walk: Round | None = None
) -> ResponseReturnValue:
    """Show the form. walk: the round that stops are added to; None for a new one. Raises NotAllowed."""
    if not may_supervise(actor(), "plan_round"):
        raise NotAllowed
    now = clock.now()
    orders, planned = stops.on_the_way()
    waiting = [each for each in to_verify(limit=OFFERED * 2) if each.order_id not in orders]
    due = cases.cases(CaseFilter(due_by=now + timedelta(days=DUE_DAYS)), limit=OFFERED * 2)
    city = city_map()
    return render_template(
        "inspector/round_form.html",
        typed=typed,
        walk=walk,
        problems={name: words.problem(code) for name, code in problems.items()},
        inspectors=people.inspectors() if walk is None else [],
        centres=sorted(city.centres.values(), key=lambda each: each.number),
        checklists=[each for each in rounds.newest_checklists() if each.is_in_force],
        places=sorted(city.places.values(), key=lambda each: (each.kind, each.name.get("he", ""))),
        waiting=waiting[:OFFERED],
        services=catalogue().types,
        due=[each for each in due if each.id not in planned][:OFFERED],
        again=[
            each
            for each in stops.recent_findings(now - timedelta(days=AGAIN_DAYS))
            if rounds.present_checklist(each.checklist_id)
        ],
        words=words,
    ), status
