"""What people send with a message, fetched from the carrier and from nowhere else.

An address comes with a callback: it is a stranger's word, even when signed. So only hosts of the carrier are asked,
over https, at an address of the public internet that is looked up once and then connected to; a redirect leads at
most once, to one of the same hosts, and never carries the account's password.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from service_desk.config import Settings

API_HOST = "api.twilio.com"
#: where the carrier keeps the files that its API points to
_FILE_HOSTS = frozenset({"mms.twiliocdn.com", "media.twiliocdn.com"})
MAX_BYTES = 15 * 1024 * 1024
SECONDS = 10.0
_HOPS = 2
_PIECE = 64 * 1024
_MOVED = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({408, 425, 429})


class Refused(Exception):
    """It cannot be had, now or later. The message is a key: address, moved, missing, not_a_photo, too_large."""


class Away(Exception):
    """The carrier did not give it this time."""


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that was checked, under the host's own name and certificate."""

    def __init__(self, host: str, ip: str) -> None:
        super().__init__(host, 443, timeout=SECONDS, context=ssl.create_default_context())
        self._ip, self._tls = ip, ssl.create_default_context()

    def connect(self) -> None:
        """Connect to the checked address; the name is proven by the certificate."""
        raw = socket.create_connection((self._ip, 443), SECONDS)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self.host)


def fetch(url: str, settings: Settings) -> bytes:
    """Return the bytes behind a media address. Raises Refused, Away."""
    for hop in range(_HOPS):
        place = urlsplit(url)
        connection = _connection(place, settings)
        try:
            answer = _ask(connection, place, settings, is_first=hop == 0)
            if answer.status not in _MOVED:
                return _content(answer)
            url = urljoin(url, answer.headers.get("Location", ""))
        except (OSError, http.client.HTTPException) as error:
            raise Away(type(error).__name__) from error
        finally:
            connection.close()
    raise Refused("moved")


def _connection(place: SplitResult, settings: Settings) -> http.client.HTTPConnection:
    """Return a connection that is allowed, not opened yet. Raises Refused for any other address, Away without DNS."""
    try:
        host, port = place.hostname or "", place.port
    except ValueError as error:
        raise Refused("address") from error
    if place.username is not None or place.password is not None:
        raise Refused("address")
    if settings.twilio_api_base:  # the operator named another carrier: only that one is asked
        base = urlsplit(settings.twilio_api_base)
        if (place.scheme, host, port) != (base.scheme, base.hostname, base.port):
            raise Refused("address")
        kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        return kind(host, port, timeout=SECONDS)
    if place.scheme != "https" or port not in {None, 443} or host not in {API_HOST, *_FILE_HOSTS}:
        raise Refused("address")
    return _Pinned(host, public_address(host))


def public_address(host: str) -> str:
    """Return one address of a host when all of them are of the public internet. Raises Refused, Away."""
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise Away("dns") from error
    if not found or not all(ipaddress.ip_address(each.partition("%")[0]).is_global for each in found):
        raise Refused("address")
    return min(found, key=lambda each: (":" in each, each))


def _ask(
    connection: http.client.HTTPConnection, place: SplitResult, settings: Settings, *, is_first: bool
) -> http.client.HTTPResponse:
    headers = {"Accept": "image/*", "User-Agent": "keshet"}
    if is_first and (settings.twilio_api_base or place.hostname == API_HOST):
        pair = f"{settings.twilio_account_sid}:{settings.twilio_auth_token}".encode()
        headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
    connection.request("GET", place.path + (f"?{place.query}" if place.query else ""), headers=headers)
    return connection.getresponse()


def _content(answer: http.client.HTTPResponse) -> bytes:
    if answer.status >= 500 or answer.status in _LATER:
        raise Away(str(answer.status))
    if answer.status != 200:
        raise Refused("missing")
    if not (answer.headers.get_content_type() or "").startswith("image/"):
        raise Refused("not_a_photo")
    found = bytearray()
    while piece := answer.read(_PIECE):
        found += piece
        if len(found) > MAX_BYTES:
            raise Refused("too_large")
    if answer.length:  # fewer bytes than were promised
        raise Away("cut_off")
    return bytes(found)
