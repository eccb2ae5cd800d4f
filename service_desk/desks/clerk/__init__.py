"""Desk of the clerk: queue, map, ticket, its acts, and intake for a caller."""

from service_desk.desks.clerk import act_page, intake_page, map_page, queue_page, ticket_page
from service_desk.desks.clerk.door import desk

__all__ = ["act_page", "desk", "intake_page", "map_page", "queue_page", "ticket_page"]
