"""A member of staff says which booklets come to her own mail each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, NotAllowed
from service_desk.people.rules import may
from service_desk.reports import booklets
from service_desk.reports.sums import CITY
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Collection

    from service_desk.people.rules import Actor


def subscribe(centre_ids: Collection[int], actor: Actor) -> None:
    """Let these booklets come to the actor's own mail, and no others. centre_ids: CITY for the city. Raises NotAllowed, BadInput."""
    if not may(actor, "see_figures") or actor.kind != "staff" or actor.id is None:
        raise NotAllowed
    if not set(centre_ids) <= {CITY, *city_map().centres}:
        raise BadInput({"booklet": "no_such"})
    now = clock.now()
    with transaction():
        booklets.subscribe(actor.id, set(centre_ids), now)
