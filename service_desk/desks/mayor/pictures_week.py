"""When reports come, as a picture: the week by hours, darker where more come, with the number in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import desk, link, read_centre, read_days
from service_desk.reports.rules import LENGTHS
from service_desk.reports.week import week_hours
from service_desk.work import ForAMoment

if TYPE_CHECKING:
    from collections.abc import Mapping

#: the city's week begins on Sunday; weekdays count from Monday = 0
#: shades of the picture
SHADES = 5
#: days that are over change seldom, and a year's reports are many (s)
KEPT_SECONDS = 60.0
_kept: ForAMoment[Mapping[int, list[int]]] = ForAMoment(KEPT_SECONDS)


@desk.get("/mayor/week", endpoint="week")
def week_page() -> str:
    """Show when the reports of the days came, of ?centre= or the city. One statement, or none within KEPT_SECONDS."""
    now = clock.now()
    asked, centre = read_days(request.args, now), read_centre(request.args)
    centre_id = centre.id if centre else None
    found = _kept.get((asked.days, centre_id), lambda: week_hours(asked.days, centre_id=centre_id))
    return render_template(
        "mayor/pictures_week.html",
        asked=asked,
        lengths=LENGTHS,
        centre=centre,
        centres=list(city_map().centres.values()),
        rows=grid(found),
        total=sum(map(sum, found.values())),
        busiest=busiest(found),
        received=link("received", asked, centre.number if centre else None),
        keep={"centre": str(centre.number)} if centre else {},
        words=words,
        at=now,
    )


def grid(found: Mapping[int, list[int]]) -> list[dict[str, Any]]:
    """Return the rows: the day's name, its reports, and its hours as (number, shade 0…SHADES)."""
    most = max(map(max, found.values())) or 1
    return [
        {
            "name": words.day_name(day),
            "total": sum(found[day]),
            "hours": [(cases, -(-SHADES * cases // most)) for cases in found[day]],
        }
        for day in words.WEEK
    ]


def busiest(found: Mapping[int, list[int]]) -> tuple[str, str, int] | None:
    """Return (day's name, hours, reports) of the hour of the week in which most come; None of nothing."""
    cases, day, hour = max((cases, day, -hour) for day in found for hour, cases in enumerate(found[day]))
    return (words.day_name(day), f"{-hour:02d}:00–{1 - hour:02d}:00", cases) if cases else None
