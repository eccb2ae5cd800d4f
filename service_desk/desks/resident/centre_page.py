"""The public page of a centre: its door, its figures as the city's own overview has them, and what was promised in its area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.community import meetings
from service_desk.community import queries as community
from service_desk.desks import promised
from service_desk.desks.area_svg import area_shapes
from service_desk.desks.filters import today as present_day
from service_desk.desks.mayor import words
from service_desk.desks.measured import spoken_value
from service_desk.desks.resident.door import desk
from service_desk.desks.resident.home import open_today
from service_desk.desks.resident.sayings import centre_name
from service_desk.errors import NotFound
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules import FEWEST, HIDDEN, Days, is_hidden, usual_days
from service_desk.reports.spans import Span
from service_desk.reports.sums import CITY, spreads_of, sums_of, with_city
from service_desk.slas.queries import standards
from service_desk.slas.rules.weekly import format_day, week_of
from service_desk.work import ForAMoment

if TYPE_CHECKING:
    from service_desk.city.models import Centre
    from service_desk.reports.values import Value

#: lengths of the period a reader may choose, in days
LENGTHS = (30, 90, 365)
#: the three figures at the head, and those of the table, in their order
HEAD = ("on_time", "half", "most")
TABLE = (
    "received", "per_1000", "done", "on_time", "half", "most", "came_back", "without_work", "satisfaction", "response",
)  # fmt: skip
#: how old the figures may be (s)
KEPT_SECONDS = 60.0
#: ended commitments that are shown, and days ahead that meetings are
ENDED, AHEAD_DAYS = 10, 60
_kept: ForAMoment[Span] = ForAMoment(KEPT_SECONDS)


@dataclass(frozen=True, slots=True)
class Row:
    """A measure in the table. own, city: as said; is_few: too few cases here to compare."""

    code: str
    name: Any
    own: str
    city: str
    definition: Any
    is_few: bool


def forget() -> None:
    """Read the figures anew (tests)."""
    _kept.forget()


@desk.get("/centres/<int:number>", endpoint="centre_page")
def centre(number: int) -> str:
    """Show a centre: ?days= 30, 90 or 365. At most four statements."""
    found = city_map().numbered(number)
    if found is None:
        raise NotFound
    today = present_day()
    asked = request.args.get("days", "")
    days = usual_days(today, int(asked) if asked in {str(each) for each in LENGTHS} else LENGTHS[0])
    span = _kept.get(days, lambda: _read(days))
    lines = _lines(found.id)
    return render_template(
        "resident/centre.html",
        centre=found,
        name=centre_name(found.id),
        door=open_today(found),
        week=_week(found),
        days=days,
        lengths=LENGTHS,
        head=[_row(code, span, found.id) for code in HEAD],
        table=[_row(code, span, found.id) for code in TABLE],
        fewest=FEWEST,
        hidden=HIDDEN,
        lines=[promised.shown(each, today) for each in lines],
        meetings=_meetings(found.id),
        promised=promised,
        drawing=area_shapes(city_map()),
        centres=[(each, centre_name(each.id)) for each in city_map().centres.values()],
    )


def _read(days: Days) -> Span:
    """Return the figures of all centres and of the city. Two statements."""
    sums = sums_of([days], by="centre")[0]
    return Span(with_city(sums), spreads_of([days], ["resolve"])[0])


def _row(code: str, span: Span, centre_id: int) -> Row:
    own, city = span.value(code, centre_id), span.value(code, CITY)
    return Row(
        code,
        words.NAME[code],
        public_value(code, own),
        public_value(code, city),
        words.DEFINITION[code],
        own.is_few and MEASURES[code].unit != "cases" and own.cases > 0,
    )


def public_value(code: str, found: Value) -> str:
    """Return a measure as anybody may read it: a count of one to four is said as few, as a share of so few is."""
    if MEASURES[code].unit in {"cases", "per_1000"} and is_hidden(found.cases):
        return _("fewer than %(num)s", num=HIDDEN)
    return spoken_value(code, found)


def _week(centre: Centre) -> list[tuple[str, str]]:
    """Return (day, hours) of a usual week, Sunday first; hours "" when closed."""
    week = week_of(standards().in_force[centre.calendar_code].windows)
    return [(words.day_name(weekday), format_day(week[weekday])) for weekday in words.WEEK]


def _lines(centre_id: int) -> list[community.Line]:
    """Return the public commitments: every open one, and those that ended last."""
    found = community.commitments(centre_id=centre_id, is_public=True)
    still = [each for each in found if each.commitment.state == "open"]
    ended = sorted(
        (each for each in found if each.commitment.ended_at is not None),
        key=lambda each: each.commitment.ended_at or each.at,
        reverse=True,
    )
    return [*still, *ended[:ENDED]]


def _meetings(centre_id: int) -> list[Any]:
    now = clock.now()
    ahead = meetings.visits(since=now, until=now + timedelta(days=AHEAD_DAYS), centre_id=centre_id)
    return [each for each in ahead if each.is_public and each.state == "planned"]
