"""What people wrote becomes a report that a clerk opens: prefilled from their words, their pin and their photos, once."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk import clock, config
from service_desk.city.queries import city_map
from service_desk.errors import Conflict, NotFound
from service_desk.extensions import db
from service_desk.flow.fetch_media import FETCH
from service_desk.flow.place_inbound import UNPLACED, check, waiting
from service_desk.flow.receive import receive_report
from service_desk.intake.queries import report_by_key
from service_desk.intake.rules import SaidPlace, clean_text
from service_desk.messages import actions as messages
from service_desk.messages.models import Inbound
from service_desk.messages.rules.words import digit_in, language_of
from service_desk.people import actions as people
from service_desk.people.queries import resident_by_phone
from service_desk.work import tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.intake.rules import Said
    from service_desk.people.rules import Actor

#: words of one number within so long before or after belong to the same matter
_TOGETHER = timedelta(hours=3)
_LONGEST_CHARS = 2000
_LINE_CHARS = 200
#: a sentence that is about more than the place hides it
_PARTS = re.compile(r"[\n,;.]+")
#: of 100: so alike must a street's name be
SURE_STREET = 70


@dataclass(frozen=True, slots=True)
class Opening:
    """What a report would begin with. tail: last four digits of the number; pin: (lon, lat) degrees; photos: how many came.

    ticket_id: set once the message stands on a request: then there is nothing to open.
    """

    inbound_id: int
    ticket_id: int | None
    text: str
    line: str
    pin: tuple[float, float] | None
    photos: int
    channel: str
    tail: str
    locale: str


def see_opening(inbound_id: int, actor: Actor) -> Opening:
    """Return what a report from this message, and from those that belong to it, would begin with. Raises NotAllowed, NotFound."""
    check(actor)
    row = _row(inbound_id)
    together = _together(row)
    text = clean_text(
        "\n".join(each.body for each in together if digit_in(each.body) is None), _LONGEST_CHARS
    )
    resident = resident_by_phone(row.address)
    pins = [(each.lon, each.lat) for each in together if each.lon is not None and each.lat is not None]
    return Opening(
        row.id,
        row.ticket_id,
        text,
        _line_in(text),
        pins[-1] if pins else None,
        sum(len(each.media) for each in together),
        row.channel,
        row.address[-4:],
        resident.locale if resident else language_of(text) or "he",
    )


def open_report(inbound_id: int, said: Said, actor: Actor) -> int:
    """Open a request from a message, as its writer's report, and put the message and its photos on it. Returns the ticket's id.

    said: as the clerk completed it; number, channel and key are the message's. A second press, also of somebody else,
    leads to the request of the first. Raises BadInput, NotAllowed, NotFound.
    """
    check(actor)
    with transaction():
        row = _row(inbound_id, is_locked=True)
        if row.ticket_id is not None:
            return row.ticket_id
        together = [each.id for each in _together(row)]
        address, channel = row.address, row.channel
    said = replace(said, submission_key=_key(inbound_id), phone=address, contact=channel, channel=channel)
    try:
        ticket_id = receive_report(said, actor).ticket_id
    except Conflict:
        first = report_by_key(said.submission_key)
        if first is None:
            raise
        ticket_id = first.ticket_id
    _put_all_on(together, said, ticket_id, actor)
    return ticket_id


def _put_all_on(inbound_ids: Sequence[int], said: Said, ticket_id: int, actor: Actor) -> None:
    """Note where the messages landed; the report was made before, and this may safely come again."""
    with transaction() as after:
        resident = resident_by_phone(said.phone or "")
        for each in inbound_ids:
            if waiting(each) is not None:  # else somebody has decided about it meanwhile
                messages.place_inbound(
                    each, "reported", resident_id=resident.id if resident else None, ticket_id=ticket_id
                )
        people.note_access(actor, ticket_id, "inbound_opened", clock.now())
        after.ring(FETCH, tenant_id())


def _row(inbound_id: int, *, is_locked: bool = False) -> Inbound:
    key = (tenant_id(), inbound_id)
    row = db.session.get(Inbound, key, with_for_update=is_locked or None, populate_existing=True)
    if row is None or (row.outcome not in UNPLACED and row.ticket_id is None):
        raise NotFound
    return row


def _together(row: Inbound) -> list[Inbound]:
    """Return what the same number wrote around it that belongs to no request either, oldest first."""
    mine = (
        Inbound.authority_id == tenant_id(),
        Inbound.address == row.address,
        Inbound.channel == row.channel,
        Inbound.outcome.in_(UNPLACED),
        Inbound.ticket_id.is_(None),
        Inbound.at.between(row.at - _TOGETHER, row.at + _TOGETHER),
    )
    return list(db.session.scalars(select(Inbound).where(*mine).order_by(Inbound.at, Inbound.id))) or [row]


def _line_in(text: str) -> str:
    """Return the first address that a part of the words names, as «street number»; '' when none does for sure."""
    for line in _PARTS.split(text):
        found = city_map().addresses.resolve(line[:_LINE_CHARS])
        if found.kind == "address" and found.matched and found.matched[0].score >= SURE_STREET:
            return f"{found.matched[0].name} {found.house_no or ''}".strip()
    return ""


def place_of(pin: tuple[float, float], landmark: str) -> SaidPlace:
    """Return the place of a pin that came with the words."""
    return SaidPlace("pin", lon=pin[0], lat=pin[1], landmark=landmark)


def _key(inbound_id: int) -> str:
    """Return the report's key: the same for each press, and nothing that anybody else could send first."""
    asked = f"inbound.{tenant_id()}.{inbound_id}".encode()
    return hmac.new(config.current().secret_key.encode(), asked, hashlib.sha256).hexdigest()[:32]
