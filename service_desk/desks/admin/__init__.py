"""Desk of the administrator: keys of other systems, the staff list, and whether messages go out."""

from service_desk.desks.admin import (
    checklists_page,
    contract_form_page,
    contracts_page,
    keys_page,
    ladders_page,
    messages_page,
    wordings_page,
)
from service_desk.desks.admin.keys_page import desk

__all__ = [
    "checklists_page",
    "contract_form_page",
    "contracts_page",
    "desk",
    "keys_page",
    "ladders_page",
    "messages_page",
    "wordings_page",
]
