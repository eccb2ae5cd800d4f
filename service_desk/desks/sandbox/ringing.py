"""Which calls a sandbox phone shows: what rings, and what is listened to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.messages.models import Message


@dataclass(frozen=True, slots=True)
class Call:
    """A call on the page. is_open: somebody has picked up and is listening; else it rings."""

    message: Message
    is_open: bool


def calls_of(log: Sequence[tuple[Message, str]], listening: str) -> list[Call]:
    """Return what rings on a phone, and the call that is listened to. listening: its id, from the address."""
    return [
        Call(row, is_open)
        for row, _reference in log
        if row.channel == "voice"
        and ((is_open := str(row.id) == listening and row.state == "delivered") or row.state == "accepted")
    ]
