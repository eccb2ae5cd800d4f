"""An enforcement case is opened and handled: what is near is seen first, who has taken it is known, every act is on its chain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, NotAllowed
from service_desk.flow.keeping import drop, keep_photos
from service_desk.intake.rules import SaidPlace, clean_text
from service_desk.people.rules import may
from service_desk.routing import queries as routes
from service_desk.supervision import rules
from service_desk.supervision.actions import cases as actions
from service_desk.supervision.queries import cases as queries
from service_desk.supervision.rules import cases as case_rules
from service_desk.supervision.rules.who import may_handle, may_supervise
from service_desk.tickets import queries as tickets
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.routing.rules import Placed
    from service_desk.supervision.models import Case
    from service_desk.supervision.rules.cases import CaseAct

SUBJECT_CHARS = 200
WORDS_CHARS = 2000


@dataclass(frozen=True)
class NewCase:
    """A case as the form asks for it. place: as said; unit_id: None takes the kind's usual one; ticket_id: it came from.

    seen_near: ids of the open cases near the place that the form has shown.
    """

    kind: str
    subject: str
    place: SaidPlace
    submission_key: str
    words: str = ""
    unit_id: int | None = None
    ticket_id: int | None = None
    seen_near: frozenset[int] = frozenset()
    photos: tuple[EncodedPhoto, ...] = ()


def open_case(new: NewCase, actor: Actor) -> int:
    """Open a case and return its id; the same form twice opens one.

    Raises NotAllowed, NotFound (no such ticket), BadInput: among others `near: near_case` while an open case within
    NEAR_M has not been seen. Cases are opened one at a time, so that of two inspectors the second sees the first one's.
    """
    if not may_supervise(actor, "handle_case"):
        raise NotAllowed
    placed = _check(new)
    stored, _lost = keep_photos(new.photos)
    try:
        with transaction():
            queries.wait_to_open()
            found = queries.by_key(new.submission_key)
            if found is None:
                found = _open(new, placed, stored, actor, clock.now())
                return found.id
    except BaseException:
        drop(stored)
        raise
    drop(stored)
    return found.id


def _check(new: NewCase) -> Placed:
    """Return where the case is. Raises BadInput."""
    problems = {}
    if new.kind not in rules.CASE_KINDS:
        problems["kind"] = "required"
    if not clean_text(new.subject, SUBJECT_CHARS):
        problems["subject"] = "required"
    if new.unit_id is not None and not is_supervising(new.unit_id):
        problems["unit"] = "required"
    if not new.submission_key:
        problems["key"] = "required"
    placed = routes.place(new.place)
    if placed.lon is None or placed.lat is None:
        problems["line"] = "no_place"
    elif placed.reason == "outside_boundary":
        problems["line"] = "outside_boundary"
    if problems:
        raise BadInput(problems)
    return placed


def is_supervising(unit_id: int) -> bool:
    """Say whether a case can be led by it: a unit of the city itself."""
    unit = city_map().units.get(unit_id)
    return unit is not None and unit.kind == "unit"


def usual_unit(kind: str) -> int | None:
    """Return the unit that usually leads this kind of case."""
    code = case_rules.UNIT_OF_KIND.get(kind, case_rules.USUAL_UNIT)
    unit = city_map().unit_by_code(code)
    return unit.id if unit else None


def _open(
    new: NewCase, placed: Placed, stored: Sequence[tuple[str, EncodedPhoto]], actor: Actor, now: datetime
) -> Case:
    near = queries.near(placed.lon or 0.0, placed.lat or 0.0, case_rules.NEAR_M)
    if any(case.id not in new.seen_near for case, _metres in near):
        raise BadInput({"near": "near_case"})
    if new.ticket_id is not None:
        ticket = tickets.ticket_or_404(new.ticket_id)
        if not may(actor, "see_ticket", unit_id=ticket.unit_id):
            raise NotAllowed
    values = {
        "kind": new.kind,
        "subject": clean_text(new.subject, SUBJECT_CHARS),
        "centre_id": city_map().centre_of_area(placed.area_code).id if placed.area_code else None,
        "unit_id": new.unit_id or usual_unit(new.kind),
        "ticket_id": new.ticket_id,
        "address": placed.address,
        "lon": placed.lon,
        "lat": placed.lat,
        "submission_key": new.submission_key,
    }
    words = clean_text(new.words, WORDS_CHARS)
    data = {
        "case_kind": new.kind,
        "subject": values["subject"],
        "address": placed.address,
        **({"words": words} if words else {}),
        **({"ticket": new.ticket_id} if new.ticket_id else {}),
        **({"seen_near": sorted(case.id for case, _metres in near)} if near else {}),
        **actions.digests(stored),
    }
    case = actions.open_case(values, queries.next_number(), actor, data, now)
    actions.take(case, actor, now)
    actions.attach(case, 1, stored, now)
    return case


def act_on_case(
    case_id: int,
    seen: int | None,
    act: CaseAct,
    actor: Actor,
    *,
    photos: tuple[EncodedPhoto, ...] = (),
    despite: int | None = None,
) -> None:
    """Do an act to a case. seen: the version on the page; despite: staff id of who has it, once the actor knows.

    Raises NotFound, NotAllowed, StaleVersion, InvalidMove, BadInput: among others `taken: taken_by_other`.
    """
    stored, _lost = keep_photos(photos)
    try:
        with transaction():
            case = queries.lock(case_id, seen)
            do_act(case, act, actor, stored, clock.now(), despite=despite)
    except BaseException:
        drop(stored)
        raise


def do_act(
    case: Case,
    act: CaseAct,
    actor: Actor,
    stored: Sequence[tuple[str, EncodedPhoto]],
    now: datetime,
    *,
    despite: int | None = None,
) -> None:
    """Do an act to a locked case inside the caller's transaction: its event, its photos, who has it now. Raises as above."""
    _require(case, act, actor)
    if act.verb not in case_rules.FOR_EVERYBODY:
        _ask_taken(case, actor, now, despite)
    act = replace(
        act, words=clean_text(act.words, WORDS_CHARS), number=clean_text(act.number, 40).replace("\n", " ")
    )
    if act.verb == "pass" and act.unit_id is not None and not is_supervising(act.unit_id):
        raise BadInput({"unit": "required"})
    step = case_rules.step_of(act, case.state, case.next_at, now)
    data = {**step.data, **actions.digests(stored)}
    if act.verb == "pass":
        data["from_unit"] = case.unit_id
        case.unit_id = act.unit_id
    event = actions.act(case, step, actor, now, data)
    actions.attach(case, event.seq, stored, now)
    if act.verb in {"release", "pass"}:
        actions.let_go(case)
    elif act.verb != "note":
        actions.take(case, actor, now)


def _require(case: Case, act: CaseAct, actor: Actor) -> None:
    is_allowed = may_handle(actor, case.unit_id)
    if act.verb in case_rules.FOR_EVERYBODY:
        is_allowed = may_supervise(actor, "handle_case")
    if act.verb not in case_rules.VERBS or not is_allowed:
        raise NotAllowed


def _ask_taken(case: Case, actor: Actor, now: datetime, despite: int | None) -> None:
    """Two inspectors never act on one case unknowingly: the second is told who has it and says so."""
    if case_rules.is_taken(case.taken_by, case.taken_at, actor.id, now) and despite != case.taken_by:
        raise BadInput({"taken": "taken_by_other"})
