"""The default channel: nothing leaves the house; the sandbox page shows the message rows as each phone's threads.

Numbers that end in 9901…9904 fail on purpose, so that every ending can be seen: 9901 no such mobile (21614),
9902 the provider is too busy (try again later), 9903 no answer (unknown, then asked about), 9904 accepted but the
phone is off (30003).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk.messages.channels.contract import Ambiguous, PermanentRecipient, Retryable, Sent

if TYPE_CHECKING:
    from collections.abc import Collection
    from email.message import EmailMessage

    from service_desk.messages.channels.contract import Envelope

#: Sandbox ids start so; a real provider is never asked about them.
PREFIX = "SBX"


class Sandbox:
    """Delivers at once, and remembers nothing."""

    def send(self, envelope: Envelope) -> Sent:
        """Deliver, or fail as the number's ending asks."""
        match envelope.address[-4:]:
            case "9901":
                raise PermanentRecipient("21614")
            case "9902":
                raise Retryable("20429", 30)
            case "9903":
                raise Ambiguous("read")
        provider_id = f"{PREFIX}{envelope.message_id:x}-{envelope.attempt}"
        if envelope.address.endswith("9904"):
            return Sent(provider_id, "undelivered", 30003)
        # A call rings on the sandbox's phone until somebody there picks up.
        return Sent(provider_id, "accepted" if envelope.channel == "voice" else "delivered")

    def post(self, address: str, letter: EmailMessage) -> None:
        """Keep a letter to staff in the house: its reader opens it on the page of booklets."""

    def find(self, envelope: Envelope, bound: Collection[str]) -> str | None:  # noqa: ARG002 — the contract's
        """Return None: what the sandbox delivered is in our own rows."""
        return None

    def look_up(self, provider_id: str) -> tuple[str, int | None] | None:  # noqa: ARG002 — the contract's
        """Return None: nothing is kept here."""
        return None
