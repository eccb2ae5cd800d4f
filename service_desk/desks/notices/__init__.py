"""Desk of every staff member's digests: what climbed the ladder up to her."""

from service_desk.desks.notices.page import desk

__all__ = ["desk"]
