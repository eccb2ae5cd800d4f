"""Writes the ready wordings from their data file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast

from sqlalchemy import insert

from service_desk.extensions import db
from service_desk.messages.models import ReplyTemplate
from service_desk.work import new_id, tenant_id


def read_replies() -> list[dict[str, Any]]:
    """Return the data file's wordings: code, use, group or None, name and words by language."""
    text = (files("service_desk.messages.seed") / "replies.json").read_text(encoding="utf-8")
    return cast("list[dict[str, Any]]", json.loads(text)["replies"])


def load_replies() -> None:
    """Write the wordings of the present tenant, which has none yet."""
    rows = [
        {
            "authority_id": tenant_id(),
            "id": new_id(),
            "code": each["code"],
            "name": each["name"],
            "group_code": each["group"],
            "service_code": None,
            "use": each["use"],
            "words": each["words"],
            "sort": sort,
            "is_active": True,
        }
        for sort, each in enumerate(read_replies(), start=1)
    ]
    db.session.execute(insert(ReplyTemplate), rows)
