"""A believable past of supervision: a dozen cases at every stage, rounds that were walked, today's and tomorrow's."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.queries.orders import to_verify
from service_desk.extensions import db
from service_desk.flow.handle_case import usual_unit
from service_desk.flow.new_stops import along_the_way, case_stops_of, order_stops_of
from service_desk.people import queries as people
from service_desk.people.rules import Actor
from service_desk.supervision.actions import cases as case_actions
from service_desk.supervision.actions import rounds as round_actions
from service_desk.supervision.actions.rounds import NewStop
from service_desk.supervision.models import Case
from service_desk.supervision.queries import cases, rounds
from service_desk.supervision.rules.cases import CaseAct, step_of
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.supervision.queries.rounds import Checks

_WORDS = Path(__file__).with_name("supervision.json")
#: days ago of the rounds that were walked, by each inspector
WALKED = (2, 5, 9, 13, 20)
STOPS = 6


@dataclass
class _Stage:
    """Who and what the past is made of."""

    chance: random.Random
    now: datetime
    inspectors: list[Actor]
    places: list[NewStop]
    tickets: list[Ticket]


def seed_supervision(seed: int = 1) -> int:
    """Write the cases and rounds of the present authority and return how many cases; 0 when there are some already.

    The same seed draws the same. Written by the slice's own actions, dated back, so every chain holds.
    """
    with transaction():
        if db.session.scalar(select(Case.id).where(Case.authority_id == tenant_id()).limit(1)) is not None:
            return 0
        stage = _set(seed)
        if not stage.inspectors or not stage.tickets:
            return 0
        lives = json.loads(_WORDS.read_text())
        for number, life in enumerate(lives, cases.next_number()):
            _live(stage, life, number)
        db.session.flush()
        for inspector in stage.inspectors:
            _walk_back(stage, inspector)
        db.session.flush()
        _plan_ahead(stage)
        return len(lives)


def _set(seed: int) -> _Stage:
    now = clock.now().replace(microsecond=0)
    known = {each.code: each.id for each in rounds.checklists().values() if each.is_in_force}
    places = [
        NewStop("place", str(spot.name.get("he", "")), spot.lon, spot.lat, known["playground" if spot.kind == "neighbourhood" else "street"])
        for spot in city_map().places.values()
        if spot.kind in {"neighbourhood", "landmark", "community_centre"}
    ]  # fmt: skip
    codes = {item.service_code for each in rounds.checklists().values() for item in each.items}
    recent = select(Ticket).where(
        Ticket.authority_id == tenant_id(),
        Ticket.service_code.in_(sorted(code for code in codes if code)),
        Ticket.opened_at > now - timedelta(days=max(WALKED) + 10),
        Ticket.lon.is_not(None),
        Ticket.area_code.is_not(None),
    )
    found = list(db.session.scalars(recent.order_by(Ticket.opened_at.desc(), Ticket.id).limit(400)))
    inspectors = [Actor("staff", staff_id, name) for staff_id, name in people.inspectors()]
    return _Stage(random.Random(seed), now, inspectors, places, found)  # noqa: S311 — no secret


def _live(stage: _Stage, life: dict[str, Any], number: int) -> None:
    """Let a case live: opened so many days ago, then act by act."""
    ticket = stage.tickets[(number * 7) % len(stage.tickets)]
    actor = stage.inspectors[number % len(stage.inspectors)]
    opened = _working(stage, life["days_ago"])
    values = {
        "kind": life["kind"],
        "subject": life["subject"],
        "centre_id": ticket.centre_id,
        "unit_id": usual_unit(life["kind"]),
        "address": ticket.address,
        "lon": ticket.lon,
        "lat": ticket.lat,
    }
    data = {
        "case_kind": life["kind"],
        "subject": life["subject"],
        "address": ticket.address,
        "words": life["words"],
    }
    case = case_actions.open_case(values, number, actor, data, opened)
    for verb, days, said in life["acts"]:
        at = min(max(opened + timedelta(days=days, minutes=stage.chance.randrange(240)), opened), stage.now)
        step = step_of(CaseAct(verb, **said), case.state, case.next_at, at)
        case_actions.act(case, step, actor, at, step.data)
    if case.is_open and life.get("is_taken"):
        case_actions.take(case, actor, stage.now - timedelta(hours=2))


def _working(stage: _Stage, days_ago: float) -> datetime:
    """Return an instant of a morning so many days ago."""
    day = clock.local(stage.now - timedelta(days=days_ago))
    at = day.replace(hour=8 + stage.chance.randrange(5), minute=stage.chance.randrange(60), second=0)
    return min(at, clock.local(stage.now)).astimezone(stage.now.tzinfo)


def _walk_back(stage: _Stage, inspector: Actor) -> None:
    for days_ago in WALKED:
        start = _working(stage, days_ago)
        seen = [each for each in stage.tickets if each.opened_at < start][: STOPS * 6]
        found = stage.chance.sample(seen, min(2, len(seen)))
        fine = stage.chance.sample(stage.places, min(STOPS - len(found), len(stage.places)))
        by_place: dict[tuple[float | None, float | None], Ticket] = {}
        stops = list(fine)
        for ticket in found:
            checks = _checks_for(ticket.service_code)
            stops.append(NewStop("place", ticket.address, ticket.lon, ticket.lat, checks.id))
            by_place[ticket.lon, ticket.lat] = ticket
        _walk(stage, inspector, along_the_way(stops), by_place, start)


def _checks_for(service_code: str) -> Checks:
    return next(
        each
        for each in rounds.checklists().values()
        if any(item.service_code == service_code for item in each.items)
    )


def _walk(
    stage: _Stage,
    inspector: Actor,
    stops: Sequence[NewStop],
    by_place: dict[tuple[float | None, float | None], Ticket],
    start: datetime,
) -> None:
    """Write a round that was walked: fine where nothing is known, a finding where a ticket is."""
    walk = _round(stage, inspector, start, start - timedelta(days=1))
    round_actions.start(walk, start)
    at, made = start, round_actions.add_stops(walk.id, stops, 1)
    for stop in made:
        at = min(at + timedelta(minutes=12 + stage.chance.randrange(15)), stage.now)
        ticket = by_place.get((stop.lon, stop.lat))
        items = rounds.checklist(stop.checklist_id).items
        answers = {
            item.code: "bad" if ticket and item.service_code == ticket.service_code else "ok"
            for item in items
        }
        seen = {
            "result": "finding" if ticket else "ok",
            "answers": answers,
            "words": ticket.summary[:200] if ticket else "",
            "visited_lon": stop.lon,
            "visited_lat": stop.lat,
            "ticket_ids": [ticket.id] if ticket else [],
        }
        round_actions.visit(stop, f"demo-{stop.id}", seen, at)
    round_actions.end(walk, made, min(at + timedelta(minutes=5), stage.now))


def _round(stage: _Stage, inspector: Actor, day: datetime, planned: datetime) -> Any:
    name = stage.chance.choice(("סיור בוקר", "סיור גנים ורחובות", "סיור שבועי", "סיור אחרי תלונות"))
    values = {
        "name": name,
        "day": clock.local(day).date(),
        "centre_id": None,
        "inspector_id": inspector.id,
        "submission_key": None,
    }
    return round_actions.add_round(values, Actor("system"), planned)


def _plan_ahead(stage: _Stage) -> None:
    """Plan today's and tomorrow's rounds: places, what waits to be checked, cases that need a look."""
    orders = order_stops_of(each.order_id for each in to_verify(limit=8))
    soon = cases.cases(cases.CaseFilter(due_by=stage.now + timedelta(days=4)), limit=6)
    due = case_stops_of(case.id for case in soon)
    for turn, inspector in enumerate(stage.inspectors):
        for days in (0, 1):
            part = slice(turn * 2 + days, None, len(stage.inspectors) * 2)
            stops = [*stage.chance.sample(stage.places, 4), *orders[part], *due[part]]
            day = stage.now + timedelta(days=days)
            walk = _round(stage, inspector, day, stage.now - timedelta(hours=18))
            round_actions.add_stops(walk.id, along_the_way(stops), 1)
