"""Pure rules of messages: states, moves of the outbox, what an error code means."""

from __future__ import annotations

STATES = ("pending", "sending", "accepted", "sent", "delivered", "read", "undelivered", "failed", "unknown", "manual", "expired", "superseded", "skipped")
