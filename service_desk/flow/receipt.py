"""A provider's status callback, already verified by its door: stored once, applied if it proves something new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock, work
from service_desk.flow.telling import DELIVER
from service_desk.messages import actions as messages
from service_desk.messages import queries
from service_desk.messages.rules import authority_of
from service_desk.telemetry import log, messages_settled

if TYPE_CHECKING:
    from collections.abc import Mapping


def record_receipt(attempt_token: str, form: Mapping[str, str]) -> str:
    """Record one callback. attempt_token: from its address; form: Twilio's fields (MessageSid, MessageStatus, ErrorCode).

    Returns applied, stale, repeated, quarantined or ignored; never an error for what the provider may send, since it
    would only send it again. The token names the authority; a token that is not ours is kept under the door's.
    """
    provider_id = form.get("MessageSid") or form.get("SmsSid") or ""
    status = form.get("MessageStatus") or form.get("SmsStatus") or ""
    if not provider_id or not status or len(provider_id) > 64 or len(status) > 32:
        return "ignored"
    code_text = form.get("ErrorCode") or ""
    code = int(code_text) if code_text.isascii() and code_text.isdigit() and len(code_text) < 7 else None
    if "\x00" in f"{attempt_token}{provider_id}{status}":
        return "ignored"
    outcome = _apply(attempt_token, provider_id, status, code)
    messages_settled.labels(channel="any", outcome=f"receipt_{outcome}").inc()
    if outcome == "quarantined":
        log.warning("receipt_of_unknown_token", status=status)
    return outcome


def _apply(token: str, provider_id: str, status: str, code: int | None) -> str:
    """Apply it in the authority that the token names, if the token is known there; else keep it in the door's."""
    here = work.tenant_id()
    for authority_id in dict.fromkeys((authority_of(token) or here, here)):
        with work.tenant(authority_id), work.transaction() as after:
            if authority_id != here and not queries.knows_token(token):
                continue
            outcome = messages.apply_receipt(token, provider_id, status, code, clock.now())
            if outcome == "applied":
                after.ring(DELIVER, authority_id)
            return outcome
    return "ignored"
