"""The clerk's blueprint, who is at the desk, and what the desk keeps in memory for a moment."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint
from flask_login import current_user

from service_desk.people import queries as people
from service_desk.work import ForAMoment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.people.rules import Actor

desk = Blueprint("clerk", __name__)
#: how old the roster of staff may be (s)
ROSTER_SECONDS = 30.0
#: how old the counts beside the views may be (s)
COUNT_SECONDS = 3.0

counts_kept: ForAMoment[dict[str, int]] = ForAMoment(COUNT_SECONDS)
#: the roster, and the names by id, which a page asks for once a line
_roster: ForAMoment[tuple[list[tuple[int, str, frozenset[int]]], Mapping[int, str]]] = ForAMoment(
    ROSTER_SECONDS
)


def actor() -> Actor:
    """Return who is at the desk; the guard let nobody else in."""
    return cast("Actor", cast("Any", current_user).actor)


def roster() -> list[tuple[int, str, frozenset[int]]]:
    """Return (id, name, centres served) of the authority's active staff, by name."""
    return _roster.get("all", _load_roster)[0]


def staff_names() -> Mapping[int, str]:
    """Return {staff id: name}."""
    return _roster.get("all", _load_roster)[1]


def _load_roster() -> tuple[list[tuple[int, str, frozenset[int]]], Mapping[int, str]]:
    rows = people.roster()
    return rows, MappingProxyType({staff_id: name for staff_id, name, _centres in rows})
