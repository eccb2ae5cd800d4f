"""Writes the checklists of a new city."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.supervision.models import Checklist
from service_desk.work import new_id, tenant_id

if TYPE_CHECKING:
    from datetime import date

_DATA = Path(__file__).with_name("checklists.json")


def load_checklists(valid_from: date) -> None:
    """Write the first version of each checklist, in the data's order (ids rise with it)."""
    rows = [
        {"authority_id": tenant_id(), "id": new_id(), "valid_from": valid_from, **each}
        for each in json.loads(_DATA.read_text())
    ]
    db.session.execute(insert(Checklist), rows)
