"""Who held the ball in a period: hours of every centre, unit, contractor and of the residents, which add up to the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import desk, read_centre, read_period
from service_desk.reports.handovers import ENDED, REPORTED, handovers
from service_desk.reports.holders import holders
from service_desk.reports.rules import LENGTHS, apportioned

if TYPE_CHECKING:
    from service_desk.reports.handovers import Handovers
    from service_desk.reports.holders import Account, Held

HOUR_SECONDS = 3600


@desk.get("/mayor/holders", endpoint="holders")
def holders_page() -> str:
    """Show the holders of all requests, or of ?centre='s, in the period asked for. Two statements beside the session's."""
    now = clock.now()
    asked, centre = read_period(request.args, now), read_centre(request.args)
    account = holders(asked.period, centre_id=centre.id if centre else None)
    rows = _rows(account)
    return render_template(
        "mayor/holders.html",
        asked=asked,
        lengths=LENGTHS,
        centre=centre,
        centres=list(city_map().centres.values()),
        rows=rows,
        bar=_bar(rows),
        passed=_passed(handovers(asked.days, centre_id=centre.id if centre else None)),
        hours=sum(each["hours"] for each in rows),
        at=now,
        words=words,
    )


def _rows(account: Account) -> list[dict[str, Any]]:
    """Return the table's rows. Whole hours and percents are shared out so that they add up to what stands below them."""
    seconds = [each.seconds for each in account.parts]
    hours = apportioned(seconds, round(account.whole_seconds / HOUR_SECONDS))
    percents = apportioned(seconds, 100)
    return [
        {
            "kind": each.kind,
            "name": _name(each),
            "number": _number(each),
            "sort": words.HOLDER.get(each.kind, ""),
            "css": "b-w" if each.kind == "resident" else words.HOLDER_CSS.get(each.kind, "b-n"),
            "tickets": each.tickets,
            "hours": hour,
            "percent": percent,
        }
        for each, hour, percent in zip(account.parts, hours, percents, strict=True)
    ]


def _name(held: Held) -> str:
    city = city_map()
    if held.kind == "resident":
        return (
            _("Residents, asked whether it is done")
            if held.is_after_done
            else _("Residents, asked for an answer")
        )
    known = city.centres.get(held.id or 0) if held.kind == "centre" else city.units.get(held.id or 0)
    return by_language(known.name) if known else str(words.HOLDER.get(held.kind, held.kind))


def _number(held: Held) -> int | None:
    centre = city_map().centres.get(held.id or 0) if held.kind == "centre" else None
    return centre.number if centre else None


def _bar(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the parts of the bar by kind of holder, in its own order."""
    sums: dict[str, int] = {}
    for each in rows:
        sums[each["kind"]] = sums.get(each["kind"], 0) + each["percent"]
    return [
        {"css": css, "weight": sums[kind], "name": words.HOLDER[kind], "time": words.share(sums[kind])}
        for kind, css in words.HOLDER_CSS.items()
        if sums.get(kind)
    ]


def _passed(found: Handovers) -> dict[str, Any]:
    """Return the handovers as shown: names, times for each 100 requests, a bar's width in percent of the longest."""
    most = max((each.times for each in found.rows), default=1)
    names = {**words.HOLDER, REPORTED: words.REPORT, ENDED: words.END}
    return {
        "tickets": found.tickets,
        "rows": [
            {
                "source": names.get(each.source, each.source),
                "target": names.get(each.target, each.target),
                "css": words.HOLDER_CSS.get(each.target, "b-n"),
                "times": each.times,
                "each_100": round(100 * each.times / max(found.tickets, 1), 1),
                "width": max(1, round(100 * each.times / most)),
                "held": "" if each.source == REPORTED else words.length(each.hours),
            }
            for each in found.rows
        ],
    }
