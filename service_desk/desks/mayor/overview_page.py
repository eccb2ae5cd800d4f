"""The overview: today, five figures, the centres side by side, where it is late, the longest delays, where the time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import render_template, request
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.area_svg import area_shapes
from service_desk.desks.mayor import overview_figures, words
from service_desk.desks.mayor.centres import columns
from service_desk.desks.mayor.door import Asked, desk, link, read_days
from service_desk.desks.mayor.drawing import weights
from service_desk.desks.mayor.overview_cards import cards, worst
from service_desk.desks.mayor.overview_figures import KEPT_SECONDS
from service_desk.desks.mayor.overview_table import table
from service_desk.desks.mayor.overview_today import today_strip, waiting
from service_desk.desks.mayor.overview_ways import ways
from service_desk.desks.mayor.rows import late_rows
from service_desk.reports import lists
from service_desk.reports.rules import FEWEST, HIDDEN, LENGTHS
from service_desk.reports.sums import CITY, Sums
from service_desk.work import ForAMoment

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from service_desk.people.rules import Actor

#: longest delays on the page
LONGEST = 10


#: the page's body in each language, for as long as its figures are kept
_bodies: ForAMoment[Markup] = ForAMoment(KEPT_SECONDS)


@desk.get("/mayor/", endpoint="overview")
def overview_page() -> str:
    """Show the figures of whole days: ?days= 7, 30, 90 or 365, or ?from=&to= dates.

    At most ten statements; none beside the session's when it was drawn within KEPT_SECONDS.
    """
    now = clock.now()
    asked, own = read_days(request.args, now), cast("Actor", current_user.actor).centre_ids
    body = _bodies.get((str(get_locale()), asked, own), lambda: _drawn(asked, own, now))
    return render_template("mayor/overview.html", body=body)


def forget() -> None:
    """Draw and read everything anew (tests)."""
    _bodies.forget()
    overview_figures.forget()


def _drawn(asked: Asked, own: Collection[int], now: datetime) -> Markup:
    today = clock.local(now).date()
    centres = list(city_map().centres.values())
    found = overview_figures.figures(asked.days, today)
    late = lists.behind("late", asked.days, limit=lists.MOST_DOTS)
    drawing = area_shapes(city_map())
    body = render_template(
        "mayor/_overview.html",
        asked=asked,
        lengths=LENGTHS,
        fewest=FEWEST,
        hidden=HIDDEN,
        today=today_strip(found),
        waiting=waiting(today),
        ways=ways(asked),
        cards=cards(found, asked),
        on_time=found.shown.value("on_time", CITY),
        on_time_before=found.before.value("on_time", CITY),
        standing=found.standing,
        worst=worst(centres, found),
        columns=columns(centres, found, asked, own),
        table=table(found, centres, asked),
        centres=centres,
        own=own,
        late=late_rows(late[:LONGEST], now),
        drawing=drawing,
        dots=[drawing.project(each.lon, each.lat) for each in late if each.lon and each.lat],
        held=held_parts(found.shown.sums.get(CITY, Sums())),
        words=words,
        link=link,
        at=now,
    )
    return Markup(body)  # noqa: S704 — a template's own output


def held_parts(sums: Sums) -> list[dict[str, Any]]:
    """Return the parts of the bar of holders, in its own order, of the work done."""
    percents = weights({kind: float(getattr(sums, f"held_{kind}")) for kind in words.HOLDER_CSS})
    return [
        {
            "css": css,
            "weight": percents[kind],
            "name": words.HOLDER[kind],
            "time": words.share(percents[kind]),
        }
        for kind, css in words.HOLDER_CSS.items()
        if percents.get(kind)
    ]
