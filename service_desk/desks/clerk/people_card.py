"""Who reported and who follows, with phone numbers masked until somebody asks, on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.desks.clerk import words
from service_desk.desks.filters import dialled
from service_desk.flow.read_story import channel_of

if TYPE_CHECKING:
    from service_desk.flow.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Person:
    """One follower as the card shows them. phone: masked, or in full once revealed; empty when none was left.

    channel: what really goes to such a number, as the person reads it on the receipt.
    """

    follower_id: int
    name: str
    phone: str
    is_masked: bool
    channel: Any
    language: Any
    is_reporter: bool
    is_stopped: bool


def people_of(dossier: Dossier, revealed: dict[int, str]) -> list[Person]:
    """Return reporter and followers, the reporter first."""
    newest = _newest_ways(dossier)
    found = []
    for follower, resident in dossier.people:
        channel = channel_of(follower.channel, newest.get(follower.id))
        found.append(
            Person(
                follower_id=follower.id,
                name=resident.name if resident else "",
                phone=_shown(resident.phone if resident else "", revealed.get(follower.id)),
                is_masked=resident is not None and follower.id not in revealed,
                channel=words.CHANNEL.get(channel, channel),
                language=words.LANGUAGE.get(follower.locale, follower.locale),
                is_reporter=follower.role == "reporter",
                is_stopped=bool(resident and channel in resident.stopped),
            )
        )
    return sorted(found, key=lambda person: not person.is_reporter)


def _newest_ways(dossier: Dossier) -> dict[int, tuple[str, str | None]]:
    """Return (channel, reason of the channel) of each follower's newest message."""
    newest: dict[int, tuple[str, str | None]] = {}
    for each in sorted(dossier.messages, key=lambda message: (message.created_at, message.id)):
        if each.follower_id is not None:
            newest[each.follower_id] = (each.channel, each.channel_reason)
    return newest


def masked(phone: str) -> str:
    """Return the number with its middle hidden: 050-•••-5678."""
    shown = dialled(phone)
    head, dash, _rest = shown.partition("-")
    return f"{head}-•••-{shown[-4:]}" if dash else f"•••{shown[-4:]}"


def _shown(phone: str, revealed: str | None) -> str:
    if revealed:
        return dialled(revealed)
    return masked(phone) if phone else ""
