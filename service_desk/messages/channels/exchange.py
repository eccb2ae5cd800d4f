"""Where several ways out of the house meet: each message goes by the one that it was written for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.messages.channels.contract import PermanentConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from service_desk.messages.channels.contract import Channel, Envelope, Sent

#: what the carrier's ids of calls begin with
_CALL = "CA"


class Exchange:
    """Channels by name; `texts` has those of SMS and WhatsApp, and every id that is not a call's or a letter's."""

    def __init__(self, texts: Channel, others: Mapping[str, Channel]) -> None:
        """Keep the ways. others: {"voice": …, "email": …} as far as they are set up."""
        self.texts, self.others = texts, others

    def send(self, envelope: Envelope) -> Sent:
        """Hand the message over. Raises what its channel raises, PermanentConfig where there is none."""
        return self._of(envelope.channel).send(envelope)

    def find(self, envelope: Envelope, bound: Collection[str]) -> str | None:
        """Ask the message's channel for an earlier try."""
        return self._of(envelope.channel).find(envelope, bound)

    def look_up(self, provider_id: str) -> tuple[str, int | None] | None:
        """Ask the channel that gave the id. A letter's fate nobody knows."""
        if provider_id.startswith(_CALL):
            return self._of("voice").look_up(provider_id)
        return None if provider_id.startswith("<") else self.texts.look_up(provider_id)

    def _of(self, channel: str) -> Channel:
        if channel in {"sms", "whatsapp"}:
            return self.texts
        if channel not in self.others:
            raise PermanentConfig("no_sender")
        return self.others[channel]
