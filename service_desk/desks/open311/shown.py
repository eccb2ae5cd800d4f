"""How services and requests look to the world: data names in the asked language, no person's words, places rounded."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from service_desk import clock, config
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import AnswerType
from service_desk.city.queries import city_map
from service_desk.desks.filters import by_language, due
from service_desk.tickets.rules import STOPPING, is_reference
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from service_desk.catalog.rules import Question, ServiceType

#: about eleven metres: enough to find the place, too coarse for a door
DECIMALS = 4
_HOUSE = re.compile(r"(.+?)(?: (\d{1,4}))?\Z", re.DOTALL)


def service(one: ServiceType) -> dict[str, Any]:
    """Return a line of the service list."""
    group = catalogue().groups.get(one.group_code)
    return {
        "service_code": one.code,
        "service_name": by_language(one.name),
        "description": by_language(one.description),
        "metadata": bool(one.questions),
        "type": "realtime",
        "keywords": ", ".join(by_language(one.keywords) or ()),
        "group": by_language(group.name) if group else one.group_code,
    }


def definition(one: ServiceType) -> dict[str, Any]:
    """Return a service's questions as attributes."""
    return {
        "service_code": one.code,
        "attributes": [_attribute(number, question) for number, question in enumerate(one.questions, 1)],
    }


def _attribute(order: int, question: Question) -> dict[str, Any]:
    kinds = {AnswerType.DATE: "datetime", AnswerType.BOOLEAN: "singlevaluelist"}
    values = [{"key": option.key, "name": by_language(option.text)} for option in question.options]
    if question.type is AnswerType.BOOLEAN:
        values = [{"key": "true", "name": _("Yes")}, {"key": "false", "name": _("No")}]
    return {
        "variable": True,
        "code": question.code,
        "datatype": str(kinds.get(question.type, question.type)),
        "required": question.is_required,
        "datatype_description": "",
        "order": order,
        "description": by_language(question.text),
        "values": values,
    }


def request(row: Row[Any]) -> dict[str, Any]:
    """Return a request as anybody may see it. row: see reads."""
    city, kind = city_map(), catalogue().types[row.service_code]
    centre = None if row.triage_reason else city.centres.get(row.centre_id)
    address, address_id = public_address(row.address)
    is_closed = row.status in STOPPING
    return {
        "service_request_id": row.reference,
        "status": "closed" if is_closed else "open",
        "status_notes": status_notes(row.status),
        "service_name": by_language(kind.name),
        "service_code": row.service_code,
        "description": by_language(kind.name),
        "agency_responsible": by_language(centre.name) if centre else None,
        "service_notice": None if is_closed else notice(None, row.resolve_due_at),
        "requested_datetime": instant(row.opened_at),
        "updated_datetime": instant(_updated_at(row)),
        "expected_datetime": instant(row.resolve_due_at),
        "address": address,
        "address_id": address_id,
        "zipcode": None,
        "lat": round(row.lat, DECIMALS) if row.lat is not None else None,
        "long": round(row.lon, DECIMALS) if row.lon is not None else None,
        "media_url": None,
        "extended_attributes": {
            "centre": centre.code if centre else None,
            "routing": "place" if row.routing_method == "chosen" else row.routing_method,
        },
    }


def _updated_at(row: Row[Any]) -> datetime:
    """Return when a request was last touched; of a closed one, when it was closed, whatever is written on it afterwards."""
    ended: datetime | None = row.resolved_at or row.closed_at
    return ended if ended is not None and row.status in STOPPING else row.last_touch_at


def instant(at: datetime | None) -> str | None:
    """Return an instant on the city's clock with its offset, to the second."""
    return clock.local(at).isoformat(timespec="seconds") if at else None


def public_address(words: str) -> tuple[str | None, str | None]:
    """Return (address, address_id) when the words are a street or place of the city; what a person typed stays private."""
    city = city_map()
    found = _HOUSE.match(words)
    if found is None:
        return None, None
    street = next((each for each in city.streets.values() if each.name == found[1]), None)
    if street is not None:
        return words, f"{street.code}-{found[2]}" if found[2] else str(street.code)
    is_place = any(words in place.name.values() for place in city.places.values())
    return (words if is_place else None), None


def notice(centre_id: int | None, due_at: datetime | None) -> str | None:
    """Return what the caller may expect, in words. centre_id null: only when."""
    when = due(due_at, inside=True)
    centre = city_map().centres.get(centre_id) if centre_id else None
    if centre and when:
        return _(
            "%(centre)s takes care of it, promised for %(when)s.", centre=by_language(centre.name), when=when
        )
    if when:
        return _("Promised for %(when)s.", when=when)
    return _("A person decides which centre takes care of it.") if centre is None else None


def status_notes(status: str) -> str:
    """Return where a request stands, plainly."""
    notes = {
        "received": _("Received and waiting for a first look."),
        "triaged": _("A person has looked at it."),
        "assigned": _("Assigned to whoever will do the work."),
        "in_progress": _("Being worked on."),
        "waiting": _("Waiting for an answer of the person who reported it."),
        "resolved": _("Done; the person who reported it is asked to confirm."),
        "closed": _("Done and closed."),
        "reopened": _("Reopened and being looked at again."),
        "handed_over": _("Handed over to a body outside the city."),
        "rejected": _("Ended without work, with a reason given to the person who reported it."),
        "duplicate": _("Joined to an earlier request about the same thing."),
    }
    return notes[status]


def token_of(reference: str) -> str:
    """Return the token of a request: its reference, signed, so that it can be resolved without being stored."""
    words = f"open311-token.{tenant_id()}.{reference}".encode()
    mac = hmac.new(config.current().secret_key.encode(), words, hashlib.sha256).digest()
    return f"{reference}-{urlsafe_b64encode(mac[:12]).decode()}"


def reference_of_token(token: str) -> str | None:
    """Return the reference of a token that we made for this authority, or None."""
    reference = token.partition("-")[0]
    if not (reference.isascii() and reference.isdigit() and is_reference(reference)):
        return None
    return reference if hmac.compare_digest(token_of(reference).encode(), token.encode()) else None
