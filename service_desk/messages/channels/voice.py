"""Calls by Twilio: the message is spoken, by TwiML that the carrier asks us for once somebody has picked up.

A call has no words by which it could be found again; its callbacks carry the attempt's token, and the carrier asks for
the words under that token too, so that a call whose acceptance we missed proves itself as soon as it is answered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from service_desk.messages.channels.contract import (
    CALL_STATUS_PATH,
    WORDS_PATH,
    Ambiguous,
    PermanentConfig,
    Sent,
)
from service_desk.messages.channels.twilio import Twilio, Wire
from service_desk.messages.rules import CLOCK_SLACK, state_of_callback

if TYPE_CHECKING:
    from collections.abc import Collection

    from service_desk.config import Settings
    from service_desk.messages.channels.contract import Envelope

#: how long it rings before nobody is there (s)
RING_SECONDS = 30
#: the longest call (s): the words, heard a few times
_LONGEST_SECONDS = 180
#: newest calls to the number that are looked through: one page
_LISTED = 100


class Calls(Twilio):
    """Twilio's Calls API, with the account, time-outs and failures of its messages."""

    @classmethod
    def of(cls, settings: Settings) -> Calls:
        """Build the channel from the settings."""
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            {"voice": settings.twilio_voice_sender},
            settings.public_base_url,
            Wire(settings.twilio_timeout_seconds, settings.twilio_api_base),
            {},
        )

    def send(self, envelope: Envelope) -> Sent:
        """Place the call. The addresses of its words and callbacks prove it even if this process dies now."""
        parameters = self.parameters(envelope)
        try:
            made = self.client.calls.create(**parameters)
        except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
            self._fail(error)
        if not made.sid:
            raise Ambiguous("parse")
        return Sent(made.sid, state_of_callback(str(made.status)) or "accepted")

    def parameters(self, envelope: Envelope) -> dict[str, Any]:
        """Return what the create call is given. Raises PermanentConfig without a number to call from."""
        sender = self.senders.get("voice")
        if not sender:
            raise PermanentConfig("no_sender")
        return {
            "to": envelope.address,
            "from_": sender,
            "url": f"{self.base_url}{WORDS_PATH}{envelope.token}",
            "method": "POST",
            # Without a list of events, its end is reported; that it was answered, the words' being asked for tells.
            "status_callback": f"{self.base_url}{CALL_STATUS_PATH}{envelope.token}",
            "status_callback_method": "POST",
            "timeout": RING_SECONDS,
            "time_limit": _LONGEST_SECONDS,
        }

    def find(self, envelope: Envelope, bound: Collection[str]) -> str | None:
        """Search the carrier's list for a call to this number, placed since the claim and not known as another's."""
        since = envelope.claimed_at - CLOCK_SLACK
        try:
            listed = list(self.client.calls.page(to=envelope.address, page_size=_LISTED))
        except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
            self._fail(error)
        for call in listed:
            if (call.date_created or datetime.now(UTC)) >= since and call.sid not in bound:
                return str(call.sid)
        return None

    def look_up(self, provider_id: str) -> tuple[str, int | None] | None:
        """Fetch a call's present status."""
        try:
            call = self.client.calls(provider_id).fetch()
        except TwilioRestException as error:
            if error.status == 404:
                return None
            self._fail(error)
        except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
            self._fail(error)
        return str(call.status), None
