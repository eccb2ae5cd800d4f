"""Pure rules of supervision: states of rounds, stops and cases, and the one table of a case's moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUND_STATES = ("planned", "walking", "done", "cancelled")
STOP_KINDS = ("place", "order", "case")
STOP_RESULTS = ("ok", "finding", "passed", "failed", "not_reached")

CASE_KINDS = (
    "unpermitted_building",
    "public_space",
    "waste",
    "signage",
    "business_licence",
    "noise",
    "other",
)
CASE_STATES = ("opened", "inspected", "warned", "fined", "in_court", "complied", "dropped", "closed")
ENDED_CASES = frozenset({"dropped", "closed"})

#: From each state, where a case may go. Nothing else decides a move.
CASE_MOVES: Mapping[str, frozenset[str]] = {
    "opened": frozenset({"inspected", "dropped"}),
    "inspected": frozenset({"warned", "fined", "in_court", "complied", "dropped"}),
    # After the notice's days the inspector looks again: it was mended, or it goes on.
    "warned": frozenset({"warned", "fined", "in_court", "complied", "dropped"}),
    "fined": frozenset({"fined", "in_court", "complied", "dropped"}),
    "in_court": frozenset({"complied", "dropped", "closed"}),
    "complied": frozenset({"closed", "inspected"}),
    # It may come back: the same fence, a year later.
    "dropped": frozenset({"inspected"}),
    "closed": frozenset({"inspected"}),
}


def may_move_case(before: str, after: str) -> bool:
    """Say whether the table allows a case's move."""
    return after in CASE_MOVES[before]
