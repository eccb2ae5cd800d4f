"""The overview: one sentence, five figures, seven centres, a map, the longest delays, where the time goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.area_svg import area_shapes
from service_desk.desks.mayor import words
from service_desk.desks.mayor.centres import columns
from service_desk.desks.mayor.door import Asked, desk, link, read_period
from service_desk.desks.mayor.drawing import weights
from service_desk.desks.mayor.rows import late_rows
from service_desk.reports import lists
from service_desk.reports.queries import CITY, Figures, overview
from service_desk.reports.rules import LENGTHS

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.city.models import Centre

#: longest delays on the page
LONGEST = 10


@desk.get("/mayor/", endpoint="overview")
def overview_page() -> str:
    """Show the figures of a period: ?days= 7, 30, 90 or 365, or ?from=&to= dates. At most eight statements."""
    now = clock.now()
    asked = read_period(request.args, now)
    centres = list(city_map().centres.values())
    figures = overview(asked.period, now, [each.id for each in centres])
    late = lists.behind("late", asked.period, now, limit=lists.MOST_DOTS)
    drawing = area_shapes(city_map())
    return render_template(
        "mayor/overview.html",
        asked=asked,
        lengths=LENGTHS,
        city=figures[CITY],
        worst=_worst(centres, figures),
        columns=columns(centres, figures, asked),
        rows=[(each, figures[each.id]) for each in centres],
        late=late_rows(late[:LONGEST], now),
        drawing=drawing,
        dots=[drawing.project(each.lon, each.lat) for each in late if each.lon and each.lat],
        held=_held(asked, now),
        words=words,
        link=link,
        at=now,
    )


def _worst(centres: list[Centre], figures: dict[int, Figures]) -> tuple[Centre, int] | None:
    """Return the centre with the most late tickets, when it stands out: a quarter of them or more, and no equal."""
    ranked = sorted(centres, key=lambda each: -figures[each.id].late)
    if len(ranked) < 2:
        return None
    most, next_most = figures[ranked[0].id].late, figures[ranked[1].id].late
    return (ranked[0], most) if most > next_most and most * 4 >= figures[CITY].late else None


def _held(asked: Asked, now: datetime) -> list[dict[str, Any]]:
    """Return the parts of the bar of holders, in its own order."""
    percents = weights(lists.where_time_goes(asked.period, now))
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
