"""What a resident does on her private link: adds words or photos, confirms, or says that it is not done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import BadInput, InvalidMove
from service_desk.flow import step
from service_desk.flow.keeping import drop, keep_photos
from service_desk.flow.telling import tell_followers
from service_desk.flow.verify_order import doubt_passed
from service_desk.intake import actions as intake
from service_desk.intake.rules import PHOTO_LIMIT, clean_text
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries
from service_desk.tickets.rules import is_working, text_digest
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from service_desk.intake.rules import EncodedPhoto
    from service_desk.people.rules import Actor
    from service_desk.tickets.models import Ticket


def add_remark(ticket_id: int, text: str, actor: Actor, photos: Sequence[EncodedPhoto] = ()) -> None:
    """Add a person's words or photos to a ticket; they reach the centre as work.

    An answer to a question starts the clocks again. On an ended ticket it is kept and marked as news all the same.
    actor: Actor("resident", follower_id). Raises BadInput when there is nothing in it, NotFound.
    """
    words = clean_text(text, 2000)
    if not words and not photos:
        raise BadInput({"words": "required"})
    stored, _lost = keep_photos(photos[:PHOTO_LIMIT])
    now = clock.now()
    try:
        with transaction():
            ticket = queries.lock(ticket_id)
            take_in(ticket, words, stored, actor, now)
    except BaseException:
        drop(stored)
        raise


def take_in(
    ticket: Ticket, words: str, stored: Sequence[tuple[str, EncodedPhoto]], actor: Actor, now: datetime
) -> None:
    """Put words and stored photos on a locked ticket; an answer to a question sets it going again."""
    data: dict[str, object] = {"photos": len(stored)}
    if words:
        data["words"] = text_digest(words)
    if ticket.status == "waiting":
        event = step.move(
            ticket,
            _back_to(ticket),
            "answered",
            actor,
            now,
            data,
        )
        kind = "answer"
    else:
        event = tickets.note(ticket, "remarked", actor, now, data)
        kind = "remark"
    step.with_words(ticket, event, kind, words, actor, now)
    intake.attach(ticket.id, stored, "remark", "resident", now)
    ticket.photo_count += len(stored)
    ticket.has_news = True


def _back_to(ticket: Ticket) -> str:
    """Return where an answer leads: to whoever worked on it before the question, else to the centre's desk."""
    before = queries.status_before(ticket.id, "waiting")
    return before if before in {"assigned", "in_progress", "handed_over"} else "triaged"


def confirm_done(ticket_id: int, actor: Actor) -> None:
    """The person says that it is done: the ticket closes. A second press changes nothing. Raises InvalidMove."""
    now = clock.now()
    with transaction() as after:
        ticket = queries.lock(ticket_id)
        if ticket.status == "closed":
            return
        if ticket.status != "resolved":
            raise InvalidMove
        event = step.move(ticket, "closed", "confirmed", actor, now, {"by": "resident"})
        tell_followers(ticket, event, "closed", now, after)


def say_not_done(ticket_id: int, actor: Actor, words: str = "", photos: Sequence[EncodedPhoto] = ()) -> None:
    """The person says that it is not done: the ticket reopens at the same centre with a clock of its own.

    Work that a contractor did for it counts as failed until somebody decides, and is his again.

    A second press changes nothing; when somebody else was first, her words and photos are kept all the same. A refusal
    may be contested the same way, a merge not: her link leads to the ticket that stayed. Raises InvalidMove.
    """
    text = clean_text(words, 2000)
    stored, _lost = keep_photos(photos[:PHOTO_LIMIT])
    now = clock.now()
    try:
        with transaction() as after:
            ticket = queries.lock(ticket_id)
            _refuse_merged(ticket)
            if is_working(ticket.status):
                _add_to_open(ticket, text, stored, actor, now)
                return
            was_done, earlier = ticket.status in {"resolved", "closed"}, queries.last_reopened(ticket.id)
            data = {"by": "resident", "before": ticket.status} | (
                {"words": text_digest(text)} if text else {}
            )
            event = step.move(ticket, "reopened", "reopened", actor, now, data)
            step.with_words(ticket, event, "remark", text, actor, now)
            intake.attach(ticket.id, stored, "remark", "resident", now)
            ticket.photo_count += len(stored)
            ticket.has_news = True
            tell_followers(ticket, event, "reopened", now, after, due_at=step.promised(ticket))
            if was_done:
                doubt_passed(ticket, earlier, actor, now)
    except BaseException:
        drop(stored)
        raise


def _add_to_open(
    ticket: Ticket, words: str, stored: Sequence[tuple[str, EncodedPhoto]], actor: Actor, now: datetime
) -> None:
    """Keep what came with a «not done» for a ticket that is open again already, but once: not at a second press."""
    last = queries.last_event(ticket.id)
    is_second_press = last is not None and (last.kind, last.actor_kind, last.actor_id, last.data.get("words")) == (
        "reopened", actor.kind, actor.id, text_digest(words) if words else None,
    )  # fmt: skip
    if is_second_press or not (words or stored):
        drop(stored)
        return
    take_in(ticket, words, stored, actor, now)


def _refuse_merged(ticket: Ticket) -> None:
    if ticket.status == "duplicate":
        raise InvalidMove
