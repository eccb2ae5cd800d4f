"""The sandbox: each phone's threads as the resident would see them. Only where demo mode is on."""

from service_desk.desks.sandbox import calls, pages
from service_desk.desks.sandbox.pages import desk

__all__ = ["calls", "desk", "pages"]
