"""What is asked of many tickets at once, and which of them it can be done to. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk.city.queries import city_map
from service_desk.errors import BadInput
from service_desk.flow.finish import OUTCOMES
from service_desk.intake.rules import clean_text
from service_desk.people import queries as people
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.tickets import queries
from service_desk.tickets.rules import REJECTIONS, is_working, may_move

if TYPE_CHECKING:
    from service_desk.city.models import Unit
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket

#: tickets one act may be about
LIMIT = 500
VERBS = ("assign", "resolve", "reject", "merge")
#: proofs without a photo: one photo cannot prove many places
BULK_OUTCOMES = tuple(each for each in OUTCOMES if each != "photo")
#: whom many tickets may be handed to at once; a contractor gets his work orders one by one, with their terms
BULK_UNITS = frozenset({"unit", "outside"})
#: with work orders in these states a ticket moves by its orders alone
_BY_ORDERS = frozenset({"with_contractor", "to_verify"})
#: … and of these only in one the ticket is in nobody's hands at the centre
_WITH_FIRM = frozenset({"with_contractor"})
_ABILITY = {"assign": "assign", "hand_over": "hand_over", "resolve": "resolve", "reject": "reject", "merge": "merge"}  # fmt: skip
_WORDS_LIMIT = 1000


@dataclass(frozen=True)
class BulkAsked:
    """What was typed. verb: one of VERBS. to: «staff:ID» or «unit:ID»; into: reference of the ticket that stays."""

    verb: str
    to: str = ""
    outcome: str = ""
    reason: str = ""
    words: str = ""
    into: str = ""

    def kept(self) -> dict[str, str]:
        """Return the codes and values that were asked, without the words, which stay erasable."""
        named = {"to": self.to, "outcome": self.outcome, "reason": self.reason, "into": self.into}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Meant:
    """What an asked act means, as far as it could be understood. problems: {field: code}, empty when it is whole."""

    asked: BulkAsked
    text: str = ""
    staff_id: int | None = None
    unit: Unit | None = None
    main_id: int | None = None
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def ability(self) -> str:
        """Return the ability that the act needs."""
        return _ABILITY["hand_over" if self.unit else self.asked.verb]

    @property
    def status(self) -> str:
        """Return the status that the act leads to."""
        if self.asked.verb == "assign":
            return "handed_over" if self.unit and self.unit.kind == "outside" else "assigned"
        return {"resolve": "resolved", "reject": "rejected", "merge": "duplicate"}[self.asked.verb]


def understand(asked: BulkAsked, actor: Actor) -> Meant:
    """Return what is meant, with the problem of each field that cannot be used. At most one statement."""
    if asked.verb not in VERBS:
        raise BadInput({"verb": "required"})
    text = clean_text(asked.words, _WORDS_LIMIT)
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    if asked.verb == "assign":
        found = _whom(asked.to)
        if not found:
            problems["to"] = "required" if not asked.to else "no_such_person"
    elif asked.verb == "merge":
        main = queries.by_reference(asked.into) if asked.into else None
        if main is None:
            problems["into"] = "no_such_ticket" if asked.into else "required"
        elif why := _why_not_main(main, actor):
            problems["into"] = why
        else:
            found["main_id"] = main.id
    else:
        name, codes = ("outcome", BULK_OUTCOMES) if asked.verb == "resolve" else ("reason", REJECTIONS)
        if getattr(asked, name) not in codes:
            problems[name] = "required"
        if not text:
            problems["words"] = "required"
    return Meant(asked, text, problems=problems, **found)


def _why_not_main(main: Ticket, actor: Actor) -> str | None:
    if not may(actor, "merge", unit_id=main.unit_id) or is_outside_own_centres(actor, main.centre_id):
        return "no_such_ticket"
    return None if is_working(main.status) else "no_longer_open"


def _whom(to: str) -> dict[str, Any]:
    kind, _colon, number = to.partition(":")
    if not number.isdecimal() or len(number) > 18:
        return {}
    if kind == "staff" and people.works_at_a_centre(int(number)):
        return {"staff_id": int(number)}
    unit = city_map().units.get(int(number)) if kind == "unit" else None
    return {"unit": unit} if unit is not None and unit.kind in BULK_UNITS else {}


def why_left(ticket: Ticket | None, seen: int | None, meant: Meant, actor: Actor) -> str | None:
    """Return why a ticket is left out, or None when it can be done. seen: the version that the preview showed.

    gone, changed, not_allowed, other_centre, is_main, open_orders, wrong_state or already.
    """
    if ticket is None:
        return "gone"
    reasons = (
        ("changed", seen is not None and ticket.version != seen),
        ("not_allowed", not may(actor, meant.ability, unit_id=ticket.unit_id)),
        ("other_centre", is_outside_own_centres(actor, ticket.centre_id)),
        ("is_main", ticket.id == meant.main_id),
        ("open_orders", ticket.order_state in (_WITH_FIRM if meant.staff_id else _BY_ORDERS)),
        ("wrong_state", not may_move(ticket.status, meant.status)),
        ("already", _is_so(ticket, meant)),
    )
    return next((why for why, is_so in reasons if is_so), None)


def _is_so(ticket: Ticket, meant: Meant) -> bool:
    """Say whether the ticket is in those very hands already."""
    if meant.unit is not None:
        return ticket.unit_id == meant.unit.id
    return (
        meant.staff_id is not None
        and ticket.assignee_id == meant.staff_id
        and ticket.handler_kind == "centre"
    )
