"""A posted report as it was said: words cleaned, the place as far as it was given, never anything fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.city.queries import city_map
from service_desk.desks.open311.refusals import Refused
from service_desk.desks.open311.schemas import read_address_id
from service_desk.errors import BadInput
from service_desk.intake.rules import LINE_LIMIT, TEXT_LIMIT, Said, SaidPlace, clean_text
from service_desk.people.actions import can_receive_text, phone_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.catalog.rules import ServiceType

NAME_LIMIT, URL_LIMIT = 80, 500


def said_of(
    given: Mapping[str, Any],
    attributes: Mapping[str, Any],
    kind: ServiceType,
    locale: str,
    submission_key: str,
) -> Said:
    """Return what was said. given: see schemas.ReportSchema. Raises Refused (400)."""
    phone = _phone(given.get("phone"))
    name = clean_text(f"{given['first_name']} {given['last_name']}", NAME_LIMIT)
    return Said(
        service_code=kind.code,
        text=_words(given),
        place=_place(given, kind),
        locale=locale,
        channel="open311",
        submission_key=submission_key,
        answers=attributes,
        phone=phone,
        person_name=name if phone else "",
        contact="sms" if phone and can_receive_text(phone) else "none",
    )


def _words(given: Mapping[str, Any]) -> str:
    """Return the description; the address of a picture stands below it as words, since we never open what strangers name."""
    text, url = clean_text(given["description"]), clean_text(given["media_url"], URL_LIMIT)
    if url.startswith(("https://", "http://")) and " " not in url and "\n" not in url:
        return clean_text(f"{text[: TEXT_LIMIT - len(url) - 1]}\n{url}")
    return text


def _place(given: Mapping[str, Any], kind: ServiceType) -> SaidPlace:
    lat, lon, line = given.get("lat"), given.get("long"), clean_text(given["address_string"], LINE_LIMIT)
    if (lat is None) != (lon is None):
        raise Refused(400, "lat and long must be provided together")
    if lat is not None:
        return SaidPlace("pin", lon=lon, lat=lat, line=line)
    if "address_id" in given:
        street, house = read_address_id(given["address_id"])
        if street not in city_map().streets:
            raise Refused(400, "address_id was not found")
        return SaidPlace("address", line=line, street_code=street, house_no=house)
    if line:
        return SaidPlace("address", line=line)
    if kind.needs_place:
        raise Refused(400, "lat and long, address_string or address_id was not provided")
    return SaidPlace("none")


def _phone(raw: str | None) -> str | None:
    try:
        return phone_number(raw[:40]) if raw else None
    except BadInput:
        raise Refused(400, "phone cannot be read as an Israeli phone number") from None
