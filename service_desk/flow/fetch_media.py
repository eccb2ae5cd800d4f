"""Photos that people sent are fetched from the carrier and put on their request, once each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from service_desk import clock, config, work
from service_desk.flow import sandbox_photo
from service_desk.flow.keeping import drop, keep_photos
from service_desk.intake import actions as intake
from service_desk.intake.photos import encode
from service_desk.intake.rules import BadPhoto
from service_desk.messages.actions import media
from service_desk.messages.channels.media import Away, Refused, fetch
from service_desk.people.rules import Actor
from service_desk.telemetry import log
from service_desk.tickets import actions as tickets
from service_desk.tickets import queries

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from service_desk.intake.rules import EncodedPhoto

FETCH = "service_desk.jobs.fetch_media"
#: outcomes of messages of the chat that made the request: their photos are the report's own
_OF_REPORT = frozenset({"chatting", "reported"})
#: what is not fetched again
_SETTLED = frozenset({media.KEPT, media.REFUSED})


def fetch_media(authority_id: int, *, now: Callable[[], datetime] = clock.now) -> dict[str, int]:
    """Fetch what is due for one authority. No connection is held while the carrier is asked. Returns counts by outcome."""
    counts: Counter[str] = Counter()
    with work.tenant(authority_id):
        with work.transaction():
            waiting = media.take_waiting(now())
        for each in waiting:
            found = {place: _fetched(url) for place, url in each.media}
            outcomes = _keep(each, found, now())
            counts.update(outcomes.values())
            for place, url in each.media:
                if sandbox_photo.is_of_sandbox(url) and outcomes[place] in _SETTLED:
                    sandbox_photo.drop_sandbox_photo(url)
    return dict(counts)


def _fetched(url: str) -> EncodedPhoto | str | None:
    """Return the photo, re-encoded; the word why there will be none; or None when it may come later."""
    try:
        if sandbox_photo.is_of_sandbox(url):
            return encode(sandbox_photo.take_sandbox_photo(url))
        return encode(fetch(url, config.current()))
    except Away as away:
        log.info("media_away", why=str(away))
        return None
    except (Refused, BadPhoto) as refused:
        log.warning("media_refused", why=str(refused))
        return media.REFUSED


def _keep(
    waiting: media.Waiting, found: dict[int, EncodedPhoto | str | None], now: datetime
) -> dict[int, str]:
    """Store the files, then write the rows; files whose rows were not written are removed again. Returns {place: outcome}."""
    photos = {place: each for place, each in found.items() if each is not None and not isinstance(each, str)}
    stored: dict[int, tuple[str, EncodedPhoto]] = {}
    for place, photo in photos.items():
        kept, _lost = keep_photos([photo])
        if kept:
            stored[place] = kept[0]
    states: dict[int, str | None] = {
        place: media.KEPT if place in stored else each if isinstance(each, str) else None
        for place, each in found.items()
    }
    try:
        with work.transaction():
            mine = media.settle(waiting.inbound_id, states, now)
            new = [stored[place] for place in sorted(mine & stored.keys())]
            if new:
                _attach(waiting, new, now)
    except BaseException:
        drop(list(stored.values()))
        raise
    drop([stored[place] for place in stored.keys() - mine])
    return {place: states[place] or media.LOST if place in mine else "later" for place in states}


def _attach(waiting: media.Waiting, new: list[tuple[str, EncodedPhoto]], now: datetime) -> None:
    ticket = queries.lock(waiting.ticket_id)
    follower = queries.follower(ticket.id, waiting.resident_id) if waiting.resident_id else None
    actor = Actor("resident", follower.id if follower else None)
    tickets.note(ticket, "remarked", actor, now, {"photos": len(new)})
    kind = "report" if waiting.outcome in _OF_REPORT else "remark"
    intake.attach(ticket.id, new, kind, "resident", now)
    ticket.photo_count += len(new)
    ticket.has_news = True
