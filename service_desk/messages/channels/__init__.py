"""Channels: how a claimed message leaves the house. One is chosen by configuration."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from service_desk.messages.channels.sandbox import Sandbox

if TYPE_CHECKING:
    from service_desk.config import Settings
    from service_desk.messages.channels.contract import Channel


@cache
def channel_for(settings: Settings) -> Channel:
    """Return the channel that the settings name; one a process, so that its connections are kept.

    Raises BadConfiguration when the file of WhatsApp templates cannot be read.
    """
    if settings.message_transport != "twilio":
        return Sandbox()
    from service_desk.messages.channels.twilio import Twilio  # noqa: PLC0415 — 80 ms and 6 MB that only a sender needs

    return Twilio.of(settings)
