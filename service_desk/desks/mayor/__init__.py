"""Desk of the mayor: how the city keeps its promises, and the tickets behind each figure."""

from service_desk.desks.mayor import (
    contact_page,
    damages_page,
    holders_page,
    hours_page,
    list_page,
    overview_page,
)
from service_desk.desks.mayor.door import desk

__all__ = ["contact_page", "damages_page", "desk", "holders_page", "hours_page", "list_page", "overview_page"]
