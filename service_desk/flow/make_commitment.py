"""Something is promised at a field visit: written down once, linked to a ticket that there is, or with a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.community import actions, meetings, queries
from service_desk.community.rules import due_problem, may_hold, may_promise
from service_desk.errors import BadInput, InvalidMove, NotAllowed
from service_desk.flow.receive import receive_report
from service_desk.intake.rules import Said, SaidPlace, clean_text
from service_desk.people.actions import phone_number
from service_desk.tickets import queries as tickets
from service_desk.work import one_at_a_time, transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from service_desk.community.models import Visit
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket

WORDS_CHARS = 500
TO_WHOM_CHARS = 200


@dataclass(frozen=True)
class NewTicket:
    """The ticket that is opened for a commitment. line: street and number, "" takes the visit's place; phone: of whoever follows it."""

    service_code: str
    line: str = ""
    phone: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Promised:
    """A commitment as the form says it. unit_id: None = the centre keeps it; reference: of a ticket that there is, "" = none; opens: a new one."""

    words: str
    due_on: date | None
    submission_key: str
    to_whom: str = ""
    unit_id: int | None = None
    is_public: bool = False
    reference: str = ""
    opens: NewTicket | None = None


def make_commitment(visit_id: int, said: Promised, actor: Actor) -> int:
    """Write down what was promised and return its id; the same form twice writes one, and opens one ticket.

    A visit that was only planned has then been held. Raises NotAllowed, NotFound, InvalidMove, BadInput, Conflict.
    """
    now = clock.now()
    visit = meetings.visit_or_404(visit_id)
    _require(visit, actor, now)
    if not said.submission_key:
        raise BadInput({"key": "required"})
    values = _values(visit, said, clock.local(now).date())
    if said.opens is not None and queries.by_key(said.submission_key) is None:
        # A transaction of its own, under a key of its own: what follows can be sent again, and finds the same ticket.
        values["ticket_id"] = _open(visit, values["words"], said, said.opens, actor)
    with transaction():
        one_at_a_time(said.submission_key)
        found = queries.by_key(said.submission_key)
        if found is not None:
            return found.id
        visit = meetings.lock_visit(visit_id)
        _require(visit, actor, now)
        if visit.state == "planned":
            actions.change_visit(visit, {"state": "held"})
        values |= {"visit_id": visit.id, "centre_id": visit.centre_id, "submission_key": said.submission_key}
        return actions.make(values, actor, now).id


def _require(visit: Visit, actor: Actor, now: datetime) -> None:
    if not may_hold(actor, visit.centre_id):
        raise NotAllowed
    if not may_promise(visit.state, visit.at, now):
        raise InvalidMove("visit_state")


def _values(visit: Visit, said: Promised, today: date) -> dict[str, Any]:
    words = clean_text(said.words, WORDS_CHARS)
    problems = {} if words else {"words": "required"}
    wrong_day = due_problem(said.due_on, today)
    if wrong_day:
        problems["due_on"] = wrong_day
    if said.unit_id is not None and not is_of_the_city(said.unit_id):
        problems["unit"] = "required"
    ticket = None
    try:
        ticket = ticket_called(said.reference)
    except BadInput as error:
        problems |= error.problems
    problems |= _opening_problems(visit, said)
    if problems:
        raise BadInput(problems)
    return {
        "unit_id": said.unit_id,
        "words": words,
        "to_whom": " ".join(clean_text(said.to_whom, TO_WHOM_CHARS).split()),
        "is_public": said.is_public,
        "due_on": said.due_on,
        "ticket_id": ticket.id if ticket else None,
    }


def _opening_problems(visit: Visit, said: Promised) -> dict[str, str]:
    new = said.opens
    if new is None:
        return {}
    problems = {}
    service = catalogue().types.get(new.service_code)
    if said.reference.strip():
        problems["reference"] = "either"
    if service is None:
        problems["service"] = "required"
    elif service.needs_place and not clean_text(new.line) and visit.lat is None and not visit.place:
        problems["line"] = "required"
    if new.phone.strip():
        try:
            phone_number(new.phone)
        except BadInput as error:
            problems |= error.problems
    return problems


def is_of_the_city(unit_id: int) -> bool:
    """Say whether a commitment can be kept by it: a unit of the city itself."""
    unit = city_map().units.get(unit_id)
    return unit is not None and unit.kind == "unit"


def ticket_called(reference: str) -> Ticket | None:
    """Return the ticket with this public number, the main one of those merged; None for no number. Raises BadInput."""
    if not reference.strip():
        return None
    found = tickets.by_reference(reference)
    if found is None:
        raise BadInput({"reference": "no_such_reference"})
    return tickets.ticket_or_404(found.merged_into_id) if found.merged_into_id is not None else found


def _open(visit: Visit, words: str, said: Promised, new: NewTicket, actor: Actor) -> int:
    """Open the ticket by the same use-case as any report, and return its id. Raises BadInput (answer_…), Conflict."""
    phone = phone_number(new.phone) if new.phone.strip() else None
    report = Said(
        service_code=new.service_code,
        text=words,
        place=_place(visit, new),
        locale="he",
        channel="walk_in",
        submission_key=f"commitment-{said.submission_key}",
        answers=new.answers,
        phone=phone,
        contact="sms" if phone else "none",
    )
    return receive_report(report, actor).ticket_id


def _place(visit: Visit, new: NewTicket) -> SaidPlace:
    line = clean_text(new.line, 200)
    if line:
        return SaidPlace("address", line=line)
    if visit.lon is not None and visit.lat is not None:
        return SaidPlace("pin", line=visit.place, lon=visit.lon, lat=visit.lat)
    return SaidPlace("area", line=visit.place, centre_id=visit.centre_id)
