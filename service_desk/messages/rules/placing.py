"""On which ticket a person's message lands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Followed:
    """A ticket that the person follows. told_at: when it was last written about to this phone; opened_at: aware."""

    ticket_id: int
    reference: str
    is_open: bool
    #: a question to the person is open
    is_asked: bool
    opened_at: datetime
    told_at: datetime | None = None


def choose(tickets: Sequence[Followed], reference: str | None) -> int | None:
    """Return the ticket that a message is about; None when the person follows none that it could be.

    In this order: the one it names; the only open one; the newest that waits for the person's answer; the open one
    last written about, since people answer what they last read; the last one written about, even if closed.
    """
    if reference:
        named = [one for one in tickets if one.reference == reference]
        if named:
            return named[0].ticket_id
    opened = [one for one in tickets if one.is_open]
    if len(opened) == 1:
        return opened[0].ticket_id
    asked = [one for one in opened if one.is_asked]
    found = max(asked or opened or tickets, key=_recency, default=None)
    return found.ticket_id if found else None


def _recency(one: Followed) -> datetime:
    return one.told_at or one.opened_at
