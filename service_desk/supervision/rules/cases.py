"""Pure rules of a case: its reference, what each act does to it, and the hash chain of its history."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk.errors import BadInput, InvalidMove
from service_desk.supervision.rules import ENDED_CASES, may_move_case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: another open case this near (m) has to be seen before a new one is opened
NEAR_M = 100.0
#: «taken» ends by itself after a working day (h)
TAKEN_HOURS = 12
MOST_DAYS = 365
MOST_AGOROT = 100_000_000
DROP_REASONS = ("no_offence", "permitted", "no_evidence", "not_ours", "old_matter")
#: unit that leads a kind of case, when nothing else is chosen; the others are the inspectors' own
UNIT_OF_KIND: Mapping[str, str] = {
    "unpermitted_building": "BUILDCTRL",
    "waste": "SANIT",
}
USUAL_UNIT = "ENFORCE"
#: types of reports that may be the same matter as a case
SIMILAR_REPORTS = (
    "ENF-BUILD",
    "ENF-PEDDLE",
    "ENF-NOISE",
    "ENF-SIDEWALK",
    "ENF-ABANDON",
    "RD-OBSTRUCT",
    "RD-WORKS",
    "SAN-CONSTR",
    "SAN-LOT",
    "SAN-AROUND",
    "SAN-GRAFFITI",
    "PRK-OVERHANG",
)
#: kind of case that a report of the type usually becomes
KIND_OF_REPORT: Mapping[str, str] = {
    "ENF-BUILD": "unpermitted_building",
    "ENF-PEDDLE": "public_space",
    "RD-OBSTRUCT": "public_space",
    "ENF-ABANDON": "public_space",
    "ENF-NOISE": "noise",
    "SAN-CONSTR": "waste",
    "SAN-LOT": "waste",
    "SAN-AROUND": "waste",
    "SAN-GRAFFITI": "signage",
}


@dataclass(frozen=True)
class _Verb:
    """What an act is. kind: of its event; state: where it leads (None: nowhere); days: until the next look, when not said."""

    kind: str
    state: str | None = None
    days: int | None = None
    needs: tuple[str, ...] = ()


#: every act on a case; the table of moves in `rules` decides whether it is possible now
VERBS: Mapping[str, _Verb] = {
    "take": _Verb("taken"),
    "release": _Verb("released"),
    "inspect": _Verb("inspected", "inspected", 7, ("words",)),
    "warn": _Verb("warned", "warned", None, ("words", "days")),
    "fine": _Verb("fined", "fined", 30, ("number", "amount")),
    "court": _Verb("sent_to_court", "in_court", 60, ("words",)),
    "comply": _Verb("complied", "complied", 3, ("words",)),
    "drop": _Verb("dropped", "dropped", None, ("reason", "words")),
    "close": _Verb("closed", "closed", None, ()),
    "pass": _Verb("passed", None, None, ("unit",)),
    "note": _Verb("noted", None, None, ("words",)),
}
#: acts that a person of another unit may do as well: they overwrite nothing
FOR_EVERYBODY = frozenset({"note"})


@dataclass(frozen=True)
class CaseAct:
    """One act as it was asked for. days: until somebody looks again; amount_agorot: of a fine, as noted; unit_id: of a pass."""

    verb: str
    words: str = ""
    days: int | None = None
    number: str = ""
    amount_agorot: int | None = None
    reason: str = ""
    unit_id: int | None = None


@dataclass(frozen=True)
class CaseStep:
    """What an act does. state: afterwards; next_at: when somebody must look again (aware UTC), None once ended."""

    kind: str
    state: str
    next_at: datetime | None
    data: Mapping[str, Any] = field(default_factory=dict)


def reference_of(number: int) -> str:
    """Return the reference as it is shown and said: E-1042."""
    return f"E-{number}"


def is_possible(verb: str, state: str) -> bool:
    """Say whether the act is possible in this state. A look is always possible: it may move nothing."""
    target = VERBS[verb].state
    if verb == "inspect":
        return True
    if target is None:
        return state not in ENDED_CASES or verb == "note"
    return may_move_case(state, target)


def look(state: str, *, is_good: bool) -> tuple[str, ...]:
    """Return the acts that a round's look at a case comes to. is_good: the matter was put right.

    A case nobody had seen is inspected and put right at once; one that was put right, or has ended, only gets a note.
    """
    if not is_good:
        return ("inspect",)
    if is_possible("comply", state):
        return ("comply",)
    return ("inspect", "comply") if state == "opened" else ("note",)


def step_of(act: CaseAct, state: str, next_at: datetime | None, now: datetime) -> CaseStep:
    """Return what the act does to a case in this state.

    A look at a case that is warned, fined or in court is a fact that leaves the state. Raises InvalidMove, naming both
    states, and BadInput with a problem per field.
    """
    verb = VERBS[act.verb]
    if not is_possible(act.verb, state):
        raise InvalidMove(before=state, after=verb.state or act.verb)
    problems = _problems(act, verb)
    if problems:
        raise BadInput(problems)
    after = verb.state if verb.state and may_move_case(state, verb.state) else state
    data = {
        name: value
        for name, value in (
            ("words", act.words),
            ("days", act.days),
            ("number", act.number),
            ("amount_agorot", act.amount_agorot),
            ("reason", act.reason),
            ("unit", act.unit_id),
        )
        if value not in (None, "")
    }
    return CaseStep(verb.kind, after, _next(act, verb, after, next_at, now), data)


def _problems(act: CaseAct, verb: _Verb) -> dict[str, str]:
    given = {
        "words": bool(act.words),
        "days": act.days is not None,
        "number": bool(act.number),
        "amount": act.amount_agorot is not None,
        "reason": bool(act.reason),
        "unit": act.unit_id is not None,
    }
    problems = {name: "required" for name in verb.needs if not given[name]}
    if act.days is not None and not 1 <= act.days <= MOST_DAYS:
        problems["days"] = "days_range"
    if act.amount_agorot is not None and not 0 < act.amount_agorot <= MOST_AGOROT:
        problems["amount"] = "amount_range"
    if act.reason and act.reason not in DROP_REASONS:
        problems["reason"] = "required"
    return problems


def _next(act: CaseAct, verb: _Verb, after: str, next_at: datetime | None, now: datetime) -> datetime | None:
    """Return when somebody must look again: an open case always has a day."""
    if after in ENDED_CASES:
        return None
    if verb.state is None:
        return next_at
    return now + timedelta(days=act.days or verb.days or 1)


def is_taken(taken_by: int | None, taken_at: datetime | None, actor_id: int | None, now: datetime) -> bool:
    """Say whether somebody else has taken the case and still has it."""
    if taken_by is None or taken_at is None or taken_by == actor_id:
        return False
    return now - taken_at < timedelta(hours=TAKEN_HOURS)
