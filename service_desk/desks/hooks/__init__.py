"""The carrier's doors: what it reports of our messages, and what people write back or press."""

from service_desk.desks.hooks import voice
from service_desk.desks.hooks.twilio import desk

__all__ = ["desk", "voice"]
