"""Channels: how a claimed message leaves the house. One is chosen by configuration."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from service_desk.messages.channels.sandbox import Sandbox

if TYPE_CHECKING:
    from service_desk.config import Settings
    from service_desk.messages.channels.contract import Carrier, Channel


def offered(settings: Settings) -> frozenset[str]:
    """Return the channels that this installation can send by. The sandbox shows them all."""
    if settings.is_sandbox:
        return frozenset({"sms", "whatsapp", "voice", "email"})
    has = {"voice": settings.twilio_voice_sender, "email": settings.mail_url}
    return frozenset({"sms", "whatsapp", *(name for name, setting in has.items() if setting)})


def can_answer(settings: Settings) -> bool:
    """Say whether an SMS of this installation can be answered: a sender that is a name, no number, takes no answer."""
    return settings.is_sandbox or settings.twilio_sms_sender.startswith(("+", "MG"))


@cache
def channel_for(settings: Settings) -> Channel:
    """Return the channel that the settings name; one a process, so that its connections are kept.

    Raises BadConfiguration when the file of WhatsApp templates cannot be read.
    """
    if settings.is_sandbox:
        return Sandbox()
    from service_desk.messages.channels.email import Mail  # noqa: PLC0415 — as below
    from service_desk.messages.channels.exchange import Exchange  # noqa: PLC0415
    from service_desk.messages.channels.twilio import Twilio  # noqa: PLC0415 — 80 ms and 6 MB that only a sender needs
    from service_desk.messages.channels.voice import Calls  # noqa: PLC0415

    others: dict[str, Channel] = {"voice": Calls.of(settings)} if settings.twilio_voice_sender else {}
    if settings.mail_url:
        others["email"] = Mail.of(settings)
    return Exchange(Twilio.of(settings), others)


def carrier_for(settings: Settings) -> Carrier | None:
    """Return what takes letters to staff: the city's mail server, the sandbox where nothing leaves the house, or None."""
    if settings.is_sandbox:
        return Sandbox()
    if not settings.mail_url:
        return None
    from service_desk.messages.channels.email import Mail  # noqa: PLC0415 — as above

    return Mail.of(settings)
