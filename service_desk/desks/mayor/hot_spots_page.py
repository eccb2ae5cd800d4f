"""Hot spots: on the map, and as a list with the street, the weeks and the requests behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from service_desk.city.queries import city_map
from service_desk.desks.area_svg import area_shapes
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import desk, read_centre
from service_desk.reports import hot_spots
from service_desk.reports.chance import FALSE_SHARE
from service_desk.reports.rules.spots import FEWEST_CASES, FEWEST_DAYS, SPAN_WEEKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from service_desk.reports.hot_spots import Behind
    from service_desk.reports.models import HotSpot

#: places listed and drawn; the page says when it stops there
MOST = 60
#: drawing units of a week's bar, its gap, and the height of all
_BAR, _STEP, _TALL = 6, 8, 40


@desk.get("/mayor/hot-spots", endpoint="hot_spots")
def hot_spots_page() -> str:
    """Show the hot spots, of ?centre= or the city, the furthest beyond chance first. Two statements beside the session's."""
    centre, every = read_centre(request.args), hot_spots.spots()
    spots = _shown(every)
    behind = hot_spots.behind(spots)
    drawing = area_shapes(city_map())
    return render_template(
        "mayor/hot_spots.html",
        rows=[_row(each, behind) for each in spots],
        has_any=bool(every),
        made_at=max((each.made_at for each in every), default=None),
        centre=centre,
        centres=list(city_map().centres.values()),
        drawing=drawing,
        dots=[drawing.project(each.lon, each.lat) for each in spots],
        most=MOST,
        weeks=SPAN_WEEKS,
        fewest_cases=FEWEST_CASES,
        fewest_days=FEWEST_DAYS,
        false_percent=round(100 * FALSE_SHARE),
        words=words,
    )


@desk.get("/mayor/hot-spots.json", endpoint="hot_spots_json")
def hot_spots_json() -> Response:
    """Return the same places as GeoJSON points, for the map. One statement beside the session's."""
    return jsonify(type="FeatureCollection", features=[_feature(each) for each in _shown(hot_spots.spots())])


def _shown(spots: Sequence[HotSpot]) -> list[HotSpot]:
    centre = read_centre(request.args)
    return [each for each in spots if centre is None or each.centre_id == centre.id][:MOST]


def _row(spot: HotSpot, behind: dict[int, Behind]) -> dict[str, Any]:
    top = max(spot.weeks, default=0) or 1
    return {
        "spot": spot,
        "name": words.type_name(spot.service_code),
        "centre": city_map().centres.get(spot.centre_id),
        "expected": _usual(spot.expected),
        "bars": [
            {
                "x": _STEP * n,
                "height": round(_TALL * number / top, 1),
                "y": round(_TALL - _TALL * number / top, 1),
                "is_recent": n >= len(spot.weeks) - SPAN_WEEKS,
            }
            for n, number in enumerate(spot.weeks)
        ],
        "wide": _STEP * len(spot.weeks) - (_STEP - _BAR),
        "spoken": ", ".join(str(each) for each in spot.weeks),
        "tickets": [behind[each] for each in spot.ticket_ids if each in behind],
    }


def _usual(expected: float) -> str:
    """Return what was to be expected: to one decimal, and never as nought."""
    return (
        _("less than %(num)s", num=words.number(0.1)) if expected < 0.1 else words.number(round(expected, 1))
    )


def _feature(spot: HotSpot) -> dict[str, Any]:
    centre = city_map().centres.get(spot.centre_id)
    came = ngettext("%(num)s request", "%(num)s requests", spot.cases)
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [spot.lon, spot.lat]},
        "properties": {
            "number": centre.number if centre else None,
            "title": words.type_name(spot.service_code),
            "address": spot.street,
            "due": _("%(came)s, %(usual)s to be expected", came=came, usual=_usual(spot.expected)),
            "state": "late",
            "url": url_for(
                "mayor.hot_spots", centre=request.args.get("centre") or None, _anchor=f"spot-{spot.id}"
            ),
        },
    }
