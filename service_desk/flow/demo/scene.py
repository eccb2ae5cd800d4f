"""Where things are and what is answered: spots of the real city, each routed once by the real rules, and sample answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from service_desk.catalog.rules import check_answers, is_hazard
from service_desk.city.models import StreetPoint
from service_desk.city.queries import city_map
from service_desk.extensions import db
from service_desk.intake.rules import SaidPlace
from service_desk.routing import queries as routes
from service_desk.work import tenant_id

if TYPE_CHECKING:
    import random

    from service_desk.catalog.rules import Question, ServiceType
    from service_desk.routing.rules import Decision

#: pins around each known point, and how far from it (m)
PINS, SCATTER_M = 5, 55.0
METRES_PER_DEGREE = 111_195.0
#: parts of reports: a street without a number, a point outside the city
VAGUE, OUTSIDE = 0.03, 0.004
#: chance that an answer which can mean danger does
DANGER = 0.07
VARIANTS = 16
#: types of which one place sends more than its share, and how much of all: what hot spots are to find
RECURRING = {"RD-POTHOLE": 0.2, "SAN-AROUND": 0.2, "LGT-LAMP": 0.16}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as people say it. number: its key among the decided."""

    number: int
    said: SaidPlace


class Scene:
    """Spots with their decisions, and answers with their hazards; draws them."""

    def __init__(self, chance: random.Random) -> None:
        """Read the street points and scatter pins around them."""
        self._decisions: dict[tuple[int, str], Decision] = {}
        self._answers: dict[str, list[tuple[dict[str, Any], bool, list[str]]]] = {}
        self._chance = chance
        self._spots: list[Spot] = []
        weights: list[float] = []
        streets = city_map().streets
        query = select(StreetPoint).where(StreetPoint.authority_id == tenant_id()).order_by(StreetPoint.id)
        points = list(db.session.scalars(query))
        db.session.expunge_all()
        for point in points:
            name = streets[point.street_code].name
            if point.house_no:
                said = SaidPlace(
                    "address",
                    line=f"{name} {point.house_no}",
                    street_code=point.street_code,
                    house_no=point.house_no,
                )
                self._add(said, weights, 3.0)
            for _ in range(PINS):
                east, north = chance.gauss(0, SCATTER_M / 2), chance.gauss(0, SCATTER_M / 2)
                lat = round(point.lat + north / METRES_PER_DEGREE, 6)
                lon = round(point.lon + east / (METRES_PER_DEGREE * math.cos(math.radians(point.lat))), 6)
                self._add(SaidPlace("pin", line=name, lon=lon, lat=lat), weights, 1.0)
        self._edges = list(accumulate(weights))
        self._clear = [spot for spot in self._spots if routes.place(spot.said).is_decided]
        self._vague = self._undecided(points, streets)
        self._beyond = [Spot(-1, SaidPlace("pin", lon=34.800083, lat=31.887366))]
        self._nowhere = Spot(-2, SaidPlace("none"))
        self._recurring = {code: chance.choice(self._clear) for code in RECURRING} if self._clear else {}

    def _add(self, said: SaidPlace, weights: list[float], weight: float) -> None:
        if routes.place(said).is_decided:
            self._spots.append(Spot(len(self._spots), said))
            weights.append(weight)

    def _undecided(self, points: list[StreetPoint], streets: Any) -> list[Spot]:
        codes = sorted({point.street_code for point in points})
        lines = [SaidPlace("address", line=streets[code].name, street_code=code) for code in codes]
        return [Spot(-10 - n, said) for n, said in enumerate(lines) if not routes.place(said).is_decided]

    def spot(self, service: ServiceType) -> Spot:
        """Draw a place for a report of the type."""
        if not service.needs_place:
            return self._nowhere
        draw = self._chance.random()
        if draw < OUTSIDE:
            return self._beyond[0]
        if draw < OUTSIDE + VAGUE and self._vague:
            return self._chance.choice(self._vague)
        if self._recurring and self._chance.random() < RECURRING.get(service.code, 0):
            return self._recurring[service.code]
        return self._chance.choices(self._spots, cum_weights=self._edges)[0]

    def clear_spot(self) -> Spot:
        """Draw a place that is decided, for a clerk who routes a vague one."""
        return self._chance.choice(self._clear)

    def decide(self, spot: Spot, service: ServiceType) -> Decision:
        """Return the routing decision, by the real rules."""
        key = (spot.number, service.code)
        found = self._decisions.get(key)
        if found is None:
            found = self._decisions[key] = routes.decide(spot.said, service)
        return found

    def answers(self, service: ServiceType) -> tuple[dict[str, Any], bool, list[str]]:
        """Draw clean answers of the type, whether they mean hazard, and why."""
        held = self._answers.get(service.code)
        if held is None:
            held = self._answers[service.code] = [self._answer(service) for _ in range(VARIANTS)]
        return self._chance.choice(held)

    def _answer(self, service: ServiceType) -> tuple[dict[str, Any], bool, list[str]]:
        given = {
            each.code: self._reply(each)
            for each in service.questions
            if each.is_required or self._chance.random() < 0.5
        }
        clean, problems = check_answers(service, given)
        assert not problems, (service.code, problems)
        hazard, why = is_hazard(service, clean)
        return clean, hazard, list(why)

    def _reply(self, question: Question) -> object:
        kind = str(question.type)
        is_danger = bool(question.hazard_values) and self._chance.random() < DANGER
        if kind == "boolean":
            calm = "true" in question.hazard_values or self._chance.random() < 0.6
            return is_danger or not calm
        if kind in {"singlevaluelist", "multivaluelist"}:
            keys = [option.key for option in question.options]
            safe = [key for key in keys if key not in question.hazard_values] or keys
            key = self._chance.choice(sorted(question.hazard_values) if is_danger else safe)
            return [key] if kind == "multivaluelist" else key
        if kind == "number":
            return self._chance.randrange(1, 6)
        return "פרטים בגוף הדיווח" if question.is_required else ""
