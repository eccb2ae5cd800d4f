"""The blueprint of supervision, who is at it, and what its pages read from a form."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, request
from flask_login import current_user

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.clerk.photos import read_photos
from service_desk.errors import BadInput
from service_desk.work import present_tenant, tenant_id

if TYPE_CHECKING:
    from service_desk.city.models import Unit
    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor

desk = Blueprint("inspector", __name__)


def actor() -> Actor:
    """Return who acts; the guard let nobody else in."""
    return cast("Actor", cast("Any", current_user).actor)


def is_walker() -> bool:
    """Say whether the person walks rounds herself."""
    return actor().has("inspector")


def holder() -> str:
    """Return for whom a phone keeps what was entered."""
    return f"{tenant_id()}-{actor().id}"


@desk.context_processor
def _shell() -> dict[str, Any]:
    # An error page is also shown to nobody in particular, before the authority is known.
    is_known = current_user.is_authenticated and present_tenant() is not None
    return {"is_walker": is_known and is_walker(), "holder": holder() if is_known else ""}


def is_for_a_phone() -> bool:
    """Say whether an answer is read by the phone's outbox."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def own_units() -> list[Unit]:
    """Return the city's own units, which can lead a case."""
    return [unit for unit in city_map().units.values() if unit.kind == "unit"]


def number(name: str, *, lowest: float = -1e18, highest: float = 1e18) -> float | None:
    """Return a field's finite number within the bounds, or None."""
    with suppress(ValueError):
        found = float(request.form.get(name, ""))
        return found if math.isfinite(found) and lowest <= found <= highest else None
    return None


def whole(name: str) -> int | None:
    """Return a field's whole number; None when empty. Raises BadInput."""
    said = request.form.get(name, "").strip()
    if not said:
        return None
    if numbers.whole(said.removeprefix("-")) is None:
        raise BadInput({name: "not_number"})
    return int(said)


def agorot(name: str) -> int | None:
    """Return a field's sum of shekels as agorot; None when empty. Raises BadInput."""
    said = request.form.get(name, "").strip().replace(",", "").replace("₪", "").strip()
    if not said:
        return None
    shekels, _dot, cents = said.partition(".")
    whole_shekels, rest = numbers.whole(shekels, digits=9), numbers.whole(cents.ljust(2, "0"), digits=2)
    if whole_shekels is None or rest is None:
        raise BadInput({name: "amount_range"})
    return whole_shekels * 100 + rest


def day(said: str) -> date | None:
    """Return the day that a date field gives, or None."""
    with suppress(ValueError):
        return date.fromisoformat(said.strip()[:10])
    return None


def instant(name: str) -> datetime | None:
    """Return the instant a phone gives; without a zone it is the city's wall clock. None when it is none."""
    with suppress(ValueError):
        found = datetime.fromisoformat(request.form.get(name, "").strip()[:40])
        return found if found.tzinfo else found.replace(tzinfo=clock.CITY_ZONE)
    return None


def ids(name: str) -> list[int]:
    """Return the ids of a form's ticked boxes."""
    return numbers.wholes(request.form.getlist(name))


def photos(name: str) -> tuple[EncodedPhoto, ...]:
    """Return the photos that came under a name. Raises BadInput when one cannot be read."""
    found, problem = read_photos(request.files.getlist(name))
    if problem:
        raise BadInput({name: problem})
    return tuple(found)
