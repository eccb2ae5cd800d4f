"""Every hour: what the carrier charged for the messages and calls of the last days."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from service_desk import clock, config, work
from service_desk.city import kept
from service_desk.messages.actions.pricing import write_prices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service_desk.messages.channels.prices import Price

#: how far back is asked: a price comes late, and a carrier may be away for a night
SINCE = timedelta(days=3)
#: prices written in one transaction
_AT_ONCE = 1000


def price_messages(found: Iterable[Price] | None = None) -> int:
    """Write what messages cost, for every authority: one account pays for all. Returns how many were priced.

    found: given by tests; else the carrier is asked, with no connection held while it answers. The sandbox costs nothing.
    """
    if found is None:
        settings = config.current()
        if settings.is_sandbox:
            return 0
        from service_desk.messages.channels import prices  # noqa: PLC0415 — the carrier's client is heavy

        found = prices.prices(prices.client_of(settings), clock.now() - SINCE)
    rest, count = iter(found), 0
    while some := list(islice(rest, _AT_ONCE)):
        for authority in kept.authorities():
            with work.tenant(authority.id), work.transaction():
                count += write_prices(some)
    return count
