"""Photos that came with messages: taken for fetching by one worker at a time, and settled one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from service_desk import work
from service_desk.extensions import db
from service_desk.messages.models import Inbound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: a worker that has not come back by then is taken for dead
LEASE = timedelta(minutes=3)
#: waits after each failed try; after the last the photo is given up
WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 20, 60, 180, 720))
KEPT, REFUSED, LOST = "kept", "refused", "lost"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message whose media are to be fetched. media: (place in the list, address) of each that waits."""

    inbound_id: int
    ticket_id: int
    outcome: str
    resident_id: int | None
    media: tuple[tuple[int, str], ...]


def take_waiting(now: datetime, limit: int = 10) -> list[Waiting]:
    """Take messages whose photos are due and whose ticket is known; nobody else takes them meanwhile."""
    rows = db.session.scalars(
        select(Inbound)
        .where(*_due(now))
        .order_by(Inbound.media_next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.media_next_at = now + LEASE
    return [
        Waiting(
            row.id,
            row.ticket_id or 0,
            row.outcome,
            row.resident_id,
            tuple((place, each["url"]) for place, each in enumerate(row.media) if "state" not in each),
        )
        for row in rows
    ]


def has_waiting(now: datetime) -> bool:
    """Say whether photos wait for a worker."""
    return bool(db.session.scalar(select(exists().where(*_due(now)))))


def _due(now: datetime) -> tuple[Any, ...]:
    return (
        Inbound.authority_id == work.tenant_id(),
        Inbound.ticket_id.is_not(None),
        Inbound.media_next_at <= now,
    )


def settle(inbound_id: int, states: Mapping[int, str | None], now: datetime) -> frozenset[int]:
    """Write what came of the media by place in the list; None: not this time. Returns the places settled just now.

    What another worker settled meanwhile stays. After the last wait a photo that never came is lost, and says so.
    """
    row = db.session.get(
        Inbound, (work.tenant_id(), inbound_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        return frozenset()
    media, mine = [dict(each) for each in row.media], set()
    for place, state in states.items():
        if "state" in media[place]:
            continue
        tries = int(media[place].get("tries", "0")) + 1
        if state is None and tries <= len(WAITS):
            media[place]["tries"] = str(tries)
            continue
        media[place]["state"] = state or LOST
        mine.add(place)
    row.media = media
    waiting = [int(each.get("tries", "0")) for each in media if "state" not in each]
    row.media_next_at = now + WAITS[max(min(waiting), 1) - 1] if waiting else None
    row.media_fetched_at = None if waiting else now
    return frozenset(mine)
