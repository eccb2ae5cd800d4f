"""Pure values of routing: the decision, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = ("pin", "address", "street", "place", "triage", "outside", "chosen")
#: why a person has to decide
TRIAGE_REASONS = (
    "no_place",
    "outside_boundary",
    "street_in_several_areas",
    "street_without_points",
    "unknown_address",
    "point_without_area",
    "no_handler",
    "clock_failed",
    "routing_failed",
)


@dataclass(frozen=True)
class Placed:
    """Where it is, as far as it is known. lon, lat: degrees. area_code null: not decided, for this reason."""

    method: str
    area_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    neighbours: tuple[tuple[str, float], ...] = ()
    reason: str | None = None
    #: areas it may be, when it is not decided
    candidates: tuple[str, ...] = ()

    @property
    def is_decided(self) -> bool:
        """Say whether a centre follows from the place."""
        return self.area_code is not None


@dataclass(frozen=True)
class Decision:
    """Which centre and which handler, and why. centre_id is the default centre while it waits in triage."""

    placed: Placed
    centre_id: int
    area_id: int | None
    neighbour_centre_id: int | None
    handler_kind: str
    unit_id: int | None
    triage_reason: str | None = None
    handler_why: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_triage(self) -> bool:
        """Say whether a person has to route it."""
        return self.triage_reason is not None

    def why(self) -> dict[str, Any]:
        """Return the explanation as codes and values, to store and to put into words."""
        return {
            "place": {
                "method": self.placed.method,
                "reason": self.placed.reason,
                "area": self.placed.area_code,
                "candidates": list(self.placed.candidates),
            },
            "neighbours": [[code, round(metres, 1)] for code, metres in self.placed.neighbours],
            "handler": dict(self.handler_why),
            "triage": self.triage_reason,
        }
