"""A note of the city's own with photos: what an inspector saw at a place, kept with the ticket and seen by no resident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.flow import step
from service_desk.intake import actions as intake
from service_desk.tickets import actions as tickets
from service_desk.tickets.rules import text_digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket


def note_inside(
    ticket: Ticket,
    words: str,
    stored: Sequence[tuple[str, EncodedPhoto]],
    actor: Actor,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Write an internal note with photos to a locked ticket. stored: files kept already; more: codes and ids beside."""
    photo_ids = intake.attach(ticket.id, stored, "remark", actor.kind, now)
    ticket.photo_count += len(photo_ids)
    data: dict[str, Any] = {"photos": len(photo_ids), **(more or {})}
    if words:
        data["words"] = text_digest(words)
    if photo_ids:
        data["inner_photos"] = photo_ids
    event = tickets.note(ticket, "noted", actor, now, data)
    step.with_words(ticket, event, "note", words, actor, now, is_internal=True)
