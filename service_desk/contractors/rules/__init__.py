"""Pure rules of contractors: states and moves of a work order, what a contract says, judging, damages, the month."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: issued → accepted → scheduled → on_site → done → passed; or refused by the contractor, cancelled by the city
ORDER_STATES = ("issued", "accepted", "scheduled", "on_site", "done", "passed", "refused", "cancelled")
ENDED_ORDERS = frozenset({"passed", "refused", "cancelled"})
#: states in which the contractor has the ball
WITH_CONTRACTOR = frozenset({"issued", "accepted", "scheduled", "on_site"})

#: From each state, where an order may go. The one table; nothing else decides a move.
ORDER_MOVES: Mapping[str, frozenset[str]] = {
    # A foreman in the field may be there, or done, before anybody pressed «accept».
    "issued": frozenset({"accepted", "scheduled", "on_site", "done", "refused", "cancelled"}),
    "accepted": frozenset({"scheduled", "on_site", "done", "refused", "cancelled"}),
    "scheduled": frozenset({"scheduled", "on_site", "done", "refused", "cancelled"}),
    "on_site": frozenset({"scheduled", "done", "refused", "cancelled"}),
    # A failed verification sends it back to the field on its first clock.
    "done": frozenset({"passed", "accepted", "cancelled"}),
    # «Not done» may come after the work was passed; and somebody may want it looked at after all.
    "passed": frozenset({"accepted", "done"}),
    "refused": frozenset(),
    "cancelled": frozenset(),
}

CLOCK_KINDS = ("accept", "arrive", "make_safe", "complete")
#: what a contract may price: the four duties, then quality, repeat failure, missing evidence, false «done»
METRICS = ("accept", "arrive", "make_safe", "complete", "quality", "repeat", "evidence", "false_done")
PROOF_KINDS = ("before", "after", "other")
PAUSE_REASONS = ("no_access", "police_order", "home_front_command", "third_party", "weather", "city_asked")
REFUSALS = ("not_in_contract", "not_our_area", "done_already", "no_capacity", "not_found", "unsafe")
VERIFICATION_REASONS = ("hazard", "reopened", "evidence", "sample", "resident", "asked")
VERIFICATION_STATES = ("asked", "passed", "failed", "withdrawn")
FINDINGS = ("not_done", "partly_done", "poor_quality", "left_dirty", "wrong_place", "no_evidence")
DAMAGE_STATES = ("proposed", "accepted", "contested", "approved", "waived")


def may_move_order(before: str, after: str) -> bool:
    """Say whether the table allows an order's move."""
    return after in ORDER_MOVES[before]


def is_open_order(state: str) -> bool:
    """Say whether the order still asks something of the contractor or of who verifies."""
    return state not in ENDED_ORDERS
