"""WhatsApp templates at Twilio: made, handed in for approval, and looked up, with their state."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from service_desk.messages.channels.contract import Ambiguous, Content
from service_desk.messages.channels.errors import of_answer, of_wire
from service_desk.messages.channels.twilio import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.config import Settings

HOST = "https://content.twilio.com"
CONTENTS, APPROVALS = "/v1/Content", "/v1/ContentAndApprovals"
#: what the messages are for, in WhatsApp's own terms: no advertising
CATEGORY = "UTILITY"
_PAGE, _MOST_PAGES = 100, 20
_JSON = {"Content-Type": "application/json"}


class Contents:
    """Twilio's Content API. Raises ChannelError when the provider does not say yes."""

    def __init__(self, account_sid: str, auth_token: str, wire: Wire) -> None:
        """Prepare the client."""
        self.wire = wire
        self.client = Client(account_sid, auth_token, http_client=wire)

    @classmethod
    def of(cls, settings: Settings) -> Contents:
        """Build it from the settings."""
        wire = Wire(settings.twilio_timeout_seconds, settings.twilio_api_base)
        return cls(settings.twilio_account_sid, settings.twilio_auth_token, wire)

    def listed(self) -> dict[str, Content]:
        """Return every template of the account by its name."""
        found: dict[str, Content] = {}
        path = f"{APPROVALS}?PageSize={_PAGE}"
        for _page in range(_MOST_PAGES):
            answer = self._ask("GET", path)
            for each in answer.get("contents") or []:
                approval = each.get("approval_requests") or {}
                name = str(each.get("friendly_name") or "")
                found[name] = Content(
                    name,
                    str(each.get("sid") or ""),
                    str(approval.get("status") or "unsubmitted"),
                    str(approval.get("rejection_reason") or ""),
                )
            following = urlsplit((answer.get("meta") or {}).get("next_page_url") or "")
            if not following.query:
                break
            path = f"{APPROVALS}?{following.query}"  # only its words are believed, never its host
        return found

    def make(self, name: str, locale: str, body: str, example: Mapping[str, str]) -> str:
        """Make a template and return its sid. example: what stands in {{1}}, {{2}} … when it is judged."""
        answer = self._ask(
            "POST",
            CONTENTS,
            {
                "friendly_name": name,
                "language": locale,
                "variables": dict(example),
                "types": {"twilio/text": {"body": body}},
            },
        )
        if not answer.get("sid"):
            raise Ambiguous("parse")
        return str(answer["sid"])

    def hand_in(self, sid: str, name: str) -> str:
        """Ask WhatsApp to approve a template. Returns the state that follows."""
        path = f"{CONTENTS}/{sid}/ApprovalRequests/whatsapp"
        answer = self._ask("POST", path, {"name": name, "category": CATEGORY})
        return str(answer.get("status") or "received")

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        data: Any = dict(body) if body is not None else None
        try:
            answer = self.client.request(
                method, f"{HOST}{path}", data=data, headers=dict(_JSON) if body is not None else None
            )
            if answer.status_code >= 400:
                raise of_answer(int(answer.status_code), None, self.wire.retry_after)
            found = json.loads(answer.text or "{}")
        except requests.RequestException as error:
            raise of_wire(error) from error
        except (TwilioException, ValueError) as error:
            raise Ambiguous("parse") from error
        if not isinstance(found, dict):
            raise Ambiguous("parse")
        return found
