"""Desk of the resident: home, the report, the private link, and what the city says about itself."""

from service_desk.desks.resident import about, centre_page, home, lookups, me, report, track
from service_desk.desks.resident.door import desk

__all__ = ["about", "centre_page", "desk", "home", "lookups", "me", "report", "track"]
