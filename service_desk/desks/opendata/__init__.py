"""Desk of nobody in particular: what anybody may take, with its schema."""

from service_desk.desks.opendata.door import desk

__all__ = ["desk"]
