"""A field visit is planned, changed, held or called off. A double press plans one; of two at once the second is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.community import actions, meetings
from service_desk.community.rules import may_hold, may_promise
from service_desk.errors import BadInput, InvalidMove, NotAllowed
from service_desk.intake.rules import SaidPlace, clean_text
from service_desk.routing import queries as routes
from service_desk.work import one_at_a_time, transaction

if TYPE_CHECKING:
    from datetime import date, time

    from service_desk.people.rules import Actor
    from service_desk.routing.rules import Placed

TITLE_CHARS = 120
WORDS_CHARS = 4000
#: a visit may be written down so many days after it took place, and planned so many ahead
BACK_DAYS, AHEAD_DAYS = 366, 366


@dataclass(frozen=True)
class Plan:
    """A visit as the form asks for it. day, hour: on the city's clock; place: as said; centre_id: None takes the place's."""

    title: str
    day: date | None
    hour: time | None
    place: SaidPlace
    submission_key: str = ""
    centre_id: int | None = None
    words: str = ""
    is_public: bool = False


def plan_visit(plan: Plan, actor: Actor) -> int:
    """Plan a visit and return its id; the same form twice plans one. Raises NotAllowed, BadInput."""
    if not may_hold(actor, None):
        raise NotAllowed
    now = clock.now()
    values = _values(plan, actor, now)
    if not plan.submission_key:
        raise BadInput({"key": "required"})
    with transaction():
        # A double press: the second waits here until the first one's visit is there.
        one_at_a_time(plan.submission_key)
        found = meetings.visit_by_key(plan.submission_key)
        if found is not None:
            return found.id
        made = actions.add_visit(values | {"submission_key": plan.submission_key}, actor, now)
        return made.id


def change_visit(visit_id: int, seen: int, plan: Plan, actor: Actor) -> None:
    """Change what is known of a visit that was not called off. Raises NotAllowed, NotFound, StaleVersion, InvalidMove, BadInput."""
    now = clock.now()
    with transaction():
        visit = meetings.lock_visit(visit_id, seen)
        if not may_hold(actor, visit.centre_id):
            raise NotAllowed
        if visit.state == "cancelled":
            raise InvalidMove("visit_state")
        values = _values(plan, actor, now)
        counts = meetings.counts_by_visit([visit_id], clock.local(now).date())
        if values["centre_id"] != visit.centre_id and counts:
            raise BadInput({"centre": "has_commitments"})
        if visit.state == "held" and values["at"] > now + timedelta(days=1):
            raise BadInput({"day": "was_held"})
        actions.change_visit(visit, values)


def hold_visit(visit_id: int, seen: int, actor: Actor) -> None:
    """Say that the meeting took place. Raises NotAllowed, NotFound, StaleVersion, InvalidMove."""
    now = clock.now()
    with transaction():
        visit = meetings.lock_visit(visit_id, seen)
        if not may_hold(actor, visit.centre_id):
            raise NotAllowed
        if visit.state != "planned" or not may_promise(visit.state, visit.at, now):
            raise InvalidMove("visit_state")
        actions.change_visit(visit, {"state": "held"})


def call_off_visit(visit_id: int, seen: int, actor: Actor) -> None:
    """Say that a planned meeting will not take place. Raises NotAllowed, NotFound, StaleVersion, InvalidMove."""
    with transaction():
        visit = meetings.lock_visit(visit_id, seen)
        if not may_hold(actor, visit.centre_id):
            raise NotAllowed
        if visit.state != "planned":
            raise InvalidMove("visit_state")
        actions.change_visit(visit, {"state": "cancelled"})


def _values(plan: Plan, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return the columns that the form speaks of. Raises BadInput, NotAllowed."""
    title = " ".join(clean_text(plan.title, TITLE_CHARS).split())
    line = clean_text(plan.place.line, 200)
    placed = routes.place(_known(plan.place)) if plan.place.kind in {"pin", "address"} else None
    centre_id, problems = _centre(plan, placed)
    if not title:
        problems["title"] = "required"
    if not line and (placed is None or placed.lat is None):
        problems["line"] = "required"
    problems |= _when_problems(plan, clock.local(now).date())
    if problems or plan.day is None or plan.hour is None:
        raise BadInput(problems)
    if not may_hold(actor, centre_id):
        raise NotAllowed
    return {
        "centre_id": centre_id,
        "at": _instant(plan.day, plan.hour),
        "title": title,
        "place": line or (placed.address if placed else ""),
        "lon": placed.lon if placed else None,
        "lat": placed.lat if placed else None,
        "words": clean_text(plan.words, WORDS_CHARS),
        "is_public": plan.is_public,
    }


def _known(said: SaidPlace) -> SaidPlace:
    """Return a place that was said by the name of a known one as that one."""
    if said.kind != "address":
        return said
    line, places = said.line.strip(), city_map().places
    spot = next((place_id for place_id, each in places.items() if line in each.name.values()), None)
    return said if spot is None else SaidPlace("place", line=line, place_id=spot)


def _when_problems(plan: Plan, today: date) -> dict[str, str]:
    problems = {}
    if plan.day is None:
        problems["day"] = "required"
    elif not today - timedelta(days=BACK_DAYS) <= plan.day <= today + timedelta(days=AHEAD_DAYS):
        problems["day"] = "visit_range"
    if plan.hour is None:
        problems["hour"] = "required"
    return problems


def _centre(plan: Plan, placed: Placed | None) -> tuple[int, dict[str, str]]:
    """Return the centre chosen, or the place's own, and what is wrong."""
    city = city_map()
    if placed is not None and placed.reason == "outside_boundary":
        return 0, {"line": "outside_boundary"}
    if plan.centre_id is not None:
        return plan.centre_id, {} if plan.centre_id in city.centres else {"centre": "required"}
    if placed is not None and placed.area_code is not None:
        return city.centre_of_area(placed.area_code).id, {}
    return 0, {"centre": "required"}


def _instant(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=clock.CITY_ZONE).astimezone(clock.now().tzinfo)
