"""Pure rules of field visits and of what was promised there: who may, what may follow what, and how a promise stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from service_desk.errors import BadInput, InvalidMove
from service_desk.people.rules import ABILITIES

if TYPE_CHECKING:
    from datetime import date

    from service_desk.people.rules import Actor

#: of a visit to a neighbourhood
VISIT_STATES = ("planned", "held", "cancelled")
#: of a commitment; kept, not_kept and withdrawn are its ends
COMMITMENT_STATES = ("open", "kept", "not_kept", "withdrawn")
#: of its history
COMMITMENT_EVENTS = ("made", "moved", "linked", "assigned", "kept", "not_kept", "withdrawn", "reopened")
ENDS = COMMITMENT_STATES[1:]
#: acts on a commitment by the state they need; each leaves an event of its own name
ACTS: dict[str, tuple[str, ...]] = {
    "open": ("kept", "not_kept", "withdrawn", "moved", "assigned", "linked"),
    "kept": ("reopened",),
    "not_kept": ("reopened",),
    "withdrawn": ("reopened",),
}
#: acts that nobody understands later without their reason
NEED_WORDS = frozenset({"moved", "not_kept", "withdrawn", "reopened"})
#: an open commitment is due soon from so many days before its day
SOON_DAYS = 14
#: furthest day that may be promised, in days from today
AHEAD_DAYS = 3 * 366
#: people arrive early: what is promised so long before the hour is promised at the visit
EARLY = timedelta(hours=2)


@dataclass(frozen=True)
class Act:
    """An act on a commitment. kind: its event; words: the reason; due_on: of «moved»; unit_id: of «assigned», None = the centre; ticket_id: of «linked»."""

    kind: str
    words: str = ""
    due_on: date | None = None
    unit_id: int | None = None
    ticket_id: int | None = None


def may_hold(actor: Actor, centre_id: int | None) -> bool:
    """Say whether the actor may plan visits and answer for commitments of a centre. None: of some centre."""
    if actor.kind == "system":
        return True
    return any(
        "hold_visit" in ABILITIES.get(role.name, frozenset())
        and (role.centre_id is None or centre_id is None or role.centre_id == centre_id)
        for role in actor.roles
    )


def may_see_all(actor: Actor) -> bool:
    """Say whether the actor sees every visit: management does; a unit sees what it has to keep."""
    return may_hold(actor, None)


def may_promise(state: str, at: datetime, now: datetime) -> bool:
    """Say whether something can be promised at a visit: it has begun, or is about to, and was not cancelled."""
    return state != "cancelled" and now >= at - EARLY


def look(state: str, due_on: date, ended_on: date | None, today: date) -> str:
    """Return how a commitment stands: open, soon, late, kept, kept_late, not_kept or withdrawn."""
    if state == "kept":
        return "kept_late" if ended_on is not None and ended_on > due_on else "kept"
    if state != "open":
        return state
    if due_on < today:
        return "late"
    return "soon" if due_on <= today + timedelta(days=SOON_DAYS) else "open"


def due_problem(due_on: date | None, today: date) -> str | None:
    """Return what is wrong with a day that is to be promised: required, past or too_far; None when nothing is."""
    if due_on is None:
        return "required"
    if due_on < today:
        return "past"
    return "too_far" if due_on > today + timedelta(days=AHEAD_DAYS) else None


def changes_of(act: Act, now_is: dict[str, Any], today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what an act changes and what its event keeps. now_is: state, due_on, unit_id, ticket_id of the commitment.

    Raises InvalidMove when its state does not allow the act, BadInput for what the act lacks, or when it changes nothing.
    """
    if act.kind not in ACTS[now_is["state"]]:
        raise InvalidMove("commitment_state")
    problems = {"words": "required"} if act.kind in NEED_WORDS and not act.words else {}
    if act.kind == "moved":
        wrong = due_problem(act.due_on, today) or ("same" if act.due_on == now_is["due_on"] else None)
        problems |= {"due_on": wrong} if wrong else {}
    elif act.kind == "assigned" and act.unit_id == now_is["unit_id"]:
        problems["unit"] = "same"
    elif act.kind == "linked" and (act.ticket_id is None or act.ticket_id == now_is["ticket_id"]):
        problems["reference"] = "required" if act.ticket_id is None else "same"
    if problems:
        raise BadInput(problems)
    return _changes(act, now_is)


def _changes(act: Act, now_is: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    if act.kind == "moved":
        assert act.due_on is not None
        return {"due_on": act.due_on}, {
            "from": now_is["due_on"].isoformat(),
            "to": act.due_on.isoformat(),
        }
    if act.kind == "assigned":
        return {"unit_id": act.unit_id}, {"from": now_is["unit_id"], "to": act.unit_id}
    if act.kind == "linked":
        return {"ticket_id": act.ticket_id}, {"from": now_is["ticket_id"], "to": act.ticket_id}
    return {"state": "open" if act.kind == "reopened" else act.kind}, {}
