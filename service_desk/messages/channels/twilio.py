"""SMS and WhatsApp by Twilio's own client: explicit time-outs, no hidden second try, a token in each callback address."""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from service_desk.config import BadConfiguration
from service_desk.messages.channels.contract import Ambiguous, ChannelError, PermanentConfig, Sent
from service_desk.messages.channels.errors import of_answer, of_wire
from service_desk.messages.rules import CLOCK_SLACK, LONGEST_VALIDITY_SECONDS, state_of_callback

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from twilio.http.response import Response

    from service_desk.config import Settings
    from service_desk.messages.channels.contract import Envelope

CONNECT_SECONDS = 5.0
#: kept open to the provider by one process: as many as send side by side
CONNECTIONS = 32
CALLBACK_PATH = "/hooks/twilio/status/"
_PAGE = 50
#: The log lines of the client and of the library below it hold phone numbers; only what matters is let through.
_quiet = logging.getLogger("keshet.twilio")
_quiet.setLevel(logging.WARNING)
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class Wire(TwilioHttpClient):  # type: ignore[misc]  # the SDK has no types
    """The SDK's HTTP client with time-outs, no redirects, another host when told so, and the last answer's headers."""

    def __init__(self, read_seconds: float, api_base: str = "") -> None:
        """Keep one pool of connections. read_seconds: longest silence; api_base: e.g. http://127.0.0.1:4010."""
        super().__init__(logger=_quiet)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(pool_maxsize=CONNECTIONS))
        self.timeout = (CONNECT_SECONDS, read_seconds)
        self.api_base = urlsplit(api_base) if api_base else None
        self._of_thread = threading.local()

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send one request, once."""
        if self.api_base:
            url = urlunsplit(urlsplit(url)._replace(scheme=self.api_base.scheme, netloc=self.api_base.netloc))
        answer = super().request(method, url, *args, **kwargs)
        self._of_thread.retry_after = (answer.headers or {}).get("Retry-After")
        return answer

    @property
    def retry_after(self) -> str | None:
        """Return the provider's wish in the last answer to the present thread; several send side by side."""
        return getattr(self._of_thread, "retry_after", None)


class Twilio:
    """Twilio's Messages API. content_sids: {template name: ContentSid}."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        senders: Mapping[str, str],
        base_url: str,
        wire: Wire,
        content_sids: Mapping[str, str],
    ) -> None:
        """Prepare the client. senders: {"sms": …, "whatsapp": …}; base_url: where callbacks reach us."""
        self.wire, self.senders, self.base_url, self.content_sids = wire, senders, base_url, content_sids
        self.client = Client(account_sid, auth_token, http_client=wire)

    @classmethod
    def of(cls, settings: Settings) -> Twilio:
        """Build the channel from the settings. Raises BadConfiguration when the templates' file cannot be read."""
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            {"sms": settings.twilio_sms_sender, "whatsapp": settings.twilio_whatsapp_sender},
            settings.public_base_url,
            Wire(settings.twilio_timeout_seconds, settings.twilio_api_base),
            read_content_sids(settings.twilio_content_sids),
        )

    def send(self, envelope: Envelope) -> Sent:
        """Create the message. Its callback address proves the acceptance even if this process dies now."""
        parameters = self.parameters(envelope)
        try:
            made = self.client.messages.create(**parameters)
        except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
            self._fail(error)
        if not made.sid:
            raise Ambiguous("parse")
        state = state_of_callback(str(made.status)) or "accepted"
        return Sent(made.sid, state, made.error_code)

    def parameters(self, envelope: Envelope) -> dict[str, Any]:
        """Return what the create call is given. Raises PermanentConfig without a sender or an approved template."""
        sender = self.senders.get(envelope.channel)
        if not sender:
            raise PermanentConfig("no_sender")
        left = int((envelope.expires_at - envelope.claimed_at).total_seconds())
        common = {
            "status_callback": f"{self.base_url}{CALLBACK_PATH}{envelope.token}",
            "validity_period": max(min(left, LONGEST_VALIDITY_SECONDS), 1),
        }
        if envelope.channel == "sms":
            return {**common, "to": envelope.address, "from_": sender, "body": envelope.body}
        way = {
            **common,
            "to": f"whatsapp:{envelope.address}",
            "from_": f"whatsapp:{sender.removeprefix('whatsapp:')}",
        }
        if envelope.has_free_words:
            return {**way, "body": envelope.body}
        content_sid = self.content_sids.get(envelope.template_name or "") or envelope.content_sid
        if not content_sid:
            raise PermanentConfig("no_template")
        variables = json.dumps(dict(envelope.variables), ensure_ascii=False)
        return {**way, "content_sid": content_sid, "content_variables": variables}

    def find(self, envelope: Envelope, bound: Collection[str]) -> str | None:
        """Search the provider's list of this number for the words, made since the claim, and not yet known as another's."""
        to = envelope.address if envelope.channel == "sms" else f"whatsapp:{envelope.address}"
        since = envelope.claimed_at - CLOCK_SLACK
        try:
            listed = self.client.messages.list(to=to, limit=4 * _PAGE, page_size=_PAGE)
        except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
            self._fail(error)
        for message in listed:
            made_at = message.date_created or datetime.now(UTC)
            if made_at >= since and message.sid not in bound and _is_same(envelope, message.body or ""):
                return str(message.sid)
        return None

    def look_up(self, provider_id: str) -> tuple[str, int | None] | None:
        """Fetch a message's present status."""
        try:
            message = self.client.messages(provider_id).fetch()
        except TwilioRestException as error:
            if error.status == 404:
                return None
            self._fail(error)
        except (TwilioException, requests.RequestException, ValueError, TypeError) as error:
            self._fail(error)
        return str(message.status), message.error_code

    def _fail(self, error: Exception) -> NoReturn:
        """Raise what the error means."""
        raise self._meaning(error) from error

    def _meaning(self, error: Exception) -> ChannelError:
        if isinstance(error, TwilioRestException | TwilioServiceException):
            code = error.code if isinstance(error.code, int) and error.code >= 1000 else None
            return of_answer(int(error.status), code, self.wire.retry_after)
        if isinstance(error, requests.RequestException):
            return of_wire(error)
        return Ambiguous("parse")


def _is_same(envelope: Envelope, body: str) -> bool:
    """Say whether listed words are this envelope's. An approved template's words are the provider's: its values decide."""
    if envelope.channel == "sms" or envelope.has_free_words:
        return body.split() == envelope.body.split()
    return all(" ".join(value.split()) in " ".join(body.split()) for value in envelope.variables.values())


def read_content_sids(path: Path | None) -> dict[str, str]:
    """Return {template name: ContentSid} from the operator's JSON file; nothing without one. Raises BadConfiguration."""
    if path is None:
        return {}
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadConfiguration(
            f"TWILIO_CONTENT_SIDS names a file that cannot be read as JSON: {path}."
        ) from error
    if not isinstance(table, dict) or not all(
        isinstance(sid, str) and sid.startswith("HX") for sid in table.values()
    ):
        raise BadConfiguration(
            "TWILIO_CONTENT_SIDS must hold one object of template names and content SIDs (HX…)."
        )
    return table
