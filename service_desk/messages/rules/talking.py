"""Values of a chat: what was heard, what is known so far, what is said back, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from service_desk.catalog.rules import ServiceType
    from service_desk.city.rules.resolving import Resolved

#: messages that belong to no ticket: a line of a chat, and the last word after «stop»
CHAT, FAREWELL = "chat", "stopped"
#: lines of a chat to one number in an hour; more is a machine that answers a machine
MOST_AN_HOUR = 40
#: a chat that fell silent for so long is forgotten
SILENCE = timedelta(hours=2)
#: choices of one list
MOST_CHOICES = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """One message. pin: (lon, lat) degrees; photos: how many came with it; key: fresh, names a report if one begins."""

    text: str
    inbound_id: int = 0
    pin: tuple[float, float] | None = None
    photos: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line said back: a key of the chat's words, its values, and its list of choices, if it offers any.

    choices: (number, words of the language).
    """

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """A chat so far. step: what is asked now; draft: JSON values of what was understood; locale: it is held in."""

    locale: str
    step: str
    draft: Mapping[str, Any] = field(default_factory=dict)

    def at(self, step: str, **known: Any) -> Talk:
        """Return the chat at another question, with more known."""
        return replace(self, step=step, draft={**self.draft, **known})


@dataclass(frozen=True, slots=True)
class Effect:
    """What the chat comes to: report, join, remark, done or not_done. ticket_id: of all but a report."""

    kind: str
    ticket_id: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """The answer to one message. talk: None when the chat is over."""

    talk: Talk | None
    lines: tuple[Line, ...]
    effect: Effect | None = None


class World(Protocol):
    """What a chat may ask of the city and its catalogue. Implementations answer from memory but for `known`."""

    def suggest(self, text: str) -> Sequence[str]:
        """Return codes of the types that a sentence may mean, the likeliest first."""
        ...

    def type(self, code: str) -> ServiceType:
        """Return a type."""
        ...

    def other(self) -> str:
        """Return the code under which a request goes that fits no type: a person decides."""
        ...

    def resolve(self, said: str | tuple[int, int | None]) -> Resolved:
        """Return what an address means."""
        ...

    def spots(self, line: str) -> Sequence[tuple[int, Mapping[str, str]]]:
        """Return (place id, name by language) of the places that a line may name."""
        ...

    def centre_at(self, place: Mapping[str, Any]) -> tuple[int | None, str]:
        """Return (the centre's number, '') for a place as the draft keeps it, or (None, why not)."""
        ...

    def known(self, code: str, place: Mapping[str, Any]) -> Sequence[tuple[int, str]]:
        """Return (id, reference) of open requests that may be the same one."""
        ...

    def due(self, code: str, answers: Mapping[str, Any], locale: str) -> str:
        """Return the promise for a type, as a moment of the language; '' when it cannot be said."""
        ...

    def numbers(self, place: Mapping[str, Any]) -> str:
        """Return the phone numbers of the city's hotline and of the centre of the place, if it is known."""
        ...
