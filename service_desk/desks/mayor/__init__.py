"""Desk of the mayor: how the city keeps its promises, and the tickets behind each figure."""

from service_desk.desks.mayor import (
    alerts_page,
    booklets_page,
    contact_page,
    damages_page,
    expected_page,
    holders_page,
    hot_spots_page,
    hours_page,
    list_page,
    overview_page,
    pictures_page,
    pictures_week,
    proposals_page,
    scorecards_orders,
    scorecards_page,
    visits_page,
    visits_page_commitment,
    visits_page_plan,
    visits_page_promise,
)
from service_desk.desks.mayor.door import desk
from service_desk.desks.mayor.visits_door import visits

__all__ = [
    "alerts_page",
    "booklets_page",
    "contact_page",
    "damages_page",
    "desk",
    "expected_page",
    "holders_page",
    "hot_spots_page",
    "hours_page",
    "list_page",
    "overview_page",
    "pictures_page",
    "pictures_week",
    "proposals_page",
    "scorecards_orders",
    "scorecards_page",
    "visits",
    "visits_page",
    "visits_page_commitment",
    "visits_page_plan",
    "visits_page_promise",
]
