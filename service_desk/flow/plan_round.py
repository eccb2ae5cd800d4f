"""An inspector's round is planned: for a day and a person, through places, orders and cases, along a short way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, InvalidMove, NotAllowed, NotFound
from service_desk.flow.new_stops import along_the_way, point_of, with_present_checks
from service_desk.intake.rules import clean_text
from service_desk.people import queries as people
from service_desk.supervision.actions import rounds as actions
from service_desk.supervision.queries import rounds as queries
from service_desk.supervision.queries import stops as stop_queries
from service_desk.supervision.rules.ways import short_way
from service_desk.supervision.rules.who import may_supervise
from service_desk.work import one_at_a_time, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from service_desk.people.rules import Actor
    from service_desk.supervision.actions.rounds import NewStop
    from service_desk.supervision.models import Round, RoundStop

#: stops of one round: more than a day holds
MOST_STOPS = 40
#: days ahead a round may be planned
AHEAD_DAYS = 180


@dataclass(frozen=True)
class Plan:
    """A round as the form asks for it. centre_id None: the whole city."""

    name: str
    day: date | None
    inspector_id: int | None
    submission_key: str
    centre_id: int | None = None
    stops: tuple[NewStop, ...] = ()


def plan_round(plan: Plan, actor: Actor) -> int:
    """Plan a round, its stops along a short way, and return its id; the same form twice plans one.

    Raises NotAllowed, BadInput.
    """
    _require(actor)
    now = clock.now()
    name = clean_text(plan.name, 120).replace("\n", " ")
    problems = _problems(plan, name, clock.local(now).date())
    if problems:
        raise BadInput(problems)
    with transaction():
        # A double press: the second waits here until the first one's round is there.
        one_at_a_time(plan.submission_key)
        found = queries.by_key(plan.submission_key)
        if found is not None:
            return found.id
        values = {
            "name": name,
            "day": plan.day,
            "centre_id": plan.centre_id,
            "inspector_id": plan.inspector_id,
            "submission_key": plan.submission_key,
        }
        made = actions.add_round(values, actor, now)
        round_id = made.id
        actions.add_stops(round_id, along_the_way(with_present_checks(plan.stops)), 1)
    return round_id


def _require(actor: Actor) -> None:
    if not may_supervise(actor, "plan_round"):
        raise NotAllowed


def _problems(plan: Plan, name: str, today: date) -> dict[str, str]:
    problems = {}
    if not name:
        problems["name"] = "required"
    if plan.day is None:
        problems["day"] = "required"
    elif not today <= plan.day <= today + timedelta(days=AHEAD_DAYS):
        problems["day"] = "day_range"
    if plan.inspector_id is None or not people.is_inspector(plan.inspector_id):
        problems["inspector"] = "required"
    if plan.centre_id is not None and plan.centre_id not in city_map().centres:
        problems["centre"] = "required"
    if not plan.submission_key:
        problems["key"] = "required"
    return problems | _stop_problems(plan.stops, 0)


def _stop_problems(stops: Sequence[NewStop], there: int) -> dict[str, str]:
    if not stops:
        return {"stops": "no_stops"}
    if len(stops) + there > MOST_STOPS:
        return {"stops": "too_many_stops"}
    if any(stop.kind == "place" and queries.present_checklist(stop.checklist_id) is None for stop in stops):
        return {"stops": "no_checklist"}
    return {}


def add_stops(round_id: int, stops: Sequence[NewStop], actor: Actor) -> None:
    """Add stops at the end of a round that is not over. Raises NotAllowed, NotFound, InvalidMove, BadInput."""
    _require(actor)
    with transaction():
        walk = _open_round(round_id)
        there = stop_queries.stops_to_order(walk.id)
        problems = _stop_problems(stops, len(there))
        if problems:
            raise BadInput(problems)
        actions.add_stops(walk.id, along_the_way(with_present_checks(stops)), len(there) + 1)


def order_stops(round_id: int, actor: Actor) -> None:
    """Put the stops not yet visited along a short way from the last one visited. Raises as `add_stops`."""
    _require(actor)
    now = clock.now()
    with transaction():
        walk = _open_round(round_id)
        stops = stop_queries.stops_to_order(walk.id)
        visited = sorted(
            (each for each in stops if each.visited_at), key=lambda each: (each.visited_at or now, each.seq)
        )
        ahead = [each for each in stops if not each.visited_at]
        order = short_way([point_of(each) for each in ahead], point_of(visited[-1]) if visited else None)
        actions.number_stops([*visited, *(ahead[n] for n in order)])


def move_stop(round_id: int, stop_id: int, by: int, actor: Actor) -> None:
    """Move a stop up (by −1) or down (by 1) on the way; at its end nothing changes. Raises as `add_stops`."""
    _require(actor)
    with transaction():
        walk = _open_round(round_id)
        stops = stop_queries.stops_to_order(walk.id)
        at = _position(stops, stop_id)
        to = min(max(at + by, 0), len(stops) - 1)
        stops.insert(to, stops.pop(at))
        actions.number_stops(stops)


def remove_stop(round_id: int, stop_id: int, actor: Actor) -> None:
    """Take a stop that nobody has visited off the way. Raises as `add_stops`."""
    _require(actor)
    with transaction():
        walk = _open_round(round_id)
        stops = stop_queries.stops_to_order(walk.id)
        stop = stops.pop(_position(stops, stop_id))
        if stop.visited_at is not None:
            raise InvalidMove("stop_visited")
        actions.drop_stop(stop)
        actions.number_stops(stops)


def cancel_round(round_id: int, actor: Actor) -> None:
    """Say that a round nobody has begun will not be walked. Raises NotAllowed, NotFound, InvalidMove."""
    _require(actor)
    now = clock.now()
    with transaction():
        walk = queries.round_or_404(round_id, is_locked=True)
        if walk.state != "planned":
            raise InvalidMove("round_over")
        actions.cancel(walk, now)


def _open_round(round_id: int) -> Round:
    """Return the round locked, so that two who change its way come one after the other."""
    walk = queries.round_or_404(round_id, is_locked=True)
    if walk.state not in {"planned", "walking"}:
        raise InvalidMove("round_over")
    return walk


def _position(stops: Sequence[RoundStop], stop_id: int) -> int:
    found = next((n for n, each in enumerate(stops) if each.id == stop_id), None)
    if found is None:
        raise NotFound
    return found
