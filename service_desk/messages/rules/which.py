"""On which request a person's words land when they do not say so themselves: placed when it is clear, asked when it is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from service_desk.messages.rules.talking import Effect, Line, Talk, Turn
from service_desk.messages.rules.words import digit_in, is_no, reference_in, verdict
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

#: after a message about a request, words are an answer to it for so long
FRESH = timedelta(hours=12)
#: an ended request may still be spoken of for so long after it was last written about
REMEMBERED = timedelta(days=14)
MOST_LISTED = 5
NEW = 0


@dataclass(frozen=True, slots=True)
class Mine:
    """A request that the person follows. told_at: when it was last written about to this number; times aware.

    topic: its type by language, {} when it must not be named.
    """

    ticket_id: int
    reference: str
    is_open: bool
    status: str
    service_code: str
    opened_at: datetime
    told_at: datetime | None = None
    topic: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placing:
    """Where words land. kind: remark, done, not_done, ask, or new (about none of these).

    then: what a choice among the candidates will mean.
    """

    kind: str
    ticket_id: int = 0
    candidates: tuple[Mine, ...] = ()
    then: str = "remark"


def place(mine: Sequence[Mine], text: str, meant: Collection[str], now: datetime) -> Placing:
    """Decide on which request words land.

    mine: what the person follows; meant: codes of types that the words speak of, as a report would.
    A reference decides. A yes or no answers the request that was reported as done. Otherwise: the one that waits for
    an answer; the only one spoken of lately; and whatever is not clear is asked.
    """
    recent = tuple(one for one in mine if one.is_open or _is_within(one, now, REMEMBERED))
    named = reference_in(text)
    about = next((one for one in mine if one.reference == named), None) if named else None
    if about:
        return Placing("remark", about.ticket_id)
    said = verdict(text)
    resolved = tuple(one for one in recent if one.status == "resolved")
    if said is not None and resolved:
        return _judged("done" if said else "not_done", resolved)
    opened = tuple(one for one in recent if one.is_open)
    asked = tuple(one for one in opened if one.status == "waiting")
    if len(asked) == 1:
        return Placing("remark", asked[0].ticket_id)
    if not recent:
        return Placing("new")
    return _by_meaning(recent, opened, meant, now)


def _judged(kind: str, resolved: tuple[Mine, ...]) -> Placing:
    if len(resolved) == 1:
        return Placing(kind, resolved[0].ticket_id)
    return Placing("ask", candidates=_listed(resolved), then=kind)


def _by_meaning(
    recent: tuple[Mine, ...], opened: tuple[Mine, ...], meant: Collection[str], now: datetime
) -> Placing:
    """Decide by what the words speak of: another matter than all of these may be a new report."""
    if meant and not any(one.service_code in meant for one in recent):
        return Placing("ask", candidates=_listed(recent))
    if len(opened) == 1 and len(recent) == 1:
        return Placing("remark", opened[0].ticket_id)
    fresh = [one for one in recent if _is_within(one, now, FRESH)]
    same = [one for one in opened if one.service_code in meant]
    for clear in (same, fresh):
        if len(clear) == 1:
            return Placing("remark", clear[0].ticket_id)
    return Placing("ask", candidates=_listed(recent))


def _is_within(one: Mine, now: datetime, span: timedelta) -> bool:
    return one.told_at is not None and now - one.told_at < span


def _listed(found: Sequence[Mine]) -> tuple[Mine, ...]:
    """Return the requests to offer, the one last spoken of first."""
    ordered = sorted(found, key=lambda one: (not one.is_open, -(one.told_at or one.opened_at).timestamp()))
    return tuple(ordered[:MOST_LISTED])


def ask(candidates: Sequence[Mine], then: str, text: str, inbound_id: int, locale: str) -> Turn:
    """Ask which request the words are about. They are kept until the answer comes."""
    choices = [[one.ticket_id, one.reference, _label(one, locale)] for one in candidates]
    draft = {"choices": choices, "then": then, "words": [text] if text else [], "inbound_ids": [inbound_id]}
    talk = Talk(locale, "which_ticket", draft)
    return Turn(talk, (question(talk),))


def question(talk: Talk) -> Line:
    """Return the question with its numbered requests."""
    listed = [(number, label) for number, (_id, _ref, label) in enumerate(talk.draft["choices"], 1)]
    is_verdict = talk.draft["then"] != "remark"
    return Line("which_done" if is_verdict else "which", choices=tuple(listed))


def answered(talk: Talk, text: str, inbound_id: int) -> Turn:
    """Take the answer to «which?». A choice decides; anything else is kept with the words, and asked about again."""
    choices = talk.draft["choices"]
    number, named = digit_in(text), reference_in(text)
    picked = next((ticket_id for ticket_id, reference, _label in choices if reference == named), None)
    if picked is None and number is not None and 1 <= number <= len(choices):
        picked = choices[number - 1][0]
    if picked is not None:
        return Turn(None, (), Effect(talk.draft["then"], picked))
    if talk.draft["then"] == "remark" and (number == NEW or is_no(text)):
        return Turn(None, (), Effect("new"))
    if number is not None or not text:
        return Turn(talk, (Line("choose"), question(talk)))
    kept = talk.at(
        "which_ticket",
        words=[*talk.draft["words"], text][-20:],
        inbound_ids=[*talk.draft["inbound_ids"], inbound_id][-20:],
    )
    return Turn(kept, (question(kept),))


def _label(one: Mine, locale: str) -> str:
    topic = one.topic.get(locale) or one.topic.get("he") or ""
    return f"{shown(one.reference)} · {topic}" if topic else shown(one.reference)
