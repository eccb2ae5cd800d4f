"""Opening hours of the centres: when reports come against when the door is open, other hours tried, and hours set."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city import kept
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.mayor import hours_words as said
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import actor, desk, read_period
from service_desk.errors import BadInput, NotFound
from service_desk.flow import set_hours
from service_desk.reports.arrivals import NOBODY, Arrivals, arrivals, busiest_closed
from service_desk.reports.rules import LENGTHS
from service_desk.slas.queries import standards
from service_desk.slas.rules.weekly import format_day, is_open_in, open_minutes, rows_of, week_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from service_desk.city.models import Centre
    from service_desk.slas.rules.weekly import DayWindows

#: the city's week begins on Sunday; weekdays count from Monday = 0
#: shades of the picture
SHADES = 5


def _centre(number: int) -> Centre:
    found = city_map().numbered(number)
    if found is None:
        raise NotFound
    return found


@desk.get("/mayor/hours", endpoint="hours")
def hours_list() -> str:
    """Compare the centres: hours a week, and the share of reports that came while closed. Two statements."""
    asked = read_period(request.args, clock.now())
    found = arrivals(asked.period.since, asked.period.until)
    rows = []
    for centre in city_map().centres.values():
        _version, calendar = standards().calendar(centre.calendar_code)
        own = found.get(centre.id, NOBODY)
        week = week_of(standards().in_force[centre.calendar_code].windows)
        rows.append(
            {
                "centre": centre,
                "minutes": open_minutes(week),
                "total": own.total,
                "closed": own.while_closed(calendar),
                "percent": own.closed_percent(calendar),
            }
        )
    return render_template(
        "mayor/hours_list.html",
        rows=rows,
        asked=asked,
        lengths=LENGTHS,
        at=clock.now(),
        words=words,
        said=said,
    )


@desk.get("/mayor/hours/<int:number>", endpoint="centre_hours")
def hours_page(number: int) -> ResponseReturnValue:
    """Show one centre's arrivals against its hours; ?day_0…day_6= tries other hours on the same reports. Two statements."""
    centre = _centre(number)
    typed = _typed(request.args)
    try:
        tried = set_hours.read_week(typed) if typed is not None else None
    except BadInput as error:
        return _page(centre, typed=typed, problems=error.problems), 422
    return _page(centre, typed=typed, tried=tried)


@desk.post("/mayor/hours/<int:number>/week", endpoint="set_week")
def set_week(number: int) -> ResponseReturnValue:
    """Set the week from today; what cannot be read comes back beside what was typed."""
    centre, typed = _centre(number), _typed(request.form) or {}
    seen = numbers.whole(request.form.get("seen", ""))
    try:
        set_hours.set_week(centre.id, seen, typed, actor())
    except BadInput as error:
        kept.forget()  # another's hours may be newer than what this process remembers
        return _page(centre, typed=typed, problems=error.problems), 422
    kept.forget()
    flash(_("The new hours hold from today."))
    return redirect(url_for("mayor.centre_hours", number=number), 303)


@desk.post("/mayor/hours/<int:number>/day", endpoint="set_day")
def set_day(number: int) -> ResponseReturnValue:
    """Let one day differ."""
    centre = _centre(number)
    form = {name: request.form.get(name, "") for name in ("day", "hours", "name")}
    try:
        set_hours.set_day(centre.id, _date(form["day"]), form["hours"], form["name"], actor())
    except BadInput as error:
        return _page(centre, day_form=form, day_problems=error.problems), 422
    kept.forget()
    flash(_("The day is kept."))
    return redirect(url_for("mayor.centre_hours", number=number) + "#days", 303)


@desk.post("/mayor/hours/<int:number>/day/<int:day_id>/drop", endpoint="drop_day")
def drop_day(number: int, day_id: int) -> ResponseReturnValue:
    """Take a day back."""
    set_hours.drop_day(_centre(number).id, day_id, actor())
    kept.forget()
    flash(_("The day follows the usual week again."))
    return redirect(url_for("mayor.centre_hours", number=number) + "#days", 303)


def _typed(given: Mapping[str, str]) -> dict[int, str] | None:
    """Return the seven lines as typed, or None when no week was sent."""
    if not any(f"day_{weekday}" in given for weekday in range(7)):
        return None
    return {weekday: given.get(f"day_{weekday}", "")[:120] for weekday in range(7)}


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None  # the use-case says that a day is wanted


def _page(centre: Centre, **more: Any) -> str:
    now = clock.now()
    asked = read_period(request.args, now)
    row = standards().in_force[centre.calendar_code]
    week = week_of(row.windows)
    found = arrivals(asked.period.since, asked.period.until).get(centre.id, NOBODY)
    typed = more.get("typed") or {day: format_day(windows) for day, windows in week.items()}
    today = clock.local(now).date()
    return render_template(
        "mayor/hours.html",
        centre=centre,
        asked=asked,
        lengths=LENGTHS,
        at=now,
        words=words,
        said=said,
        version=row.id,
        typed=typed,
        problems=more.get("problems") or {},
        day_form=more.get("day_form") or {},
        day_problems=more.get("day_problems") or {},
        grid=_grid(found, more.get("tried") or week),
        found=found,
        now_state=_state(found, week, centre, None),
        trial=_state(found, more["tried"], centre, rows_of(more["tried"])) if more.get("tried") else None,
        days=[day for day in standards().days_of(centre.calendar_code) if day.day >= today],
        shared=[day for day in standards().days if day.calendar_code is None and day.day >= today][:4],
        may_set=set_hours.may_set(actor(), centre.id),
        format_day=format_day,
        week_days=[(weekday, words.day_name(weekday)) for weekday in words.WEEK],
    )


def _state(
    found: Arrivals, week: dict[int, DayWindows], centre: Centre, rows: list[list[int]] | None
) -> dict[str, Any]:
    """Return what the page says of a week: of the present one, or (rows given) of one that is tried."""
    known = standards()
    calendar = (
        known.calendar(centre.calendar_code)[1] if rows is None else known.trial(centre.calendar_code, rows)
    )
    parts = {(day, hour): is_open_in(week, day, hour) for day in range(7) for hour in range(24)}
    return {
        "minutes": open_minutes(week),
        "closed": found.while_closed(calendar),
        "percent": found.closed_percent(calendar),
        "busiest": [
            (words.day_name(day), f"{hour:02d}:00–{hour + 1:02d}:00", count)
            for day, hour, count in busiest_closed(found, parts)
        ],
    }


def _grid(found: Arrivals, week: dict[int, DayWindows]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the picture's rows: day's name, 24 cells of number, shade 0…SHADES and whether the door is open."""
    most = found.most or 1
    return [
        (
            words.day_name(day),
            [
                {
                    "count": count,
                    "shade": -(-SHADES * count // most),
                    "open": is_open_in(week, day, hour),
                }
                for hour, count in enumerate(found.hours[day])
            ],
        )
        for day in words.WEEK
    ]
