"""The home page, the topics, and finding a report by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request
from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks.area_svg import area_shapes
from service_desk.desks.filters import at_hour
from service_desk.desks.resident.door import desk
from service_desk.desks.resident.sayings import centre_name, whose_move
from service_desk.extensions import limiter
from service_desk.reports.queries import public_figures
from service_desk.slas.queries import clocks_of, standards
from service_desk.slas.rules import CalendarError
from service_desk.tickets.queries import by_reference

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.city.models import Centre
    from service_desk.tickets.models import Ticket

#: what most people come for; the rest is one touch further
FRONT_GROUPS = 8


@desk.get("/")
def home() -> str:
    """Show the question, the topics, and the way to a report already made."""
    city = city_map()
    groups = list(catalogue().groups.values())
    centres = sorted(city.centres.values(), key=lambda each: each.number)
    return render_template(
        "resident/home.html",
        groups=groups[:FRONT_GROUPS],
        type_count=len(catalogue().types),
        centres=[(each, centre_name(each.id), open_today(each)) for each in centres],
        drawing=area_shapes(city),
        figures=public_figures(),
    )


def open_today(centre: Centre) -> str:
    """Return when the centre is open today, in words."""
    now = clock.now()
    try:
        _version, calendar = standards().calendar(centre.calendar_code)
        midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
        table = calendar.table
        opens = table.next_open(int(now.timestamp()))
    except CalendarError:
        return ""
    if opens <= int(now.timestamp()):
        return _("The centre is open now")
    from_local = clock.local(now.fromtimestamp(opens, tz=now.tzinfo))
    if from_local.date() == midnight.date():
        return _("Opens today at %(hour)s", hour=at_hour(from_local))
    return _("Closed now. Reports are received at any hour.")


@desk.get("/report/topics")
def topics() -> str:
    """Show every group with its types."""
    found = catalogue()
    return render_template(
        "resident/topics.html", groups=[(group, found.of_group(code)) for code, group in found.groups.items()]
    )


@desk.get("/report/topics/<code>")
def topic(code: str) -> str:
    """Show the types of one group."""
    found = catalogue()
    types = found.of_group(code)
    return render_template("resident/topic.html", group=found.groups[code], types=types)


@desk.post("/find")
@limiter.limit("20/minute")
def find() -> str | tuple[str, int]:
    """Show what is public of a report by its number: status, centre, dates. The rest is behind its private link."""
    asked = request.form.get("reference", "")[:40]
    ticket = by_reference(asked)
    types = catalogue().types
    if ticket is None or ticket.is_sensitive or not types[ticket.service_code].is_public:
        return render_template("resident/found.html", asked=asked, ticket=None), 404
    tag = whose_move(ticket)
    return render_template(
        "resident/found.html",
        asked=asked,
        ticket=ticket,
        due_at=_promised(ticket) if ticket.is_open else None,
        tag=tag,
        service=types[ticket.service_code],
        centre=centre_name(ticket.centre_id),
        number=city_map().centres[ticket.centre_id].number,
    )


def _promised(ticket: Ticket) -> datetime | None:
    """Return until when the result is promised; the ticket's own next instant may be an inner clock's."""
    latest = [each for each in clocks_of(ticket.id) if each.kind == "resolve" and each.result != "void"]
    return latest[-1].due_at if latest else None
