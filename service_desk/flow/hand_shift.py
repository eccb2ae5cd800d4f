"""A shift ends: what happened since the last handover and what is left goes to the next people, kept as it stood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.intake.rules import clean_text
from service_desk.people import actions as people
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.tickets import handovers
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor
    from service_desk.tickets.handovers import Shift
    from service_desk.tickets.models import Remark, ShiftHandover

WORDS_CHARS = 2000
#: how far back the first handover of a centre looks, and any after a long silence
LONGEST = timedelta(days=3)
FIRST = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Shifting:
    """A centre's shift as it stands. earlier: the handovers before, newest first. notes: (words, reference)."""

    since: datetime
    shift: Shift
    notes: list[tuple[Remark, str]]
    earlier: list[ShiftHandover]

    @property
    def last_id(self) -> int:
        """Return the id of the handover that this one follows; 0 for the first."""
        return self.earlier[0].id if self.earlier else 0


def see_shift(centre_id: int, actor: Actor) -> Shifting:
    """Return the centre's present shift, in three statements. A look at another centre is put on record.

    Raises NotFound, NotAllowed.
    """
    if centre_id not in city_map().centres:
        raise NotFound
    if not may(actor, "see_queue"):
        raise NotAllowed
    now = clock.now()
    with transaction():
        if is_outside_own_centres(actor, centre_id):
            people.note_access(actor, None, "handover", now, why="outside_own_centres")
        return _shifting(centre_id, now)


def see_handover(handover_id: int, actor: Actor) -> tuple[ShiftHandover, list[tuple[Remark, str]]]:
    """Return one handover with the notes that it names. Raises NotFound, NotAllowed."""
    if not may(actor, "see_queue"):
        raise NotAllowed
    with transaction():
        found = handovers.handover_or_404(handover_id)
        if is_outside_own_centres(actor, found.centre_id):
            people.note_access(actor, None, "handover", clock.now(), why="outside_own_centres")
        return found, handovers.remarks(found.content.get("notes", ()))


def hand_shift_over(centre_id: int, last_id: int, words: str, actor: Actor) -> int:
    """Keep the handover of one's own centre. last_id: the handover that the page showed as the last. Returns its id.

    Raises BadInput {"last": "handed_meanwhile"} when somebody, or this very form, was faster; NotAllowed.
    """
    now = clock.now()
    if not may(actor, "assign") or is_outside_own_centres(actor, centre_id) or actor.id is None:
        raise NotAllowed
    if centre_id not in city_map().centres:
        raise NotFound
    with transaction():
        handovers.wait_for_centre(centre_id)
        seen = _shifting(centre_id, now)
        if seen.last_id != last_id:
            raise BadInput({"last": "handed_meanwhile"})
        return handovers.write_handover(
            centre_id, actor.id, clean_text(words, WORDS_CHARS), _content(seen), now
        )


def _shifting(centre_id: int, now: datetime) -> Shifting:
    earlier = handovers.handovers(centre_id)
    since = max(earlier[0].at, now - LONGEST) if earlier else now - FIRST
    shift = handovers.shift(centre_id, since, now)
    return Shifting(since, shift, handovers.notes_since(centre_id, since), earlier)


def _content(seen: Shifting) -> dict[str, Any]:
    """Return what is kept: figures and ids. Words stay where they can be erased."""
    return {
        "since": seen.since.isoformat(),
        "counts": seen.shift.counts,
        "tickets": {name: list(ids) for name, ids in seen.shift.ids.items()},
        "notes": [remark.id for remark, _reference in seen.notes],
    }
