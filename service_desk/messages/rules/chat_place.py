"""Where it is, in a chat: a pin, a street and number, a known place; asked again only for what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.messages.rules.talking import MOST_CHOICES, Line, Talk
from service_desk.messages.rules.words import digit_in, is_no
from service_desk.routing.rules import WANT_NUMBER

if TYPE_CHECKING:
    from service_desk.messages.rules.talking import Heard, World

#: a place that was not found so often is kept as it was said: a person finds it
_PATIENCE = 2
_LONGEST_LINE = 200
#: reasons for which a house number is asked for: it may decide, or a person finds the place by it
_WANT_NUMBER = WANT_NUMBER | {"no_points"}


def pin_place(pin: tuple[float, float]) -> dict[str, Any]:
    """Return the place of a pin. pin: (lon, lat) degrees."""
    return {"kind": "pin", "lon": pin[0], "lat": pin[1]}


def heard_where(talk: Talk, heard: Heard, world: World) -> tuple[Talk, Line | None]:
    """Take an answer to «where?». Returns the chat with its place, or at a closer question; a line to say before it."""
    if heard.pin is not None:
        return _with_pin(talk, heard.pin, world)
    line = heard.text[:_LONGEST_LINE]
    if talk.draft.get("may_skip") and is_no(line):
        return talk.at("where", place={"kind": "none"}), None
    if not any(letter.isalpha() for letter in line):
        return talk, Line("place_unread")
    return _with_line(talk, line, world)


def _with_pin(talk: Talk, pin: tuple[float, float], world: World) -> tuple[Talk, Line | None]:
    place = pin_place(pin)
    _number, why_not = world.centre_at(place)
    if why_not == "outside_boundary":
        return talk.at("where"), Line("place_outside")
    return talk.at("where", place=place), None


def _with_line(talk: Talk, line: str, world: World) -> tuple[Talk, Line | None]:
    found = world.resolve(line)
    if found.kind in {"street", "address"} and found.street_code is not None:
        place = address(line, found.street_code, found.house_no)
        if found.area_code is None and found.house_no is None and found.reason in _WANT_NUMBER:
            return talk.at("number", near=place), None
        return talk.at("where", place=place), None
    spots = world.spots(line)[:MOST_CHOICES]
    streets = [] if spots else found.matched[:MOST_CHOICES]
    if spots or streets:
        offered = [{"kind": "place", "place_id": code, "name": dict(name)} for code, name in spots]
        offered += [
            {**address(line, each.street_code, each.house_no), "name": {"he": each.name}} for each in streets
        ]
        return talk.at("which_street", places=offered, near={"kind": "address", "line": line}), None
    missed = int(talk.draft.get("missed", 0)) + 1
    if missed >= _PATIENCE:
        return talk.at("where", missed=0, place={"kind": "address", "line": line}), Line("place_as_said")
    return talk.at("where", missed=missed), Line("place_unknown")


def address(line: str, street_code: int, house_no: int | None) -> dict[str, Any]:
    """Return the place of an address."""
    return {"kind": "address", "line": line, "street_code": street_code, "house_no": house_no}


def heard_number(talk: Talk, heard: Heard, world: World) -> tuple[Talk, Line | None]:
    """Take a house number; a pin or other words are taken as the place itself."""
    if heard.pin is not None:
        return heard_where(talk, heard, world)
    digits = "".join(letter for letter in heard.text if letter.isdecimal())
    near = talk.draft["near"]
    if digits and len(digits) <= 4 and int(digits) > 0:
        line = f"{near['line']} {int(digits)}"[:_LONGEST_LINE]
        return talk.at("where", place=address(line, near["street_code"], int(digits))), None
    if is_no(heard.text):
        return talk.at("where", place=near), None
    if not any(letter.isalpha() for letter in heard.text):
        return talk, Line("place_unread")
    return heard_where(talk, heard, world)


def heard_which_street(talk: Talk, heard: Heard, world: World) -> tuple[Talk, Line | None]:
    """Take the choice among places; 0 keeps what was said; a pin or other words are taken as the place itself."""
    number, offered = digit_in(heard.text), talk.draft["places"]
    if heard.pin is not None or number is None:
        return heard_where(talk, heard, world)
    if number == 0:
        return talk.at("where", place=talk.draft["near"]), Line("place_as_said")
    if number > len(offered):
        return talk, Line("choose")
    place = offered[number - 1]
    if place["kind"] == "address":
        street = place["name"]["he"]
        place = address(
            f"{street} {place['house_no'] or ''}".strip(), place["street_code"], place["house_no"]
        )
        found = world.resolve((place["street_code"], place["house_no"]))
        if found.area_code is None and place["house_no"] is None and found.reason in _WANT_NUMBER:
            return talk.at("number", near=place), None
    return talk.at("where", place=place), None
