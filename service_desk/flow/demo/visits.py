"""A believable past of field visits: five that took place, one that comes, and what was promised at them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.community import actions
from service_desk.community.models import Visit
from service_desk.community.rules import Act, changes_of
from service_desk.extensions import db
from service_desk.people.queries import staff_by_email
from service_desk.people.rules import Actor, Role
from service_desk.tickets.models import Ticket
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.city.models import Place
    from service_desk.community.models import Commitment

_WORDS = Path(__file__).with_name("visits.json")
_MAYOR = "mayor@rehovot.example"
#: a meeting takes so long; acts of later days are done in the morning
_MEETING = timedelta(minutes=90)
_MORNING = time(10, 20)


def seed_visits() -> int:
    """Write the visits of the present authority and return how many commitments; 0 when there are some already.

    Written by the slice's own actions, dated back, so that every history is whole.
    """
    with transaction():
        if db.session.scalar(select(Visit.id).where(Visit.authority_id == tenant_id()).limit(1)) is not None:
            return 0
        staff = staff_by_email(_MAYOR)
        if staff is None:
            return 0
        mayor = Actor("staff", staff.id, staff.name, (Role("mayor"),))
        return sum(_live(number, life, mayor) for number, life in enumerate(json.loads(_WORDS.read_text())))


def _day(days: int, at: time) -> datetime:
    """Return the instant of an hour so many days from today, on the city's clock."""
    today = clock.local(clock.now()).date()
    return datetime.combine(today + timedelta(days=days), at, tzinfo=clock.CITY_ZONE).astimezone(UTC)


def _live(number: int, life: Mapping[str, Any], mayor: Actor) -> int:
    city = city_map()
    spot = next(each for each in city.places.values() if each.name.get("he") == life["place"])
    area = city.index.locate(spot.lon, spot.lat).area_code
    centre = city.centre_of_area(area) if area else city.default_centre
    at = _day(life["days"], time.fromisoformat(life["hour"]))
    visit = actions.add_visit(
        _values(life, spot, at) | {"centre_id": centre.id, "submission_key": f"demo-{number}"},
        mayor,
        at - timedelta(days=12),
    )
    # Why flush: its commitments' foreign key.
    db.session.flush()
    if life["commitments"]:
        actions.change_visit(visit, {"state": "held"})
    for order, said in enumerate(life["commitments"]):
        _promise(visit, order, said, mayor)
    return len(life["commitments"])


def _values(life: Mapping[str, Any], spot: Place, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "title": life["title"],
        "place": life["place"],
        "lon": spot.lon,
        "lat": spot.lat,
        "words": life["words"],
        "is_public": True,
    }


def _promise(visit: Visit, order: int, said: Mapping[str, Any], mayor: Actor) -> None:
    city = city_map()
    unit = city.unit_by_code(said["unit"] or "")
    made_at = visit.at + _MEETING / 2 + timedelta(minutes=6 * order)
    values = {
        "visit_id": visit.id,
        "centre_id": visit.centre_id,
        "unit_id": unit.id if unit else None,
        "words": said["words"],
        "to_whom": said["to_whom"],
        "is_public": True,
        "due_on": clock.local(_day(said["due"], _MORNING)).date(),
        "ticket_id": _ticket(visit, said.get("service", ""), made_at),
        "submission_key": f"demo-{visit.id}-{order}",
    }
    commitment = actions.make(values, mayor, made_at)
    for act in said["acts"]:
        _act(commitment, act, mayor)


def _act(commitment: Commitment, said: list[Any], mayor: Actor) -> None:
    kind, days, words = said[:3]
    at = _day(days, _MORNING)
    due_on = clock.local(_day(said[3], _MORNING)).date() if kind == "moved" else None
    act = Act(kind, words, due_on)
    present = {
        "state": commitment.state,
        "due_on": commitment.due_on,
        "unit_id": commitment.unit_id,
        "ticket_id": commitment.ticket_id,
    }
    changes, data = changes_of(act, present, clock.local(at).date())
    actions.act(commitment, kind, changes, data, words, mayor, at)


def _ticket(visit: Visit, service_code: str, at: datetime) -> int | None:
    """Return a ticket of the type at the visit's centre, the last one opened before it; None when there is none."""
    if not service_code:
        return None
    query = select(Ticket.id).where(
        Ticket.authority_id == tenant_id(),
        Ticket.service_code == service_code,
        Ticket.centre_id == visit.centre_id,
        Ticket.opened_at < at,
        Ticket.merged_into_id.is_(None),
    )
    return db.session.scalar(query.order_by(Ticket.opened_at.desc(), Ticket.id).limit(1))
