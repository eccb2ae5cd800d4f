"""Pure rules of people: who an actor is, and what an actor may do where."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Role:
    """One role of a person. centre_id and unit_id null: over the whole city."""

    name: str
    centre_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """Who acts. kind: resident, staff, contractor, system or api. id: staff, follower or key id."""

    kind: str
    id: int | None = None
    name: str = ""
    roles: tuple[Role, ...] = field(default=())

    def has(self, *names: str) -> bool:
        """Say whether any role bears one of the names."""
        return any(role.name in names for role in self.roles)

    @property
    def role_names(self) -> frozenset[str]:
        """Names of the actor's roles."""
        return frozenset(role.name for role in self.roles)

    @property
    def centre_ids(self) -> frozenset[int]:
        """Centres where the actor serves."""
        return frozenset(role.centre_id for role in self.roles if role.centre_id is not None)

    @property
    def unit_ids(self) -> frozenset[int]:
        """Units or contractors the actor works for."""
        return frozenset(role.unit_id for role in self.roles if role.unit_id is not None)


@dataclass(frozen=True, slots=True)
class Saved:
    """A queue filter that a person named and kept. query: of the queue's address, without its page."""

    id: int
    name: str
    query: str


SYSTEM = Actor("system")

_CLERK = frozenset(
    [
        "see_queue",
        "see_ticket",
        "file_for_other",
        "triage",
        "assign",
        "work",
        "ask",
        "note",
        "hand_over",
        "resolve",
        "reject",
        "merge",
        "reopen",
        "reply",
        "close",
        "issue_order",
        "verify",
        "split",
        "bulk",
    ]
)
#: Abilities by role. A clerk's and manager's hold in the own centres; what they do elsewhere is written in the access log.
ABILITIES: dict[str, frozenset[str]] = {
    "clerk": _CLERK,
    "manager": _CLERK
    | {
        "see_figures",
        "try_change",
        "decide_damage",
        "set_hours",
        "plan_round",
        "handle_case",
        "edit_replies",
        "hold_visit",
    },
    "unit": frozenset(
        {
            "see_queue",
            "see_ticket",
            "work",
            "ask",
            "note",
            "resolve",
            "issue_order",
            "verify",
            "plan_round",
            "handle_case",
        }
    ),
    "inspector": frozenset({"see_ticket", "note", "verify", "walk_round", "handle_case", "file_for_other"}),
    "contractor": frozenset({"see_own", "do_order", "answer_damage"}),
    "mayor": frozenset(
        {
            "see_figures",
            "see_queue",
            "see_ticket",
            "hold_visit",
            "try_change",
            "apply_change",
            "set_alerts",
        }
    ),
    "admin": frozenset(
        {
            "see_figures",
            "see_queue",
            "see_ticket",
            "try_change",
            "apply_change",
            "manage_keys",
            "see_sandbox",
            "manage_contracts",
            "set_hours",
            "set_ladder",
            "set_checklists",
            "edit_replies",
            "edit_words",
            "mend_messages",
            "hold_visit",
            "set_alerts",
        }
    ),
}


def may(actor: Actor, verb: str, *, unit_id: int | None = None) -> bool:
    """Say whether the actor may do the verb to a ticket held by unit_id (null: by a centre).

    Residents and the system act through their own use-cases, which check the token or the timetable.
    """
    if actor.kind == "system":
        return True
    for role in actor.roles:
        if verb not in ABILITIES.get(role.name, frozenset()):
            continue
        if role.unit_id is None or role.unit_id == unit_id:
            return True
    return False


def is_outside_own_centres(actor: Actor, centre_id: int) -> bool:
    """Say whether a look at this centre's ticket must be noted in the access log as beyond the own centres."""
    return actor.kind == "staff" and bool(actor.centre_ids) and centre_id not in actor.centre_ids


def link_token(secret: str, authority_id: int, nonce: bytes) -> str:
    """Return the private link's token: 144 unguessable bits, derived so that a message can repeat it.

    It does not name the ticket: after a merge the same link leads to the ticket that stayed.
    """
    body = f"{authority_id}.".encode() + nonce
    return urlsafe_b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()[:18]).decode()


def digest(token: str) -> bytes:
    """Return what is stored of a token (sha-256)."""
    return hashlib.sha256(token.encode()).digest()
