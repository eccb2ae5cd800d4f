"""Desk of supervision: the inspector's day, rounds and their stops, enforcement cases."""

from service_desk.desks.inspector import (
    case_new_page,
    case_page,
    cases_page,
    rounds_page,
    stop_page,
    ticket_page,
    today_page,
)
from service_desk.desks.inspector.door import desk

__all__ = [
    "case_new_page",
    "case_page",
    "cases_page",
    "desk",
    "rounds_page",
    "stop_page",
    "ticket_page",
    "today_page",
]
