"""Who may supervise: abilities that do not hang on one ticket. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.people.rules import ABILITIES, may

if TYPE_CHECKING:
    from service_desk.people.rules import Actor


def may_supervise(actor: Actor, verb: str) -> bool:
    """Say whether any role of the actor has the ability, wherever it holds: rounds and new cases belong to no unit yet."""
    if actor.kind == "system":
        return True
    return any(verb in ABILITIES.get(role.name, frozenset()) for role in actor.roles)


def may_handle(actor: Actor, unit_id: int | None) -> bool:
    """Say whether the actor may act on a case that this unit leads: its own people, and whoever serves the whole city."""
    return may(actor, "handle_case", unit_id=unit_id)
