"""An administrator makes and revokes the keys by which other systems report through Open311."""

from __future__ import annotations

from service_desk import clock
from service_desk.errors import BadInput, NotAllowed
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people.rules import Actor, may
from service_desk.work import transaction

NAME_CHARS = 80


def make_key(name: str, actor: Actor) -> str:
    """Make a key for the named system and return it: the only time that it can be read. Raises BadInput, NotAllowed."""
    _check(actor)
    words = clean_text(name, NAME_CHARS)
    if not words:
        raise BadInput({"name": "required"})
    now = clock.now()
    with transaction():
        key = people.make_api_key(words, now)
        people.note_access(actor, None, "api_key_made", now)
    return key


def revoke_key(key_id: int, actor: Actor) -> None:
    """End a key from now on; one that ended before stays ended when it did. Raises NotAllowed."""
    _check(actor)
    now = clock.now()
    with transaction():
        people.revoke_api_key(key_id, now)
        people.note_access(actor, None, "api_key_revoked", now)


def _check(actor: Actor) -> None:
    if not may(actor, "manage_keys"):
        raise NotAllowed
