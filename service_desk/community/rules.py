"""Pure rules of field visits and of what was promised there."""

from __future__ import annotations

#: of a visit to a neighbourhood
VISIT_STATES = ("planned", "held", "cancelled")
#: of a commitment; kept, not_kept and withdrawn are its ends
COMMITMENT_STATES = ("open", "kept", "not_kept", "withdrawn")
#: of its history
COMMITMENT_EVENTS = ("made", "moved", "linked", "assigned", "kept", "not_kept", "withdrawn", "reopened")
