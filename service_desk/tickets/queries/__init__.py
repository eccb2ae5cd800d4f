"""Reads of tickets: themselves, their histories, their followers, the queue and their neighbours."""

from service_desk.tickets.queries.followers import (
    by_token,
    followed,
    follower,
    followers_of,
    open_of_resident,
    opener,
)
from service_desk.tickets.queries.histories import (
    events_of,
    last_event,
    last_merge,
    last_reopened,
    remarks_of,
    status_before,
    was_handed_to,
)
from service_desk.tickets.queries.neighbours import METRES_PER_DEGREE, is_similar, measured, nearby
from service_desk.tickets.queries.queues import (
    COUNT_LIMIT,
    QueueFilter,
    QueueRow,
    conditions,
    counts,
    queue,
    queue_row,
    queue_rows,
)
from service_desk.tickets.queries.tickets import by_reference, lock, many, resolved_before, ticket_or_404

__all__ = [
    "COUNT_LIMIT",
    "METRES_PER_DEGREE",
    "QueueFilter",
    "QueueRow",
    "by_reference",
    "by_token",
    "conditions",
    "counts",
    "events_of",
    "followed",
    "follower",
    "followers_of",
    "is_similar",
    "last_event",
    "last_merge",
    "last_reopened",
    "lock",
    "many",
    "measured",
    "nearby",
    "open_of_resident",
    "opener",
    "queue",
    "queue_row",
    "queue_rows",
    "remarks_of",
    "resolved_before",
    "status_before",
    "ticket_or_404",
    "was_handed_to",
]
