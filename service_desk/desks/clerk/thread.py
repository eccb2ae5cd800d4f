"""The one thread of a ticket: what was sent, said, noted and done, in its order, in words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from service_desk.city.queries import city_map
from service_desk.desks.clerk import words
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.clerk.happened import sentence
from service_desk.desks.filters import by_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from service_desk.flow.dossier import Dossier
    from service_desk.messages.models import Message
    from service_desk.tickets.models import Remark, TicketEvent

TABS = ("all", "talk", "internal", "log")
#: events that their words or message tell better
_SHOWN_BY_WORDS = frozenset({"noted", "replied", "asked", "answered", "remarked"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """How one message fared. state, channel: words; why: why it was not sent, if it was not."""

    channel: Any
    state: Any
    icon: str
    why: Any
    is_bad: bool
    #: why this channel, when it is not the one asked for
    chosen: Any = ""
    #: parts of an SMS
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the thread. kind: in, out, note or event."""

    at: datetime
    kind: str
    text: str
    who: Any = ""
    icon: str = "clock"
    seq: int = 0
    deliveries: list[Delivery] = field(default_factory=list)
    as_sent: str = ""
    #: number of the merged request that it was said on; empty for the page's own
    origin: str = ""


def entries(dossier: Dossier, duplicates: Sequence[Dossier] = ()) -> list[Entry]:
    """Return the whole thread, oldest first. duplicates: merged into this one; their words stand here too, marked."""
    found = _own(dossier)
    for each in duplicates:
        # Numbered 0: their events are told on their own pages, and must not hide any of this one's.
        said = (
            replace(one, seq=0, origin=each.ticket.reference) for one in _own(each) if one.kind != "event"
        )
        found.extend(said)
    return sorted(found, key=lambda entry: entry.at) if duplicates else found


def _own(dossier: Dossier, *, is_whole: bool = True) -> list[Entry]:
    """Return what one ticket's own page tells. is_whole: with messages that an act taken back kept from going out."""
    remarks: dict[int, list[Remark]] = {}
    for remark in dossier.remarks:
        remarks.setdefault(remark.seq, []).append(remark)
    sent: dict[int, list[Message]] = {}
    for message in dossier.messages:
        if is_whole or message.reason != "undone":
            sent.setdefault(message.event_seq, []).append(message)
    found: list[Entry] = []
    for event in dossier.events:
        found.extend(_of_event(event, remarks.get(event.seq, []), sent.get(event.seq, [])))
    return found


def _of_event(event: TicketEvent, remarks: list[Remark], sent: list[Message]) -> Iterable[Entry]:
    yield Entry(
        event.at, "event", sentence(event), icon=words.TOUCH_ICON.get(event.kind, "clock"), seq=event.seq
    )
    told = False
    for remark in remarks:
        if remark.is_internal:
            yield Entry(event.at, "note", remark.text, who_of(remark), "lock", event.seq)
        elif remark.actor_kind == "resident":
            yield Entry(event.at, "in", remark.text, _("Resident"), "user", event.seq)
        else:
            told = True
            yield Entry(
                event.at, "out", remark.text, who_of(remark), "paper-plane-tilt", event.seq,
                deliveries_of(sent), sent[0].body if sent else "",
            )  # fmt: skip
    if sent and not told:
        body = next((each.body for each in sent if each.body), "")  # one may have been forgotten
        yield Entry(event.at, "out", body, _("Automatic"), "bell", event.seq, deliveries_of(sent))


def who_of(remark: Remark) -> str:
    """Return the name of whoever said it."""
    return staff_names().get(remark.actor_id or 0, "") if remark.actor_kind == "staff" else ""


def deliveries_of(sent: list[Message]) -> list[Delivery]:
    """Return how each message of one event fared."""
    return [
        Delivery(
            channel=words.CHANNEL.get(each.channel, each.channel),
            state=words.DELIVERY.get(each.state, each.state),
            icon=words.DELIVERY_ICON.get(each.state, "clock"),
            why=_why(each),
            is_bad=each.state in {"undelivered", "failed", "manual"},
            chosen=words.CHOSEN.get(each.channel_reason or "", ""),
            parts=each.segments,
        )
        for each in sent
    ]


def _why(message: Message) -> str:
    """Return why a message fared as it did, with the carrier's code where it gave one; '' for nothing to say."""
    why = str(words.NOT_SENT.get(message.reason or "", ""))
    if message.error_code and why:
        return _("%(why)s (code %(code)s)", why=why, code=message.error_code)
    return why


def tab(all_entries: list[Entry], name: str) -> list[Entry]:
    """Return the entries of a tab. all: events whose words are shown anyway are left out."""
    if name == "talk":
        return [entry for entry in all_entries if entry.kind in {"in", "out"}]
    if name == "internal":
        return [entry for entry in all_entries if entry.kind == "note"]
    if name == "log":
        return [entry for entry in all_entries if entry.kind == "event"]
    spoken = {entry.seq for entry in all_entries if entry.kind != "event"}
    told = {entry.seq for entry in all_entries if entry.kind == "event" and entry.seq in spoken}
    return [
        entry
        for entry in all_entries
        if not (entry.kind == "event" and entry.seq in told and _is_said(entry))
    ]


def _is_said(entry: Entry) -> bool:
    return entry.icon in {words.TOUCH_ICON[kind] for kind in _SHOWN_BY_WORDS}


def centre_name(centre_id: int | None) -> str:
    """Return «Keshet 5» for a centre's id."""
    centre = city_map().centres.get(centre_id or 0)
    return _("Keshet %(number)s", number=centre.number) if centre else ""


def unit_name(unit_id: int | None) -> str:
    """Return a unit's name in the reader's language."""
    unit = city_map().units.get(unit_id or 0)
    return str(by_language(unit.name)) if unit else ""
