"""What messages cost, written once the provider says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import text

from service_desk import work
from service_desk.extensions import db

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.messages.channels.prices import Price

_WRITE = text(
    "UPDATE messages m SET price_micros = p.micros, currency = p.currency "
    "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS p(id text, micros bigint, currency text) "
    "WHERE m.authority_id = :authority AND m.provider_id = p.id AND m.price_micros IS NULL"
)


def write_prices(found: Sequence[Price]) -> int:
    """Write the prices of the present authority's messages that had none. Returns how many. One statement."""
    rows = json.dumps(
        [{"id": each.provider_id, "micros": each.micros, "currency": each.currency} for each in found]
    )
    done = db.session.execute(_WRITE, {"rows": rows, "authority": work.tenant_id()})
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE has a count
