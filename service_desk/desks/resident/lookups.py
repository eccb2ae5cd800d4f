"""Answers for the page while a place is being typed or marked. Nothing is stored, nothing needs a server but this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, request, session
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address

from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language
from service_desk.desks.resident.door import desk
from service_desk.desks.resident.sayings import centre_name, why_undecided
from service_desk.extensions import limiter
from service_desk.intake.rules import SaidPlace, clean_text
from service_desk.routing import rules as routing
from service_desk.routing.queries import place

if TYPE_CHECKING:
    from flask import Response

SURE_PLACE = 60


def asker() -> str:
    """Return who is counted: a member of staff alone, for a whole office has one address; residents by theirs."""
    staff_id = session.get("_user_id")
    return f"staff {staff_id}" if staff_id else get_remote_address()


@desk.get("/api/places")
@limiter.limit("120/minute", key_func=asker)
def places() -> Response:
    """Offer streets and places for what was typed: [{label, hint, number, title, fill: {field: value}}]."""
    return jsonify(offers(clean_text(request.args.get("q", ""), 80)))


def offers(typed: str) -> list[dict[str, Any]]:
    """Return the streets and places that a typed line may mean, best first: dicts as `places` answers them."""
    if len(typed) < 2:
        return []
    city = city_map()
    found: dict[int, dict[str, Any]] = {}
    for match in [*city.addresses.match(typed, 4), *city.addresses.suggest(typed, 6)]:
        if match.street_code in found:
            continue
        resolved = city.addresses.resolve((match.street_code, match.house_no))
        name = city.streets[match.street_code].name
        label = f"{name} {match.house_no}" if match.house_no else name
        found[match.street_code] = {
            "label": label,
            "hint": ""
            if resolved.area_code
            else _("point needed")
            if match.house_no
            else _("number or point needed"),
            "number": city.centre_of_area(resolved.area_code).number if resolved.area_code else None,
            "title": _title(resolved.area_code, routing.why_undecided(resolved)),
            "fill": _fill(
                label,
                street_code=match.street_code,
                house_no=match.house_no,
                lon=resolved.lon,
                lat=resolved.lat,
            ),
        }
    spots = [each.landmark for each in city.landmarks.match(typed, 3) if each.score >= SURE_PLACE]
    return [*list(found.values())[:6], *(_spot(spot.lon, spot.lat) for spot in spots)]


def _title(area_code: str | None, reason: str | None) -> str:
    """Return which centre it is, or why that cannot be said yet."""
    if area_code is None:
        return why_undecided(reason)
    return _("This is in the area of %(name)s", name=centre_name(city_map().centre_of_area(area_code).id))


def _fill(label: str, **known: object) -> dict[str, object]:
    """Return what a choice writes into the form: every field of the place, so that nothing of an earlier choice stays."""
    return {"picked": label, "street_code": "", "house_no": "", "place_id": "", "lon": "", "lat": ""} | {
        key: value for key, value in known.items() if value is not None
    }


def _spot(lon: float, lat: float) -> dict[str, Any]:
    city = city_map()
    row = next(each for each in city.places.values() if (each.lon, each.lat) == (lon, lat))
    area, label = city.index.locate(lon, lat).area_code, by_language(row.name)
    return {
        "label": label,
        "hint": "",
        "number": city.centre_of_area(area).number if area else None,
        "title": _title(area, None),
        "fill": _fill(label, place_id=row.id, lon=lon, lat=lat),
    }


@desk.get("/api/centre")
@limiter.limit("120/minute", key_func=asker)
def centre() -> Response:
    """Say which centre a point belongs to: {number, title, note}; number is null when it cannot be said."""
    said = SaidPlace("pin", lon=request.args.get("lon", type=float), lat=request.args.get("lat", type=float))
    found = place(said)
    city = city_map()
    if found.area_code is None:
        return jsonify(number=None, title=why_undecided(found.reason), note="")
    owner = city.centre_of_area(found.area_code)
    near = [
        centre_name(city.centre_of_area(code).id) for code, _metres in found.neighbours if code in city.areas
    ]
    note = _("The border with %(name)s is within 30 metres; both see it.", name=near[0]) if near else ""
    return jsonify(number=owner.number, title=_title(found.area_code, None), note=note)


@desk.get("/api/areas.geojson")
def areas() -> Response:
    """Give the areas as GeoJSON, for maps."""
    drawn = city_map().geojson()
    for feature in drawn["features"]:
        feature["properties"]["name"] = by_language(feature["properties"]["name"])
    return jsonify(drawn)
