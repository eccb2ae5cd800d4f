"""From what a person wrote to an answer that can be stored and explained: which street, which point, which area, why.

An answer is codes and values, no prose: `describe` gives them as JSON for the routing decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.city.rules.addresses import CLEAR_LEAD, SURE, StreetNames
from service_desk.city.rules.evidence import Evidence, PlacedPoint, StreetPoint, Verdict, place_points
from service_desk.city.rules.lines import LARGEST_HOUSE_NO, AddressLine, parse_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.city.rules.places import AreaIndex
    from service_desk.city.rules.vocabulary import Street, StreetMatch

CROSSING_M = 60.0


@dataclass(frozen=True, slots=True)
class Resolved:
    """Where an address lies, or why it must be asked.

    kind: address (street and number), street, ambiguous (several streets fit) or unknown. lon, lat: degrees, None when
    no single point is known. area_code: None when it must be asked; areas: those still possible. matched: the street
    candidates, best first. reason: a line of evidence.py, or crossing, no_street, several_streets, unknown_street.
    """

    kind: str
    reason: str
    area_code: str | None = None
    areas: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    street_code: int | None = None
    house_no: int | None = None
    matched: tuple[StreetMatch, ...] = ()

    def describe(self) -> dict[str, Any]:
        """Return the answer as JSON values, to be stored with a decision."""
        said = [
            {"street_code": match.street_code, "score": match.score, "spelling": match.matched_spelling}
            for match in self.matched
        ]
        return {
            "kind": self.kind,
            "reason": self.reason,
            "area": self.area_code,
            "areas": list(self.areas),
            "street_code": self.street_code,
            "house_no": self.house_no,
            "lon": self.lon,
            "lat": self.lat,
            "matched": said,
        }


class AddressBook:
    """The streets, points and areas of one city at one version. Build once, share between threads."""

    def __init__(self, streets: Iterable[Street], points: Iterable[StreetPoint], areas: AreaIndex) -> None:
        """Index the names and place the points; points outside every area are ignored."""
        known = list(streets)
        self._names = StreetNames(known)
        self._by_code = {street.code: street for street in known}
        self._areas = areas
        self.placed: list[PlacedPoint] = place_points(points, areas)
        self._evidence = Evidence(self.placed)

    def match(self, line: str, limit: int = 8) -> list[StreetMatch]:
        """Return the streets a line may mean, best first; see addresses.py for the scores."""
        return self._names.match(line, limit)

    def suggest(self, prefix: str, limit: int = 6) -> list[StreetMatch]:
        """Return streets to offer while a person types."""
        return self._names.suggest(prefix, limit)

    def resolve(self, said: str | tuple[int, int | None]) -> Resolved:
        """Return where a line, or a chosen (street code, house number), lies. Never raises, never guesses."""
        if not isinstance(said, str):
            return self._resolve_street(said[0], said[1], ())
        parsed = parse_line(said)
        matched = tuple(self._names.match_stretches(parsed.stretches, parsed.numbers, 8))
        chosen = _clear_winner(matched)
        if chosen is None:
            return _unclear(matched)
        if parsed.corner:
            return self._resolve_corner(chosen, parsed, matched)
        return self._resolve_street(chosen.street_code, chosen.house_no, matched)

    def _resolve_street(
        self, street_code: int, house_no: int | None, matched: tuple[StreetMatch, ...]
    ) -> Resolved:
        if street_code not in self._by_code:
            return Resolved("unknown", "unknown_street")
        if house_no is not None and not 0 < house_no <= LARGEST_HOUSE_NO:
            house_no = None
        verdict = self._evidence.judge(street_code, house_no)
        kind = "street" if house_no is None else "address"
        return _resolved(kind, verdict, street_code, house_no, matched)

    def _resolve_corner(
        self, first: StreetMatch, parsed: AddressLine, matched: tuple[StreetMatch, ...]
    ) -> Resolved:
        """Return the corner of two streets: the area both lie in, or of their nearest points; else the first street."""
        other = _clear_winner(tuple(self._names.match_stretches(parsed.corner, (), 8)))
        alone = self._resolve_street(first.street_code, first.house_no, matched)
        if other is None or alone.reason == "exact_number":
            return alone
        verdict = self._meeting(first.street_code, other.street_code)
        both = (*matched[:1], other)
        return _resolved("street", verdict, first.street_code, first.house_no, both) if verdict else alone

    def _meeting(self, one: int, other: int) -> Verdict | None:
        whole = [self._evidence.judge(code, None) for code in (one, other)]
        sure = {verdict.area_code for verdict in whole}
        if len(sure) == 1 and None not in sure:
            return Verdict(whole[0].area_code, "crossing", whole[0].areas)
        pairs = [
            (self._areas.distance_m((a.point.lon, a.point.lat), (b.point.lon, b.point.lat)), a)
            for a in self._evidence.points.get(one, [])
            for b in self._evidence.points.get(other, [])
            if a.area_code == b.area_code
        ]
        far, nearest = min(pairs, key=lambda pair: pair[0], default=(CROSSING_M, None))
        # The corner lies within the gap of the pair; deeper than that in the area, it cannot be in another.
        if nearest is None or far >= CROSSING_M or nearest.clearance_m <= far:
            return None
        return Verdict(
            nearest.area_code, "crossing", (nearest.area_code,), nearest.point.lon, nearest.point.lat
        )


def _clear_winner(matched: tuple[StreetMatch, ...]) -> StreetMatch | None:
    if not matched or matched[0].score < SURE:
        return None
    is_clear = len(matched) == 1 or matched[0].score - matched[1].score >= CLEAR_LEAD
    return matched[0] if is_clear else None


def _unclear(matched: tuple[StreetMatch, ...]) -> Resolved:
    if not matched:
        return Resolved("unknown", "no_street")
    return Resolved("ambiguous", "several_streets", matched=matched, house_no=matched[0].house_no)


def _resolved(
    kind: str, verdict: Verdict, street_code: int, house_no: int | None, matched: tuple[StreetMatch, ...]
) -> Resolved:
    return Resolved(
        kind,
        verdict.reason,
        verdict.area_code,
        verdict.areas,
        verdict.lon,
        verdict.lat,
        street_code,
        house_no,
        matched,
    )
