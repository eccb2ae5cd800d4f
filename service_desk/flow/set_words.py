"""An administrator words a message as the city says it, or lets the words of the house hold again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_desk import clock, config
from service_desk.city.queries import city_map
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.intake.rules import clean_text
from service_desk.messages import own_words
from service_desk.messages.rules import EVENTS
from service_desk.messages.rules.choosing import SPOKEN
from service_desk.messages.rules.own_words import CHANNELS, problem_of
from service_desk.people.rules import may
from service_desk.work import transaction

if TYPE_CHECKING:
    from typing import Any

    from service_desk.people.rules import Actor

WORDS_CHARS = 2400


def example() -> dict[str, Any]:
    """Return what stands in a message's holes when it is shown as an example."""
    city = city_map().authority
    return {
        "reference": "4821937",
        "references": ["4821937", "4829008"],
        "link": f"{config.current().public_base_url}/t/AbCdEfGhIjKlMnOpQrStUvWx",
        "city": city.name,
        "centre_number": 5,
        "service": {
            "he": "בור בכביש",
            "ar": "حفرة في الشارع",
            "ru": "Яма на дороге",
            "en": "Pothole",
            "am": "በመንገድ ላይ ጉድጓድ",
        },
        "holder": {"he": "אגף התשתיות", "en": "Infrastructure"},
        "due_at": clock.now(),
        "other": "4829008",
    }


def check_place(event: str, channel: str, locale: str) -> None:
    """Raise NotFound when there is no such message to be worded: nobody can speak Amharic, for one."""
    is_known = event in EVENTS and channel in CHANNELS and locale in config.LOCALES
    if not is_known or (channel == "voice" and locale not in SPOKEN):
        raise NotFound


def tidy(words: str) -> str:
    """Return the words as they would be kept."""
    lines = clean_text(words, WORDS_CHARS).splitlines()
    return "\n".join(line.strip() for line in lines).strip()


def set_words(event: str, channel: str, locale: str, words: str, seen: int, actor: Actor) -> None:
    """Put the city's own words in force. seen: number the version was to get when the form was opened.

    Raises BadInput {words: required, too_long, unknown_variable, missing_variable, changed}, NotAllowed, NotFound.
    """
    _require(actor, event, channel, locale)
    kept = tidy(words)
    problem = problem_of(event, channel, kept)
    if problem:
        raise BadInput({"words": problem})
    with transaction():
        if own_words.next_number(event, channel, locale) != seen:
            raise BadInput({"words": "changed"})
        own_words.keep(event, channel, locale, kept, clock.now(), actor.id)


def use_default(event: str, channel: str, locale: str, actor: Actor) -> None:
    """Let the words of the house hold again. Raises NotAllowed, NotFound."""
    _require(actor, event, channel, locale)
    with transaction():
        own_words.end(event, channel, locale, clock.now())


def _require(actor: Actor, event: str, channel: str, locale: str) -> None:
    if not may(actor, "edit_words"):
        raise NotAllowed
    check_place(event, channel, locale)
