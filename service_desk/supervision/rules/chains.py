"""The hash chain of a case's history. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class CaseFact:
    """What is hashed of a case's event. at: aware; data: JSON values only."""

    authority_id: int
    case_id: int
    seq: int
    at: datetime
    kind: str
    actor_kind: str
    actor_id: int | None
    state: str
    unit_id: int | None
    data: Mapping[str, Any]


def chain(previous: bytes, fact: CaseFact) -> bytes:
    """Return the hash of a fact over its predecessor's hash (sha-256, 32 bytes)."""
    body = _CANONICAL.encode(
        [
            "case",
            fact.authority_id,
            fact.case_id,
            fact.seq,
            fact.at.astimezone(UTC).isoformat(timespec="microseconds"),
            fact.kind,
            fact.actor_kind,
            fact.actor_id,
            fact.state,
            fact.unit_id,
            fact.data,
        ]
    )
    return hashlib.sha256(previous + body.encode()).digest()
