"""What was typed into the report's steps, carried in hidden fields and checked at the edge."""

from __future__ import annotations

import math
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk import config
from service_desk.city.queries import city_map
from service_desk.config import LOCALES
from service_desk.errors import BadInput
from service_desk.intake.rules import LINE_LIMIT, TEXT_LIMIT, Said, SaidPlace, clean_text
from service_desk.messages.channels import offered
from service_desk.messages.rules.choosing import can_call
from service_desk.people.actions import can_receive_text, phone_number

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from service_desk.catalog.rules import ServiceType
    from service_desk.intake.rules import EncodedPhoto

_KEY = re.compile(r"[0-9a-f]{32}")
#: hidden fields that carry the place from step to step
PLACE_FIELDS = (
    "line",
    "street_code",
    "house_no",
    "place_id",
    "centre_id",
    "lon",
    "lat",
    "landmark",
    "mode",
    "picked",
)
#: a pin dragged further than this from the chosen address says something else (m)
MOVED_M = 5.0


@dataclass
class Typed:
    """One form as it came. Nothing in it is trusted but its types."""

    values: dict[str, str]
    answers: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a field's words, '' when it was not there."""
        return self.values.get(name, "")

    @property
    def place(self) -> dict[str, str]:
        """Return the hidden fields of the place."""
        return {name: self.get(name) for name in PLACE_FIELDS}


def read(form: MultiDict[str, str], service: ServiceType | None = None) -> Typed:
    """Read a submitted form: cleaned, bounded, nothing missing."""
    values = {
        name: clean_text(value, TEXT_LIMIT if name == "text" else LINE_LIMIT) for name, value in form.items()
    }
    answers: dict[str, Any] = {}
    for question in service.questions if service else ():
        name = f"answer_{question.code}"
        given = form.getlist(name)
        answers[question.code] = given if question.type == "multivaluelist" else (given[0] if given else "")
    return Typed(values, answers)


def place_of(typed: Typed) -> SaidPlace:
    """Return the place as said. A choice from the list counts while its words still stand; a moved pin goes before it."""
    landmark, line = typed.get("landmark"), typed.get("line")
    pin = (_degrees(typed.get("lon")), _degrees(typed.get("lat")))
    is_choice = bool(line) and typed.get("picked") == line
    street, house, spot = (
        _whole(typed.get("street_code")),
        _whole(typed.get("house_no")),
        _whole(typed.get("place_id")),
    )
    if typed.get("mode") == "area" and _whole(typed.get("centre_id")):
        return SaidPlace("area", line=line, centre_id=_whole(typed.get("centre_id")), landmark=landmark)
    if is_choice and spot and _stands(pin, _of_place(spot)):
        return SaidPlace("place", line=line, place_id=spot, landmark=landmark)
    if is_choice and street and _stands(pin, _of_street(street, house)):
        return SaidPlace("address", line=line, street_code=street, house_no=house, landmark=landmark)
    if pin[0] is not None and pin[1] is not None:
        return SaidPlace("pin", line=line, lon=pin[0], lat=pin[1], landmark=landmark)
    if line:
        return SaidPlace("address", line=line, landmark=landmark)
    return SaidPlace(landmark=landmark)


def _of_place(place_id: int) -> tuple[float, float] | None:
    spot = city_map().places.get(place_id)
    return (spot.lon, spot.lat) if spot else None


def _of_street(street_code: int, house_no: int | None) -> tuple[float, float] | None:
    found = city_map().addresses.resolve((street_code, house_no))
    return (found.lon, found.lat) if found.lon is not None and found.lat is not None else None


def _stands(pin: tuple[float | None, float | None], chosen: tuple[float, float] | None) -> bool:
    """Say whether the pin is still where the choice put it, or was never set."""
    if pin[0] is None or pin[1] is None or chosen is None:
        return pin[0] is None or chosen is not None
    return city_map().index.distance_m((pin[0], pin[1]), chosen) < MOVED_M


def said_of(typed: Typed, service: ServiceType, locale: str, photos: tuple[EncodedPhoto, ...]) -> Said:
    """Return the whole report. Raises BadInput with every problem of the contact fields."""
    problems: dict[str, str] = {}
    phone, contact = contact_of(typed, locale, problems)
    if not typed.get("text") and not service.questions:
        problems["text"] = "required"
    if problems:
        raise BadInput(problems)
    key = typed.get("key")
    return Said(
        service_code=service.code,
        text=typed.get("text"),
        place=place_of(typed),
        locale=spoken(typed, locale),
        channel="web",
        submission_key=key if _KEY.fullmatch(key) else secrets.token_hex(16),
        answers={code: given for code, given in typed.answers.items() if given not in ("", [])},
        phone=phone,
        person_name=typed.get("name"),
        contact=contact,
        photos=photos,
    )


def spoken(typed: Typed, locale: str) -> str:
    """Return the language chosen for messages, or the page's own."""
    return typed.get("spoken") if typed.get("spoken") in LOCALES else locale


def contact_of(typed: Typed, locale: str, problems: dict[str, str]) -> tuple[str | None, str]:
    """Return (phone in E.164 or None, channel), noting what is wrong with them.

    A landline is called in place of words where the city calls and a voice speaks the language.
    """
    raw, contact = typed.get("phone"), typed.get("contact") or "none"
    if not raw:
        return None, "none"
    try:
        phone = phone_number(raw)
    except BadInput as error:
        problems.update(error.problems)
        return None, contact
    can_be_reached = can_receive_text(phone) or can_call(
        phone, spoken(typed, locale), offered(config.current())
    )
    if contact in {"sms", "whatsapp"} and not can_be_reached:
        problems["phone"] = "phone_no_text"
    return phone, contact if contact in {"sms", "whatsapp"} else "none"


def _degrees(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= 180 else None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
