"""What a person sees on her private link: everything of one ticket in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from service_desk.errors import NotFound
from service_desk.extensions import db
from service_desk.intake.models import Photo
from service_desk.messages.models import Message
from service_desk.people.rules import digest
from service_desk.routing.models import Route
from service_desk.slas.models import Clock, Pause
from service_desk.tickets.models import Follower, Remark, Ticket, TicketEvent
from service_desk.work import tenant_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Story:
    """One ticket as its follower may know it. Rows are plain values with aware times.

    words and photos: the city's and her own. What another resident said or took is hers alone, whoever joins or is
    merged with her. is_reporter: she opened this very ticket. channel: as asked for with this report, or what takes its
    place for such a number.
    """

    ticket: Ticket
    follower: Follower
    events: list[dict[str, Any]]
    clocks: list[dict[str, Any]]
    pauses: list[dict[str, Any]]
    words: dict[int, list[str]]
    photos: list[dict[str, Any]]
    why: dict[str, Any]
    is_reporter: bool
    channel: str


#: what her page shows of a fact and of a clock
_EVENT = ("seq", "at", "kind", "actor_kind", "actor_id", "status", "holder_kind", "holder_id", "data")
_CLOCK = (
    *("kind", "round", "minutes", "calendar_id", "calendar_code"),
    *("started_at", "due_at", "paused_at", "stopped_at", "result", "breached_at"),
)


#: reasons of a channel that lie in the number and not in its owner's wish
_BY_NUMBER = ("landline", "kosher_number", "template_not_approved")
_NO_VOICE = ("no_voice", "no_voice_for_language")


def _rows(model: Any, *columns: str, order: Any, extra: Any = None) -> Any:
    """Return a scalar subquery of a ticket's rows as a JSON array of objects."""
    pairs = [part for name in columns for part in (name, getattr(model, name))]
    inner = (
        select(func.json_build_object(*pairs).label("row"))
        .where(model.authority_id == Ticket.authority_id, model.ticket_id == Ticket.id)
        .order_by(order)
        .correlate(Ticket)
    )
    if extra is not None:
        inner = inner.where(extra)
    found = inner.lateral()
    return (
        select(func.coalesce(func.json_agg(found.c.row), func.json_build_array()))
        .correlate(Ticket)
        .scalar_subquery()
    )


def _parsed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turn ISO times back into aware instants; a clock's or an event's times end in _at or are called at."""
    for row in rows:
        for key, value in row.items():
            if isinstance(value, str) and (key == "at" or key.endswith("_at")):
                row[key] = datetime.fromisoformat(value)
    return rows


def _why() -> Any:
    """Return a scalar subquery of why the ticket stands where it does: its last route's reason."""
    return (
        select(Route.why)
        .where(Route.authority_id == Ticket.authority_id, Route.ticket_id == Ticket.id)
        .order_by(Route.round.desc())
        .limit(1)
        .correlate(Ticket)
        .scalar_subquery()
    )


def _newest_way() -> Any:
    """Return a scalar subquery of [channel, reason of the channel] of the follower's newest message; null without any."""
    mine = (
        Message.authority_id == Ticket.authority_id,
        Message.ticket_id == Ticket.id,
        Message.follower_id == Follower.id,
    )
    way = select(func.json_build_array(Message.channel, Message.channel_reason)).where(*mine)
    newest = way.order_by(Message.created_at.desc(), Message.id.desc())
    return newest.limit(1).correlate(Ticket, Follower).scalar_subquery()


def channel_of(asked: str, newest: Sequence[str | None] | None) -> str:
    """Return the channel that a follower is told of: the one asked for with this report, or what took its place.

    newest: [channel, reason of the channel] of her newest message, None without any. Only what any such number would get
    takes the place (a landline is called). What the number's owner once chose stays hers: a number typed into a form is
    no proof of whose it is.
    """
    used, reason = newest or (None, None)
    is_instead = reason in _BY_NUMBER or (reason in _NO_VOICE and used == "none")
    return used if is_instead and used else asked


def read_story(token: str) -> Story:
    """Return the story behind a private link. Raises NotFound, the same for a wrong and an ended one."""
    events = _rows(TicketEvent, *_EVENT, order=TicketEvent.seq)
    clocks = _rows(Clock, *_CLOCK, order=Clock.round)
    pauses = _rows(Pause, "started_at", "ended_at", order=Pause.started_at)
    words = _rows(
        Remark, "seq", "text", "actor_kind", "actor_id", order=Remark.id, extra=Remark.is_internal.is_(False)
    )
    photos = _rows(Photo, "id", "kind", "added_by", "created_at", order=Photo.id)
    query = (
        select(Ticket, Follower, events, clocks, pauses, words, photos, _why(), _newest_way())
        .join(Follower, (Follower.authority_id == Ticket.authority_id) & (Follower.ticket_id == Ticket.id))
        .where(
            Follower.authority_id == tenant_id(),
            Follower.token_hash == digest(token),
            Follower.left_at.is_(None),
        )
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    channel = channel_of(row[1].channel, row[8])
    return _story(row[0], row[1], [_parsed(each) for each in row[2:7]], row[7] or {}, channel)


def _story(ticket: Ticket, follower: Follower, parts: list[Any], why: dict[str, Any], channel: str) -> Story:
    """Put the rows together, leaving out what other residents said."""
    happened, clocks, pauses, spoken, photos = parts
    # A merge brings reporters of other tickets here: only the one who opened this ticket followed it from its first moment.
    is_reporter = follower.role == "reporter" and follower.joined_at == ticket.opened_at
    said: dict[int, list[str]] = {}
    for each in spoken:
        if _is_for(each, follower):
            said.setdefault(each["seq"], []).append(each["text"])
    own = {each["at"] for each in happened if each["actor_kind"] == "resident" and _is_for(each, follower)}
    judged_at = ticket.resolved_at if ticket.status in {"resolved", "closed"} else None
    inner = {photo for each in happened for photo in inner_photos(each["kind"], each["data"])}
    seen = [
        each
        for each in photos
        if each["id"] not in inner and _may_see(each, own, is_reporter=is_reporter, judged_at=judged_at)
    ]
    return Story(ticket, follower, happened, clocks, pauses, said, seen, why, is_reporter, channel)


def inner_photos(kind: str, data: Mapping[str, Any]) -> Sequence[int]:
    """Return the ids of photos that an event keeps for the city: of a check, or of an internal note."""
    found: Sequence[int] = (
        data.get("photos", ()) if kind == "order_verified" else data.get("inner_photos", ())
    )
    return found


def _is_for(row: dict[str, Any], follower: Follower) -> bool:
    """Say whether an act's words may be read: the city's, or this follower's own."""
    return bool(row["actor_kind"] != "resident" or row["actor_id"] == follower.id)


def _may_see(
    photo: dict[str, Any], own: set[datetime], *, is_reporter: bool, judged_at: datetime | None
) -> bool:
    """Say whether a photo may be seen; those of whoever checks a contractor's work are never asked for. own: when this follower added something; a photo bears its act's moment.

    A contractor's work is the city's to judge first: its photo is seen once the city says that it is done (judged_at),
    and never one that came afterwards.
    """
    if photo["added_by"] == "contractor":
        is_judged = judged_at is not None and photo["created_at"] <= judged_at
        return is_judged and photo["kind"] == "after"
    if photo["kind"] == "report":
        return is_reporter
    return photo["added_by"] != "resident" or photo["created_at"] in own
