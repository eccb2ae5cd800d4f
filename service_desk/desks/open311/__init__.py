"""Open311 GeoReport v2: other programs report and follow requests, and see no personal data."""

from service_desk.desks.open311.door import desk

__all__ = ["desk"]
