"""Writes of messages: telling, the outbox, receipts, what people write back. None commits, rings or reads the clock."""

from service_desk.messages.actions.claiming import claim, claim_due
from service_desk.messages.actions.inbox import (
    InboundMessage,
    keep_inbound,
    leave_unfinished,
    place_inbound,
    put_chat_on_ticket,
    put_on_ticket,
    resume,
    stop,
)
from service_desk.messages.actions.many import (
    Telling,
    bring_again,
    fates,
    of_event,
    take_back,
    tell_many,
)
from service_desk.messages.actions.outbox import doubt_all, end_leases, expire
from service_desk.messages.actions.receipts import apply_receipt
from service_desk.messages.actions.reconciling import (
    bind,
    claim_quiet,
    claim_unknown,
    could_not_ask,
    not_found,
    still_quiet,
)
from service_desk.messages.actions.settling import (
    give_up,
    mark_accepted,
    mark_all_accepted,
    mark_unknown,
    put_back,
)
from service_desk.messages.actions.telling import (
    Recipient,
    insert_rows,
    put_first,
    recipient,
    rows_to_tell,
    supersede,
    tell,
    wish_of,
)

__all__ = [
    "InboundMessage",
    "Recipient",
    "Telling",
    "apply_receipt",
    "bind",
    "bring_again",
    "claim",
    "claim_due",
    "claim_quiet",
    "claim_unknown",
    "could_not_ask",
    "doubt_all",
    "end_leases",
    "expire",
    "fates",
    "give_up",
    "insert_rows",
    "keep_inbound",
    "leave_unfinished",
    "mark_accepted",
    "mark_all_accepted",
    "mark_unknown",
    "not_found",
    "of_event",
    "place_inbound",
    "put_back",
    "put_chat_on_ticket",
    "put_first",
    "put_on_ticket",
    "recipient",
    "resume",
    "rows_to_tell",
    "still_quiet",
    "stop",
    "supersede",
    "take_back",
    "tell",
    "tell_many",
    "wish_of",
]
