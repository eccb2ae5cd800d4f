"""A report is received: intake → routing → tickets → slas → messages, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from service_desk import clock, telemetry
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import check_answers, is_hazard
from service_desk.city import kept
from service_desk.errors import BadInput, Conflict, NotAllowed
from service_desk.flow.keeping import drop, keep_photos
from service_desk.flow.new_ticket import clock_rows, decide, ticket_values
from service_desk.flow.telling import DELIVER, values_of
from service_desk.intake import actions as intake
from service_desk.intake import queries as said_before
from service_desk.messages import actions as messages
from service_desk.messages.queries import preference_of
from service_desk.people import actions as people
from service_desk.people.rules import may
from service_desk.reports import expected
from service_desk.routing import actions as routing
from service_desk.slas import actions as slas
from service_desk.slas.queries import clocks_of
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries as ticket_queries
from service_desk.tickets.models import Ticket
from service_desk.work import gather, new_id, tenant_id, transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.catalog.rules import ServiceType
    from service_desk.intake.rules import EncodedPhoto, Said
    from service_desk.people.rules import Actor


class _UsedBefore(Exception):
    """The submission key was used: the transaction is left without a trace."""


@dataclass(frozen=True)
class Received:
    """What came of a report. token: of the reporter's private link. is_repeat: it had been received before.

    centre_id: null while a person has to decide; resolve_due_at: the promise, aware UTC.
    """

    ticket_id: int
    reference: str
    token: str
    is_repeat: bool = False
    lost_photos: int = 0
    centre_id: int | None = None
    resolve_due_at: datetime | None = None


def receive_report(said: Said, actor: Actor, *, lost_photos: int = 0) -> Received:
    """Record what was said and open the city's ticket for it, with its clocks and its message.

    said: cleaned by the door; answers are checked here. lost_photos: files the door could not read.
    A second submit with the same key and content returns the first one's ticket. An undecided route is no error:
    the ticket waits in the default centre's triage. Raises BadInput, Conflict, NotAllowed, NotFound (no such service).
    """
    if actor.kind == "staff" and not (may(actor, "file_for_other") or may(actor, "hold_visit")):
        raise NotAllowed
    service = catalogue().type(said.service_code)
    answers, problems = check_answers(service, said.answers)
    if problems:
        raise BadInput({f"answer_{code}": problem for code, problem in problems.items()})
    hazard, hazard_why = is_hazard(service, answers)
    stored, lost = keep_photos(said.photos)
    try:
        with transaction() as after:
            now = clock.now()
            received, waiting = _write(said, service, answers, actor, stored, (hazard, hazard_why), now)
            if waiting:
                after.ring(DELIVER, tenant_id())
    except _UsedBefore:
        drop(stored)
        return _again(said)
    except BaseException:
        drop(stored)
        raise
    return replace(received, lost_photos=lost + lost_photos)


def _write(
    said: Said,
    service: ServiceType,
    answers: dict[str, Any],
    actor: Actor,
    stored: Sequence[tuple[str, EncodedPhoto]],
    hazard: tuple[bool, Sequence[str]],
    now: datetime,
) -> tuple[Received, list[int]]:
    """Write all of the report; return it with the ids of the messages that wait to be sent."""
    ticket_id = new_id()
    decision = decide(said, service)
    clocks = clock_rows(ticket_id, said.service_code, now, hazard=hazard[0])
    triage = decision.triage_reason or ("clock_failed" if clocks is None else None)
    due_at = min((row["due_at"] for row in clocks or ()), default=None)
    resolve_due = next((row["due_at"] for row in clocks or () if row["kind"] == "resolve"), None)
    values = ticket_values(
        ticket_id, said, service, decision, triage, len(stored), due_at, is_hazard=hazard[0]
    )
    data = {
        "channel": said.channel,
        "service": said.service_code,
        "routing": decision.why(),
        "hazard": list(hazard[1]),
        "answers": sorted(answers),
        **_told(said.service_code, None if triage else decision.centre_id),
    }
    person = _remember(said, now)
    resident_id = person.id if person else None
    staff_id = actor.id if actor.kind == "staff" else None
    api_key_id = actor.id if actor.kind == "api" else None
    with gather():
        tickets.open_ticket(values, actor, data, now)
        routing.record(ticket_id, decision, 1, now)
        slas.start_clocks(clocks or [])
        follower = tickets.follow(
            ticket_id, "reporter", resident_id, said.locale, said.contact if said.phone else "none", now
        )
        rows = _message_rows(values, follower, said, person, resolve_due, now) if person else []
        waiting = messages.put_first(rows)
        if not intake.record(said, ticket_id, resident_id, staff_id, api_key_id, now):
            raise _UsedBefore
    intake.attach(ticket_id, stored, "report", actor.kind, now)
    telemetry.reports_received.labels(channel=said.channel, routing=decision.placed.method).inc()
    received = Received(
        ticket_id,
        values["reference"],
        follower.token,
        centre_id=None if triage else decision.centre_id,
        resolve_due_at=resolve_due,
    )
    return received, waiting


def _told(service_code: str, centre_id: int | None) -> dict[str, int]:
    """Return what the page of the request says of such requests, so that history keeps it and it can be judged later."""
    half, most = expected.told(service_code, centre_id)
    said = {"told_half_minutes": half, "told_most_minutes": most}
    return {name: minutes for name, minutes in said.items() if minutes is not None}


def _remember(said: Said, now: datetime) -> people.Remembered | None:
    if not said.phone:
        return None
    return people.remember_resident(said.phone, said.person_name, said.locale, said.contact, now)


def _message_rows(
    values: dict[str, Any],
    follower: tickets.NewFollower,
    said: Said,
    resident: people.Remembered,
    due_at: datetime | None,
    now: datetime,
) -> list[dict[str, Any]]:
    ticket = Ticket(authority_id=tenant_id(), **values)
    preference = None if resident.is_new else preference_of(resident.id)
    person = messages.Recipient(
        follower_id=follower.id,
        resident_id=resident.id,
        locale=preference.locale if preference else follower.locale,
        channel=follower.channel,
        address=said.phone or "",
        stopped=resident.stopped,
        link=f"{kept.public_base_url()}/t/{follower.token}",
        wish=messages.wish_of(preference),
    )
    return messages.rows_to_tell(ticket, "received", 1, [person], values_of(ticket, due_at=due_at), now)


def _again(said: Said) -> Received:
    """Return the first report's ticket. Raises Conflict when the same key came with other content."""
    first = said_before.report_by_key(said.submission_key)
    if first is None or first.content_hash != said.content_hash():
        raise Conflict
    ticket = ticket_queries.ticket_or_404(first.ticket_id)
    follower = ticket_queries.opener(ticket, first.resident_id, first.at)
    if follower is None:
        raise Conflict
    resolve_due = [clock.due_at for clock in clocks_of(ticket.id) if clock.kind == "resolve"]
    return Received(
        ticket.id,
        ticket.reference,
        tickets.token_of(follower),
        is_repeat=True,
        centre_id=None if ticket.triage_reason else ticket.centre_id,
        resolve_due_at=resolve_due[-1] if resolve_due else None,
    )
