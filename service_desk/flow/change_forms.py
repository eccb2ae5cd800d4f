"""What was typed, drawn or uploaded becomes a change, or a problem beside its field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import shape

from service_desk.catalog.queries import catalogue
from service_desk.city import areas as city_areas
from service_desk.city.queries import city_map
from service_desk.errors import BadInput
from service_desk.flow.set_hours import read_week
from service_desk.reports.replay import ground
from service_desk.reports.replay.changes import (
    BoundaryChange,
    HoursChange,
    SlaChange,
)
from service_desk.slas.queries import standards
from service_desk.slas.rules.weekly import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.reports.replay.ground import NewGround

#: calendars that a standard may be counted on
SLA_CALENDARS = ("24x7", "business", "office")
#: the longest promise that may be tried, in open minutes: a year
LONGEST_MINUTES = 525_600
HOUR_MINUTES = 60


@dataclass(frozen=True)
class StandardForm:
    """A standard as typed: open hours (decimals allowed), a calendar's code."""

    service_code: str
    resolve_hours: str
    reopened_hours: str
    calendar_code: str


def read_boundary(drawn: str, target: str) -> BoundaryChange:
    """Return the change of borders that a GeoJSON text says. Raises BadInput {drawn or target: code}.

    One shape without a name goes to the target's area; features named by area («code») are the areas' whole new shapes.
    """
    city = city_map()
    if not drawn.strip():
        raise BadInput({"drawn": "required"})
    areas = {code: shape(area.geometry) for code, area in city.areas.items()}
    try:
        read = ground.read_shapes(drawn, list(areas))
        if isinstance(read, dict):
            target, found = "", ground.redraw(areas, read, city.index.plane)
        elif target not in areas:
            raise BadInput({"target": "required"})
        else:
            found = ground.take(areas, read, target, city.index.plane)
    except ground.BadGround as refused:
        raise BadInput({"drawn": refused.code}) from None
    return BoundaryChange(
        target=target,
        areas={code: ground.as_json(each) for code, each in found.changed.items()},
        was={code: dict(city.areas[code].geometry) for code in found.changed},
        moved=ground.as_json(found.moved),
        moved_m2=round(found.moved_m2),
        base={code: city.areas[code].id for code in found.changed},
        residents=_residents(found),
    )


def _residents(found: NewGround) -> dict[str, int | None]:
    """Estimate who lives in the changed areas, by address points: an area's residents are spread evenly over its own."""
    city, points = city_map(), city_areas.address_points()
    codes = list(found.changed)
    before = [shapely.contains_xy(shape(city.areas[code].geometry), *points.T) for code in codes]
    after = [shapely.contains_xy(found.changed[code], *points.T) for code in codes]
    known = [city.areas[code].residents for code in codes]
    if any(each is None for each in known):
        return dict.fromkeys(codes)
    each_point = [
        (number or 0) / inside.sum() if inside.any() else 0.0
        for number, inside in zip(known, before, strict=True)
    ]
    lives = np.zeros(len(points))
    for density, inside in zip(each_point, before, strict=True):
        lives[inside] = density
    return {code: round(float(lives[inside].sum())) for code, inside in zip(codes, after, strict=True)}


def read_standard(form: StandardForm) -> SlaChange:
    """Return the change of a type's standard. Raises BadInput {service, resolve, reopened, calendar or standard: code}."""
    known, problems = standards(), {}
    if form.service_code not in catalogue().types or form.service_code not in known.slas:
        raise BadInput({"service": "required"})
    now = known.slas[form.service_code]
    resolve, reopened = _minutes(form.resolve_hours), _minutes(form.reopened_hours)
    if resolve is None:
        problems["resolve"] = "hours"
    if reopened is None:
        problems["reopened"] = "hours"
    if form.calendar_code not in (*SLA_CALENDARS, now.calendar_code):
        problems["calendar"] = "required"
    if problems or resolve is None or reopened is None:
        raise BadInput(problems)
    if reopened > resolve:
        raise BadInput({"reopened": "longer"})
    was = (now.resolve_minutes, now.reopened_minutes, now.calendar_code)
    if (resolve, reopened, form.calendar_code) == was:
        raise BadInput({"standard": "same"})
    return SlaChange(form.service_code, resolve, reopened, form.calendar_code, *was, base=now.id)


def _minutes(typed: str) -> int | None:
    """Return whole minutes of typed hours, or None for what is no time between a minute and a year."""
    text = typed.strip().replace(",", ".")
    if len(text) > 9 or not text.isascii():
        return None
    try:
        minutes = round(float(text) * HOUR_MINUTES)
    except (ValueError, OverflowError):
        return None
    return minutes if 1 <= minutes <= LONGEST_MINUTES else None


def read_hours(centre_id: int | None, typed: Mapping[int, str]) -> HoursChange:
    """Return the change of a centre's week. Raises BadInput {centre, day_N or week: code}."""
    centre = city_map().centres.get(centre_id or 0)
    if centre is None:
        raise BadInput({"centre": "required"})
    week = rows_of(read_week(typed))
    row = standards().in_force[centre.calendar_code]
    was = [list(each) for each in row.windows]
    if sorted(week) == sorted(was):
        raise BadInput({"week": "same"})
    return HoursChange(centre.id, week, was, row.id)
