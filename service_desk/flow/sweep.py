"""Every few seconds: what a dead worker left, what came too late, what is due. Recovery and retry in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from service_desk import work
from service_desk.city.models import Authority
from service_desk.extensions import db
from service_desk.flow.fetch_media import FETCH
from service_desk.flow.telling import DELIVER
from service_desk.messages import actions as messages
from service_desk.messages import queries
from service_desk.messages.actions import media, talks
from service_desk.messages.actions.digesting import gather
from service_desk.telemetry import messages_settled, outbox_oldest_seconds, outbox_unknown, outbox_waiting

if TYPE_CHECKING:
    from datetime import datetime


def sweep(now: datetime) -> dict[str, int]:
    """Put every authority's outbox in order and ring for what is due. Calls no provider, so it never waits for one.

    Returns how many leases ended, messages expired, digests were written and bells rang.
    """
    totals = {"leases": 0, "expired": 0, "digests": 0, "rung": 0}
    with work.transaction():
        authority_ids = list(db.session.scalars(select(Authority.id).order_by(Authority.id)))
    waiting = unknown = 0
    oldest_at: datetime | None = None
    for authority_id in authority_ids:
        with work.tenant(authority_id), work.transaction() as after:
            totals["leases"] += messages.end_leases(now)
            totals["expired"] += messages.expire(now)
            totals["digests"] += gather(now)
            messages.leave_unfinished(talks.forget_silent(now))
            found = queries.backlog(now)
            waiting, unknown = waiting + found.waiting, unknown + found.unknown
            oldest_at = min(filter(None, (oldest_at, found.oldest_at)), default=None)
            if media.has_waiting(now):
                after.ring(FETCH, authority_id)
            if queries.has_due(now):
                after.ring(DELIVER, authority_id)
                totals["rung"] += 1
    outbox_waiting.set(waiting)
    outbox_unknown.set(unknown)
    outbox_oldest_seconds.set((now - oldest_at).total_seconds() if oldest_at else 0)
    messages_settled.labels(channel="any", outcome="expired").inc(totals["expired"])
    messages_settled.labels(channel="any", outcome="lease_over").inc(totals["leases"])
    return totals
