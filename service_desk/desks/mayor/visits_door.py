"""The blueprint of field visits, who is at it, and what its forms say. Units enter too: they see what they have to keep."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date, time
from typing import TYPE_CHECKING

from flask import Blueprint, request

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.community import meetings, queries
from service_desk.community.rules import may_hold, may_see_all
from service_desk.desks import numbers
from service_desk.desks.filters import by_language
from service_desk.desks.mayor.door import actor
from service_desk.desks.promised import shown
from service_desk.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from service_desk.city.models import Centre, Unit
    from service_desk.community.models import Visit
    from service_desk.desks.promised import Shown

visits = Blueprint("visits", __name__)


def today() -> date:
    """Return the city's date."""
    return clock.local(clock.now()).date()


def own_units() -> frozenset[int] | None:
    """Return the units whose commitments alone the reader sees; None for management, who sees all."""
    return None if may_see_all(actor()) else actor().unit_ids


def read_visit(visit_id: int) -> tuple[Visit, list[Shown]]:
    """Return the visit and what was promised there, as far as the reader may know. Raises NotFound."""
    visit, units = meetings.visit_or_404(visit_id), own_units()
    lines = queries.commitments(visit_id=visit_id, unit_ids=units)
    if units is not None and not lines:
        raise NotFound
    return visit, [shown(each, today()) for each in lines]


def require_holder(centre_id: int | None) -> None:
    """Let only those on who may answer for visits at the centre (None: at some centre). Raises NotAllowed."""
    if not may_hold(actor(), centre_id):
        raise NotAllowed


def may_read_whom(each: Shown) -> bool:
    """Say whether the reader may see to whom it was promised: whoever answers for it, or has to keep it."""
    return may_hold(actor(), each.row.centre_id) or each.row.unit_id in actor().unit_ids


def own_centres() -> list[Centre]:
    """Return the centres at which the actor may plan visits."""
    return [each for each in city_map().centres.values() if may_hold(actor(), each.id)]


def city_units() -> list[Unit]:
    """Return the city's own units."""
    return [unit for unit in city_map().units.values() if unit.kind == "unit"]


def keepers(centre_id: int) -> list[tuple[str, str]]:
    """Return who can keep a commitment, for a list: the centre first, then the city's units."""
    centre = city_map().centres[centre_id]
    return [
        ("", str(by_language(centre.name))),
        *((str(unit.id), str(by_language(unit.name))) for unit in city_units()),
    ]


def field_day(name: str) -> date | None:
    """Return the day that a date field gives, or None."""
    with suppress(ValueError):
        return date.fromisoformat(request.form.get(name, "").strip()[:10])
    return None


def field_hour(name: str) -> time | None:
    """Return the hour that a time field gives, or None."""
    with suppress(ValueError):
        found = time.fromisoformat(request.form.get(name, "").strip()[:5])
        return found.replace(tzinfo=None)
    return None


def field_id(name: str) -> int | None:
    """Return the id that a field gives; None for none. What is no id is one that there is not: −1."""
    said = request.form.get(name, "").strip()
    if not said:
        return None
    number = numbers.whole(said)
    return -1 if number is None else number


def field_number(name: str, limit: float) -> float | None:
    """Return a finite number between −limit and limit, or None."""
    with suppress(ValueError):
        found = float(request.form.get(name, ""))
        return found if math.isfinite(found) and abs(found) <= limit else None
    return None


def seen() -> int:
    """Return the version that the form was made from; a form without one is answered like a late one."""
    return request.form.get("seen", -1, type=int)
