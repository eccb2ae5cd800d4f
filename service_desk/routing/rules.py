"""Pure values of routing: the decision, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk.city.rules.spelling import clean, split_titles, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.city.rules import Landmark, Resolved, StreetMatch

#: by what a place was found; triage: by nothing, a person decides
METHODS = ("pin", "address", "street", "place", "triage", "outside", "chosen")
#: reasons of the address book that a house number may end
WANT_NUMBER = frozenset({"several_areas", "thin_evidence"})


def why_undecided(resolved: Resolved) -> str:
    """Return the code of why no area follows from an address, as it is kept with the route.

    It is the address book's own, unless that asks for the house number that was given: a number is not asked for twice.
    """
    if resolved.house_no is not None and resolved.reason in WANT_NUMBER:
        return "number_unknown"
    return resolved.reason


def stands_apart(line: str, street: StreetMatch, landmark: Landmark) -> bool:
    """Say whether a line names the street in words of its own, besides those that name the landmark.

    «נגבה ליד הפקולטה לחקלאות» does; «בית ספר ויצמן» does not name the street ויצמן, nor does «בית החולים» the street
    בית הפועלים, whose words do not stand in it.
    """
    said, named = Counter(_words(line)), Counter[str]()
    for name in landmark.name.values():
        named |= Counter(_words(name))
    own = said - named
    return any(
        own.keys() >= set(split_titles(_words(spelling))[0])
        for spelling in (street.name, street.matched_spelling)
    )


def _words(text: str) -> tuple[str, ...]:
    return words_of(clean(text.replace("-", " ")))


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
