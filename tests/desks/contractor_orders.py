"""Work orders for the tests of the contractor's desk: a contract in force, a ticket, an order issued."""

from __future__ import annotations

import io
import secrets
from datetime import date

from PIL import Image

from service_desk import clock
from service_desk.city import kept
from service_desk.city.queries import city_map
from service_desk.contractors.actions import contracts as actions
from service_desk.contractors.queries import orders
from service_desk.contractors.queries.contracts import contract_for
from service_desk.contractors.rules.contract import ContractTerms
from service_desk.extensions import db
from service_desk.flow.do_order import FieldEntry, FieldPhoto
from service_desk.flow.issue_order import issue_order
from service_desk.flow.receive import receive_report
from service_desk.intake.rules import EncodedPhoto
from service_desk.people.rules import SYSTEM, Actor
from service_desk.tickets import queries as tickets
from service_desk.work import transaction

TERMS = {
    "domains": ["roads"],
    "areas": None,
    "calendar": "24x7",
    "duties": {
        "accept": {"minutes": 120, "hazard_minutes": 30},
        "arrive": {"minutes": 1440, "hazard_minutes": 60},
        "make_safe": {"hazard_minutes": 240},
        "complete": {"minutes": 4320, "hazard_minutes": 1440},
    },
    "prices": [],
    "proofs": ["before", "after"],
    "needs_place": True,
    "place_radius_m": 150,
    "sample_percent": 0,
    "monthly_fee_agorot": 12_000_000,
    "cap_percent": 10,
}


def firm(code="C-ROADS"):
    """Return the contractor with this code."""
    return next(unit for unit in city_map().units.values() if unit.code == code)


def in_contract(code="C-ROADS", domain="roads"):
    """Make sure that the contractor has a contract for the work."""
    unit = firm(code)
    if contract_for(domain, None, unit_id=unit.id, at=clock.now()) is None:
        with transaction():
            actions.keep_version(
                actions.ContractContent(
                    code=f"test-{code}",
                    unit_id=unit.id,
                    name={"he": "חוזה", "en": "Contract"},
                    terms=ContractTerms.from_json(TERMS | {"domains": [domain]}),
                    valid_from=date(2025, 1, 1),
                ),
                clock.now(),
                SYSTEM,
            )
        kept.forget()
        db.session.expunge_all()
    return unit


def issued(said, clerk, code="C-ROADS", *, instructions="מילוי באספלט חם", may_see_phone=False, **parts):
    """Receive a report and issue an order for it; returns the order's id."""
    unit = in_contract(code)
    ticket_id = receive_report(said(**parts), Actor("resident")).ticket_id
    order_id = issue_order(
        ticket_id,
        None,
        clerk,
        unit_id=unit.id,
        instructions=instructions,
        domain="roads",
        may_see_phone=may_see_phone,
    )
    db.session.expunge_all()
    return order_id


def picture(colour=(90, 80, 70), size=(64, 48)):
    """Return a JPEG as a file of a form."""
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "JPEG")
    made.seek(0)
    return made


def entry(kind, at=None, *, place=None, photos=(), **more):
    """Return an entry as a phone sends it, made at ``at``. place: (lon, lat), or None when the phone gave none."""
    lon, lat = place or (None, None)
    taken = tuple(
        FieldPhoto(each, EncodedPhoto(secrets.token_bytes(16), b"small", 40, 30)) for each in photos
    )
    return FieldEntry(
        key=secrets.token_hex(8),
        kind=kind,
        happened_at=at or clock.now(),
        clock_ahead_seconds=0,
        lon=lon,
        lat=lat,
        accuracy_m=10.0 if place else None,
        photos=taken,
        **more,
    )


def spot(ticket_id):
    """Return where the ticket is, in degrees."""
    ticket = tickets.ticket_or_404(ticket_id)
    return ticket.lon, ticket.lat


def state(order_id):
    """Return the order's state as stored."""
    return orders.order_or_404(order_id).state
