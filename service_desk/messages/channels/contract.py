"""What a channel is given, what it answers, and the four ways in which it may fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from email.message import EmailMessage


#: where the carrier asks for the words of a call, and reports of it; the attempt's token follows
WORDS_PATH, CALL_STATUS_PATH = "/hooks/twilio/voice/", "/hooks/twilio/call/"


@dataclass(frozen=True)
class Envelope:
    """One claimed attempt, as a value: no row, no connection. Times are aware UTC."""

    authority_id: int
    message_id: int
    #: 1 for the first try
    attempt: int
    token: str
    event: str
    #: sms or whatsapp
    channel: str
    #: E.164
    address: str
    locale: str
    body: str
    claimed_at: datetime
    expires_at: datetime
    template_name: str | None = None
    #: of the approved template, as the last sync knows it
    content_sid: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    #: the person wrote within 24 h: WhatsApp takes the body as it is
    has_free_words: bool = False
    #: once already sent again without knowing the first one's fate
    is_possible_duplicate: bool = False
    #: times the provider was already asked about it
    asked: int = 0
    provider_id: str | None = None


@dataclass(frozen=True)
class Sent:
    """The provider took it. state: what is known of it already (accepted … delivered, or lost with its code)."""

    provider_id: str
    state: str = "accepted"
    code: int | None = None


@dataclass(frozen=True)
class Content:
    """A template as the provider has it. state: unsubmitted, received, pending, approved, rejected, paused or disabled."""

    name: str
    sid: str
    state: str
    reason: str = ""


class ChannelError(Exception):
    """The provider did not say yes. code: the provider's, or a word of ours."""

    def __init__(self, code: str, retry_after_seconds: float | None = None) -> None:
        """Keep the code and, when the provider named one, its wish how long to wait (s)."""
        super().__init__(code)
        self.code = code
        self.retry_after_seconds = retry_after_seconds


class Retryable(ChannelError):
    """Surely nothing was made: the same message may go again later."""


class Ambiguous(ChannelError):
    """It may have been made: ask the provider before anything else."""


class PermanentRecipient(ChannelError):
    """The person cannot be reached on this channel."""


class PermanentConfig(ChannelError):
    """Our sender, content or account is wrong: the operator has to mend it."""


class Channel(Protocol):
    """A way out of the house. Implementations keep no state between calls but their connections."""

    def send(self, envelope: Envelope) -> Sent:
        """Hand the message over. Raises Retryable, Ambiguous, PermanentRecipient or PermanentConfig."""
        ...

    def find(self, envelope: Envelope, bound: Collection[str]) -> str | None:
        """Return the provider's id of an earlier try, or None when the provider has no such message.

        bound: ids already known to belong to other messages. Raises ChannelError when the provider cannot be asked.
        """
        ...

    def look_up(self, provider_id: str) -> tuple[str, int | None] | None:
        """Return the provider's word for a message's status and its error code; None when it has no such message.

        Raises ChannelError when the provider cannot be asked.
        """
        ...


class Carrier(Protocol):
    """Takes letters that are put together already: to staff, with something attached."""

    def post(self, address: str, letter: EmailMessage) -> None:
        """Hand a letter over. Raises Retryable, Ambiguous, PermanentRecipient or PermanentConfig."""
