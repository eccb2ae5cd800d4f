"""One order as its page shows it: what, where, until when, what was done, what comes next. Words and numbers only."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.contractors.queries.contracts import terms_of
from service_desk.contractors.rules import WITH_CONTRACTOR, clocks
from service_desk.contractors.rules.field import ENTRY_KINDS
from service_desk.contractors.rules.sampling import missing_proofs
from service_desk.desks.clerk.minimap import mini_map
from service_desk.desks.contractor import story, words
from service_desk.desks.contractor.clocks import clock_cards
from service_desk.desks.contractor.rows import centre_number, chip, navigation, reference_of
from service_desk.desks.filters import by_language, on_day, where

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.contractors.models import WorkOrder
    from service_desk.contractors.queries.stories import Line, Shot
    from service_desk.contractors.rules.contract import ContractTerms
    from service_desk.contractors.rules.orders import Order
    from service_desk.intake.models import Photo
    from service_desk.tickets.models import Ticket

#: state of the order → the one act that comes next
PRIMARY = {"issued": "accept", "accepted": "arrive", "scheduled": "arrive", "on_site": "done"}


@dataclass(frozen=True)
class Known:
    """What was read for the page."""

    row: WorkOrder
    order: Order
    ticket: Ticket
    lines: Sequence[Line]
    proofs: Sequence[Shot]
    photos: Sequence[Photo]


class Step(NamedTuple):
    """One step of the work. kind: accept, arrive, make_safe, before, after or done. detail: when and how near."""

    kind: str
    name: Any
    detail: str
    is_done: bool
    is_now: bool


def view(known: Known, now: datetime) -> dict[str, Any]:
    """Return everything the page's template shows of the order."""
    row, order, ticket = known.row, known.order, known.ticket
    terms = terms_of(order.contract_id)
    service = catalogue().types.get(order.service_code)
    number = centre_number(order.area_code)
    centre = next((each for each in city_map().centres.values() if each.number == number), None)
    state, colour = words.STATE[order.state]
    return {
        "id": row.id,
        "reference": reference_of(ticket.reference, row.number),
        "name": by_language(service.name) if service else order.service_code,
        "number": number,
        "centre_phone": centre.phone if centre else "",
        "place": where(row, ticket.landmark),
        "landmark": ticket.landmark if row.address else "",
        "map": mini_map(order.lon, order.lat) if order.lon is not None and order.lat is not None else None,
        "go": navigation(order.lon, order.lat),
        "story": ticket.summary,
        "instructions": row.instructions,
        "is_hazard": order.is_hazard,
        "is_repeat": order.repeat_of_id is not None,
        "state_words": state,
        "colour": colour,
        "is_active": order.state in WITH_CONTRACTOR,
        "may_schedule": order.state in WITH_CONTRACTOR - {"on_site"},
        "may_see_phone": order.may_see_phone and order.state in WITH_CONTRACTOR,
        "primary": PRIMARY.get(order.state, ""),
        "keys": {kind: secrets.token_hex(16) for kind in ENTRY_KINDS},
        "clocks": clock_cards(order.clocks, order.pauses, now),
        "pauses": [story.pause_words(each) for each in order.pauses],
        "pause": story.pause_words(order.pause) if order.pause else "",
        "failed": story.last_failure(known.lines) if order.failed_at and order.state != "passed" else "",
        "history": story.timeline(known.lines, is_open=order.is_open),
        "required": _required(order, terms),
        "steps": _steps(known, terms),
        "proofs": {kind: _shots(known, kind) for kind in ("before", "after", "other")},
        "report_photos": [
            _picture(known, each.id) | {"at": each.created_at}
            for each in known.photos
            if each.kind in {"report", "remark"}
        ],
        **_times(order, now),
    }


def _times(order: Order, now: datetime) -> dict[str, Any]:
    is_with_us = order.state in WITH_CONTRACTOR
    due_at = clocks.next_due(order.clocks) if is_with_us else None
    running = [each for each in order.clocks if each.stopped_at is None and each.due_at == due_at]
    visit = order.scheduled_for if order.state == "scheduled" else None
    done_at = order.done_at or order.ended_at
    return {
        "due": chip(order.issued_at, due_at, now, is_paused=order.pause is not None, done_at=done_at),
        "duty": words.DUTY[running[0].kind] if running else "",
        "visit": on_day(visit) if visit else "",
        "visit_value": f"{clock.local(visit):%Y-%m-%dT%H:%M}" if visit else "",
        "visit_from": f"{clock.local(now - timedelta(minutes=30)):%Y-%m-%dT%H:%M}",
    }


def _required(order: Order, terms: ContractTerms) -> list[str]:
    found = []
    if order.is_hazard:
        found.append(_("The place is made safe first"))
    if {"before", "after"} <= set(terms.proofs):
        found.append(_("A photo before and a photo after, from the same spot"))
    else:
        found += [_("A photo: %(kind)s", kind=words.PHOTO[kind]) for kind in terms.proofs]
    if terms.needs_place:
        found.append(_("Photos and reports from the place, within %(m)s m", m=terms.place_radius_m))
    return found


def _steps(known: Known, terms: ContractTerms) -> list[Step]:
    order = known.order
    missing = missing_proofs(terms, order.proofs, order.failed_at)
    finished = order.state in {"done", "passed"}
    found: list[tuple[str, Any, bool, str]] = [
        ("accept", _("Acceptance"), order.state != "issued", on_day(order.accepted_at)),
        (
            "arrive",
            _("Arrival"),
            order.state == "on_site" or finished,
            on_day(order.arrived_at) if order.arrived_at else "",
        ),
    ]
    if order.is_hazard:
        found.append(
            ("make_safe", _("Made safe"), order.made_safe_at is not None, on_day(order.made_safe_at))
        )
    for kind, name in (("before", _("Photo before")), ("after", _("Photo after"))):
        has = any(proof.kind == kind for proof in order.proofs)
        found.append((kind, name, has and kind not in missing, ""))
    found.append(("done", _("Report that it is finished"), finished, on_day(order.done_at)))
    current = next((kind for kind, _name, is_done, _at in found if not is_done), None)
    return [
        Step(kind, name, at if is_done else "", is_done, kind == current) for kind, name, is_done, at in found
    ]


def _shots(known: Known, kind: str) -> list[dict[str, Any]]:
    return [
        _picture(known, shot.photo_id) | {"detail": _taken(shot)}
        for shot in known.proofs
        if shot.kind == kind
    ]


def _picture(known: Known, photo_id: int) -> dict[str, Any]:
    where: dict[str, Any] = {"order_id": known.row.id, "photo_id": photo_id}
    return {
        "small": url_for("contractor.photo", **where, size="small"),
        "full": url_for("contractor.photo", **where, size="full"),
    }


def _taken(shot: Shot) -> str:
    if shot.distance_m is None:
        return _("%(when)s, without a place", when=on_day(shot.taken_at))
    return _("%(when)s, %(m)s m from the point", when=on_day(shot.taken_at), m=round(shot.distance_m))
