"""Pictures of one measure: the areas shaded by it, its line beside last year's, and how long work took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.area_svg import area_shapes
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import Asked, desk, link, read_centre, read_days
from service_desk.desks.mayor.overview_figures import figures
from service_desk.desks.mayor.pictures_areas import shade, steps
from service_desk.desks.mayor.pictures_charts import Chart, Series, chart
from service_desk.desks.mayor.pictures_series import BY, days_from, points, series
from service_desk.desks.mayor.pictures_times import bars
from service_desk.desks.measured import spoken_number, spoken_value
from service_desk.errors import NotFound
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import FEWEST, HIDDEN, LENGTHS, Steps
from service_desk.reports.sums import CITY

if TYPE_CHECKING:
    from datetime import date

    from service_desk.city.models import Centre
    from service_desk.desks.mayor.overview_figures import Overview

#: what is drawn until something else is asked for
USUAL = "on_time"


@desk.get("/mayor/pictures", endpoint="pictures")
def pictures_page() -> str:
    """Show the pictures of ?measure= (a code of MEASURES), of ?centre= or the city, lines ?by= week or month.

    At most five statements beside the session's.
    """
    now = clock.now()
    today = clock.local(now).date()
    asked, centre, code, by = read_days(request.args, now), read_centre(request.args), _measure(), _by()
    found = figures(asked.days, today)
    key = centre.id if centre else CITY
    steps_of = found.shown.spreads["resolve"].get(key, Steps())
    return render_template(
        "mayor/pictures.html",
        asked=asked,
        lengths=LENGTHS,
        centre=centre,
        centres=list(city_map().centres.values()),
        code=code,
        by=by,
        measures=[(each, words.NAME[each]) for _group, codes in words.GROUPS for each in codes],
        drawing=area_shapes(city_map()),
        **_areas(code, found, asked),
        trend=None if MEASURES[code].is_now else _trend(code, by, centre, today),
        times=bars(steps_of) if steps_of.cases >= HIDDEN else [],
        half=steps_of.quantile(0.5),
        most=steps_of.quantile(0.9),
        cases=steps_of.cases,
        done=link("done", asked, centre.number if centre else None),
        keep={"measure": code, "by": by} | ({"centre": str(centre.number)} if centre else {}),
        fewest=FEWEST,
        hidden=HIDDEN,
        words=words,
        at=now,
    )


def _measure() -> str:
    code = request.args.get("measure", USUAL)
    if code not in MEASURES:
        raise NotFound
    return code


def _by() -> str:
    by = request.args.get("by", BY[0])
    if by not in BY:
        raise NotFound
    return by


def _areas(code: str, found: Overview, asked: Asked) -> dict[str, Any]:
    """Return the areas by the measure: {number: shade, words, address}, the legend, and the table's rows."""
    centres, values = city_map().centres.values(), found.values(code)
    numbers = {each.number: None if values[each.id].is_few else values[each.id].number for each in centres}
    legend = steps(numbers)
    areas = {
        each.number: {
            "shade": shade(numbers[each.number], legend),
            "said": spoken_value(code, values[each.id]) if numbers[each.number] is not None else _("too few"),
            "href": link(MEASURES[code].behind, asked, each.number)
            if values[each.id].cases and not values[each.id].is_hidden
            else "",
            "cases": values[each.id].cases,
            "centre": each,
        }
        for each in centres
    }
    said = [{"shade": step.shade, "said": _span(code, step.low, step.high)} for step in legend]
    return {"areas": areas, "legend": said, "city": spoken_value(code, values[CITY])}


def _span(code: str, low: float, high: float) -> str:
    ends = (round(low), round(high)) if MEASURES[code].unit == "cases" else (low, high)
    first, last = (spoken_number(code, each) for each in ends)
    return first if low == high else f"{first} – {last}"


def _trend(code: str, by: str, centre: Centre | None, today: date) -> Chart:
    """Return the measure's line of a year beside the year before."""
    shown, before = points(by, today)
    values = series(code, by, [*before, *shown], centre)
    unit = MEASURES[code].unit
    labels = [format_date(each, "LLL" if by == "month" else "d.M") for each in shown]
    names = [format_date(each, "LLLL yyyy" if by == "month" else "d.M.yyyy") for each in shown]
    hrefs = [_behind(code, by, each, centre) for each in shown]
    return chart(
        str(words.NAME[code]),
        unit if unit in {"percent", "hours"} else "number",
        labels,
        [
            Series(_("This year"), "now", values[len(before) :], hrefs),
            Series(_("A year before"), "before", values[: len(before)]),
        ],
        _("too few"),
        names,
    )


def _behind(code: str, by: str, first: date, centre: Centre | None) -> str:
    days = days_from(first, by)
    place: dict[str, Any] = {"centre": centre.number} if centre else {}
    place |= {"from": days.first, "to": days.last}
    return url_for("mayor.tickets", figure=MEASURES[code].behind, **place)
