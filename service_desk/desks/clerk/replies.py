"""The ready wordings that a form offers: of its kind and type, in the resident's language, filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service_desk.desks.filters import by_language
from service_desk.messages import replies
from service_desk.messages.rules.filling import fill
from service_desk.messages.wording import moment
from service_desk.tickets.rules import shown
from service_desk.work import ForAMoment

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.messages.replies import Reply
    from service_desk.tickets.models import Ticket

#: how old the wordings in memory may be (s)
KEPT_SECONDS = 30.0
replies_kept: ForAMoment[tuple[Reply, ...]] = ForAMoment(KEPT_SECONDS)
#: the clerk's act → the kind of wording its words are
USE = {"reply": "reply", "ask": "question", "resolve": "resolved", "reject": "rejected", "order": "order"}
#: what contractors read, whatever language the resident speaks
OF_CONTRACTORS = "order"


@dataclass(frozen=True, slots=True)
class Offer:
    """A ready wording for one ticket. words: as sent, in the resident's language; hebrew: the same, '' when it is that.

    language: of the words; another than the resident's when the wording has none in hers.
    """

    code: str
    name: str
    words: str
    hebrew: str
    language: str


def offers(verb: str, ticket: Ticket, due_at: datetime | None) -> list[Offer]:
    """Return the wordings offered for an act on a ticket; one whose holes cannot all be filled is left out.

    due_at: until when the work is promised, or None. No statement while the wordings are in memory, one otherwise.
    """
    use = USE.get(verb)
    if use is None:
        return []
    found = []
    for each in replies_kept.get("all", replies.every_reply):
        if each.fits(use, ticket.service_code, ticket.group_code):
            offer = _offer(each, ticket, due_at)
            if offer is not None:
                found.append(offer)
    return found


def words_of(code: str, verb: str, ticket: Ticket, due_at: datetime | None) -> str:
    """Return the words of one offered wording; '' when it is not offered."""
    return next((each.words for each in offers(verb, ticket, due_at) if each.code == code), "")


def _offer(reply: Reply, ticket: Ticket, due_at: datetime | None) -> Offer | None:
    its = reply.wording
    language = ticket.locale if ticket.locale in its.words and its.use != OF_CONTRACTORS else "he"
    words = fill(its.words.get(language, ""), values_of(ticket, due_at, language))
    if not words:
        return None
    hebrew = "" if language == "he" else fill(its.words["he"], values_of(ticket, due_at, "he")) or ""
    return Offer(reply.code, str(by_language(its.name)), words, hebrew, language)


def values_of(ticket: Ticket, due_at: datetime | None, language: str) -> dict[str, str]:
    """Return what stands in the holes. A sensitive request's place is not put into a message."""
    return {
        # In Arabic the digits around a hyphen would swap sides, and words that are sent keep no mark against it.
        "reference": ticket.reference if language == "ar" else shown(ticket.reference),
        "street": "" if ticket.is_sensitive else ticket.address,
        "due": moment(due_at, language),
    }
