"""Proof that a callback comes from the carrier: its signature over our own public address and the posted fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from twilio.request_validator import RequestValidator

from service_desk import config
from service_desk.city import kept

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_signed() -> bool:
    """Say whether the carrier signed this request with the installation's token.

    The address is put together from PUBLIC_BASE_URL and the raw path and query: Host and X-Forwarded headers, which
    anybody can write, are not asked. Without a configured token nothing is believed, nor is another account of the carrier's.
    """
    settings = config.current()
    token, account = settings.twilio_auth_token, settings.twilio_account_sid
    signature = request.headers.get("X-Twilio-Signature", "")
    if not token or not signature:
        return False
    if account and request.form.get("AccountSid", account) != account:
        return False
    validator = RequestValidator(token)
    return any(validator.validate(address, request.form, signature) for address in _addresses())


def _addresses() -> Iterator[str]:
    """Yield the addresses under which the carrier may know this door: all are configured, none is the caller's word."""
    raw = (
        request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    )
    path = str(raw)
    if not path.startswith("/"):  # a proxy may hand on the absolute form
        path = "/" + path.partition("://")[2].partition("/")[2]
    base = config.current().public_base_url
    yield base + path
    if kept.public_base_url() != base:
        yield kept.public_base_url() + path
