"""A photo written from the sandbox's phone: kept here in place of the carrier, then fetched like any other."""

from __future__ import annotations

from service_desk import config
from service_desk.intake.photos import encode, storage
from service_desk.intake.rules import BadPhoto

#: begins the address of a photo that this house keeps for its own sandbox; no callback can bring such an address
SCHEME = "sandbox:"


def keep_sandbox_photo(raw: bytes) -> tuple[str, str]:
    """Keep an uploaded file, re-encoded; return its address and content type. Raises BadPhoto."""
    return f"{SCHEME}{storage().put(encode(raw))}", "image/jpeg"


def is_of_sandbox(url: str) -> bool:
    """Say whether the address is one of the sandbox's own, on an installation whose messages stay in the house."""
    return url.startswith(SCHEME) and config.current().is_sandbox


def take_sandbox_photo(url: str) -> bytes:
    """Return the bytes behind the sandbox's address. Raises BadPhoto once it was dropped."""
    try:
        return storage().get(url.removeprefix(SCHEME), "full")
    except FileNotFoundError as gone:
        raise BadPhoto("gone") from gone


def drop_sandbox_photo(url: str) -> None:
    """Remove the sandbox's own copy, once the request has its photo."""
    storage().drop(url.removeprefix(SCHEME))
