"""Desk of the clerk: queue, map, ticket, its acts, and intake for a caller."""

from service_desk.desks.clerk import (
    act_page,
    bulk_page,
    claims,
    handover_page,
    intake_page,
    link_page,
    live,
    map_page,
    order_page,
    queue_page,
    saved,
    split_page,
    templates_page,
    ticket_page,
    unplaced_page,
    verify_page,
)
from service_desk.desks.clerk.door import desk

__all__ = [
    "act_page",
    "bulk_page",
    "claims",
    "desk",
    "handover_page",
    "intake_page",
    "link_page",
    "live",
    "map_page",
    "order_page",
    "queue_page",
    "saved",
    "split_page",
    "templates_page",
    "ticket_page",
    "unplaced_page",
    "verify_page",
]
