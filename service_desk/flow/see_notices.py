"""A person has looked at her digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.errors import NotAllowed
from service_desk.people import notices
from service_desk.work import transaction

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.people.rules import Actor


def see_notices(actor: Actor, until: datetime) -> int:
    """Note that the person has seen what she could read until that instant (her page's own). Returns how many were new.

    What came after the page was drawn stays unseen. Raises NotAllowed for anybody but staff.
    """
    if actor.kind != "staff" or actor.id is None:
        raise NotAllowed
    now = clock.now()
    with transaction():
        return notices.mark_seen(actor.id, min(until, now), now)
