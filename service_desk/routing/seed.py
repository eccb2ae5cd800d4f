"""Which demo contractor serves which domain and areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.routing.models import HandlerRule
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


def load_handler_rules(rules: Iterable[tuple[str, str | None, int]], valid_from: date) -> None:
    """Write rules (domain, area code or None, unit id)."""
    rows = [
        {
            "authority_id": tenant_id(),
            "id": new_id(),
            "domain": domain,
            "area_code": area,
            "unit_id": unit_id,
            "valid_from": valid_from,
            "valid_to": None,
        }
        for domain, area, unit_id in rules
    ]
    if rows:
        db.session.execute(insert(HandlerRule), rows)
