"""Who reported and who follows, with phone numbers masked until somebody asks, on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service_desk.desks.clerk import words

if TYPE_CHECKING:
    from service_desk.flow.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Person:
    """One follower as the card shows them. phone: masked, or in full once revealed; empty when none was left."""

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
    found = [
        Person(
            follower_id=follower.id,
            name=resident.name if resident else "",
            phone=_shown(resident.phone if resident else "", revealed.get(follower.id)),
            is_masked=resident is not None and follower.id not in revealed,
            channel=words.CHANNEL.get(follower.channel, follower.channel),
            language=words.LANGUAGE.get(follower.locale, follower.locale),
            is_reporter=follower.role == "reporter",
            is_stopped=bool(resident and follower.channel in resident.stopped),
        )
        for follower, resident in dossier.people
    ]
    return sorted(found, key=lambda person: not person.is_reporter)


def national(phone: str) -> str:
    """Return an Israeli E.164 number as it is dialled: 050-2345678."""
    if not phone.startswith("+972"):
        return phone
    digits = "0" + phone[4:]
    cut = 3 if digits.startswith(("05", "07")) else 2
    return f"{digits[:cut]}-{digits[cut:]}"


def masked(phone: str) -> str:
    """Return the number with its middle hidden: 050-•••-5678."""
    shown = national(phone)
    head, dash, _rest = shown.partition("-")
    return f"{head}-•••-{shown[-4:]}" if dash else f"•••{shown[-4:]}"


def _shown(phone: str, revealed: str | None) -> str:
    if revealed:
        return national(revealed)
    return masked(phone) if phone else ""
