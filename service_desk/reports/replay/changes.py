"""What may be tried, as values: each kind of change with what it would replace, stored in a proposal as JSON.

`base` names the rows that the change was made on: it is put into force only while they are the ones in force.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]


@dataclass(frozen=True)
class BoundaryChange:
    """Areas with other borders. target: the centre's area that the drawn ground went to, '' when whole areas were uploaded.

    areas, was: {code: GeoJSON geometry} of every area that changes, new and old; moved: the ground that changes hands;
    base: {code: id of the area's version}; residents: {code: estimate of its residents after, or None}.
    """

    target: str
    areas: Mapping[str, Json]
    was: Mapping[str, Json]
    moved: Json
    moved_m2: int
    base: Mapping[str, int]
    residents: Mapping[str, int | None]

    kind = "boundary"


@dataclass(frozen=True)
class SlaChange:
    """Another standard of a type. Minutes are open time on the calendar; was_…: the version (base) that it would replace."""

    service_code: str
    resolve_minutes: int
    reopened_minutes: int
    calendar_code: str
    was_resolve_minutes: int
    was_reopened_minutes: int
    was_calendar_code: str
    base: int

    kind = "sla"


@dataclass(frozen=True)
class HoursChange:
    """Other opening hours of a centre. windows, was: [[weekday 0=Monday, opens minute, closes minute], …]; base: the calendar's version."""

    centre_id: int
    windows: list[list[int]]
    was: list[list[int]]
    base: int

    kind = "hours"


@dataclass(frozen=True)
class ContractAreaChange:
    """Contracts that would serve other areas. contract: the one that was chosen; areas, was: {contract: codes, None = the whole city}.

    base: {contract: version}.
    """

    contract: str
    areas: Mapping[str, list[str] | None]
    was: Mapping[str, list[str] | None]
    base: Mapping[str, int]

    kind = "contract_area"


Change = BoundaryChange | SlaChange | HoursChange | ContractAreaChange
_KINDS: dict[str, type[Change]] = {
    each.kind: each for each in (BoundaryChange, SlaChange, HoursChange, ContractAreaChange)
}


def to_json(change: Change) -> Json:
    """Return the JSON object that `from_json` reads back."""
    return asdict(change)


def from_json(kind: str, content: Json) -> Change:
    """Return a stored change. Raises KeyError for an unknown kind."""
    return _KINDS[kind](**content)
