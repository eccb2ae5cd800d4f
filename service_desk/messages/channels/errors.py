"""Turns what went wrong on the wire into one of the four ways a channel may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError
from urllib3.exceptions import SSLError as TlsError

from service_desk.messages.channels.contract import (
    Ambiguous,
    ChannelError,
    PermanentConfig,
    PermanentRecipient,
    Retryable,
)
from service_desk.messages.rules.codes import Outcome, classify

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF: Mapping[Outcome, type[ChannelError]] = {
    Outcome.RETRY: Retryable,
    Outcome.TEMPORARY: Retryable,
    Outcome.AMBIGUOUS: Ambiguous,
    Outcome.PERMANENT_RECIPIENT: PermanentRecipient,
    Outcome.PERMANENT_CONFIG: PermanentConfig,
}


def of_answer(status: int, code: int | None, retry_after: str | None = None) -> ChannelError:
    """Return the failure that an HTTP answer means. retry_after: the header, seconds; a date is not waited for."""
    seconds = float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else None
    return _OF[classify(status=status, code=code)](str(code or status), seconds)


def of_wire(error: Exception) -> ChannelError:
    """Return the failure that an exception on the way means: sure that nothing left, or not sure."""
    kind = _kind(error)
    return _OF[classify(failure=kind)](kind)


def _kind(error: Exception) -> str:
    if isinstance(error, requests.ConnectTimeout):
        return "connect"
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    if not isinstance(cause, MaxRetryError):
        return "read"
    if isinstance(cause.reason, NameResolutionError):
        return "dns"
    if isinstance(cause.reason, NewConnectionError | ConnectTimeoutError):
        return "connect"
    # A certificate is judged before a byte of ours leaves; any other TLS trouble may have come in the middle.
    if isinstance(cause.reason, TlsError) and "CERTIFICATE_VERIFY_FAILED" in str(cause.reason):
        return "tls"
    return "read"
