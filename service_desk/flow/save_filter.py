"""A person keeps the queue's present filter under a name, renames it, moves it, or lets it go."""

from __future__ import annotations

from service_desk import clock
from service_desk.errors import BadInput, NotAllowed
from service_desk.intake.rules import clean_text
from service_desk.people import saved
from service_desk.people.rules import Actor, may
from service_desk.work import transaction

#: letters of a query string that is kept
QUERY_CHARS = 1000


def save_filter(name: str, query: str, actor: Actor) -> int:
    """Keep a queue's query string, as the desk wrote it, under a name. Returns its id.

    Raises BadInput (name: required, name_taken, too_many; query: too_long), NotAllowed.
    """
    staff_id, words = _staff(actor), _name(name)
    if len(query) > QUERY_CHARS:
        raise BadInput({"query": "too_long"})
    with transaction():
        return saved.keep(staff_id, words, query, clock.now())


def rename_filter(filter_id: int, name: str, actor: Actor) -> None:
    """Give an own filter another name. Raises BadInput, NotFound, NotAllowed."""
    staff_id, words = _staff(actor), _name(name)
    with transaction():
        saved.rename(staff_id, filter_id, words)


def remove_filter(filter_id: int, actor: Actor) -> None:
    """Let an own filter go. Raises NotAllowed."""
    staff_id = _staff(actor)
    with transaction():
        saved.remove(staff_id, filter_id)


def move_filter(filter_id: int, by: int, actor: Actor) -> None:
    """Move an own filter by so many places among the others. Raises NotFound, NotAllowed."""
    staff_id = _staff(actor)
    with transaction():
        saved.move(staff_id, filter_id, by)


def _staff(actor: Actor) -> int:
    if actor.id is None or not may(actor, "see_queue", unit_id=next(iter(actor.unit_ids), None)):
        raise NotAllowed
    return actor.id


def _name(name: str) -> str:
    words = " ".join(clean_text(name, 200).split())
    if not words:
        raise BadInput({"name": "required"})
    if len(words) > saved.NAME_CHARS:
        raise BadInput({"name": "too_long"})
    return words
