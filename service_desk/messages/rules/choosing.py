"""By which channel a person hears: what she asked for, as far as her number, her language and the city can carry it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneNumberType

if TYPE_CHECKING:
    from collections.abc import Collection

#: Beginnings of numbers that take calls only. Source: DOMAIN §6, sources 79 and 80; rabbinical committees add more.
KOSHER_PREFIXES = ("+9725041", "+9725271", "+9725276")
#: Languages in which the carrier can speak. There is no Amharic voice, and no recording of one.
SPOKEN = frozenset({"he", "ar", "ru", "en"})
#: Every word that choose may give as the reason.
REASONS = (
    "asked",
    "preferred",
    "kosher_number",
    "landline",
    "no_voice_for_language",
    "no_voice",
    "no_email",
    "template_not_approved",
    "fallback",
    "nothing_asked",
)
_TEXT = ("sms", "whatsapp")
#: kept among a resident's stopped channels once the carrier has said that no text arrives at her number
CALLS_ONLY = "sms:calls_only"
_NO_TEXT = frozenset({PhoneNumberType.FIXED_LINE, PhoneNumberType.VOIP, PhoneNumberType.UAN})


@dataclass(frozen=True, slots=True)
class Choice:
    """The channel (none: nothing is sent), where to on it, and why: one of REASONS."""

    channel: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person said, once for all her requests, that she wants to hear. email: empty when none was left."""

    channel: str
    locale: str
    email: str = ""
    is_any_hour: bool = False


@lru_cache(maxsize=4096)
def kind_of(phone: str) -> str:
    """Return what a number is: kosher, landline, or mobile (also for what is not known: the carrier then says so).

    phone: E.164.
    """
    if phone.startswith(KOSHER_PREFIXES):
        return "kosher"
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return "mobile"
    return "landline" if phonenumbers.number_type(number) in _NO_TEXT else "mobile"


def choose(
    asked: str,
    wish: Wish | None,
    *,
    phone: str,
    locale: str,
    offered: Collection[str],
    stopped: Collection[str] = (),
) -> Choice:
    """Return the channel of a message.

    asked: the channel of this report; wish: the person's own for everything, which goes before it, but «none» of
    either is «none». phone: E.164 or ''. locale: of the message. offered: channels that this installation has.
    stopped: as kept with the person; only what it tells of the number counts here.
    """
    if asked == "none" or (wish is not None and wish.channel == "none"):
        return Choice("none", phone, "nothing_asked")
    wanted, reason = (wish.channel, "preferred") if wish else (asked, "asked")
    if wanted == "email":
        if wish is not None and wish.email and "email" in offered:
            return Choice("email", wish.email, reason)
        wanted, reason = "sms", "no_email"
    if not phone:
        return Choice(wanted, "", reason)
    kind = "landline" if CALLS_ONLY in stopped and wanted == "sms" else kind_of(phone)
    return _by_phone(wanted, reason, (phone, kind), locale, offered)


def _by_phone(
    wanted: str, reason: str, number: tuple[str, str], locale: str, offered: Collection[str]
) -> Choice:
    """Return how a number (with its kind) is reached: a call where no text arrives, a text where nobody can speak."""
    phone, kind = number
    if kind != "mobile" and wanted in _TEXT:
        wanted, reason = "voice", "kosher_number" if kind == "kosher" else "landline"
    if wanted != "voice":
        return Choice(wanted, phone, reason)
    why_not = "no_voice" if "voice" not in offered else "" if locale in SPOKEN else "no_voice_for_language"
    if not why_not:
        return Choice("voice", phone, reason)
    return Choice("sms" if kind == "mobile" else "none", phone, why_not)


def code_way(phone: str, locale: str, offered: Collection[str]) -> Choice:
    """Return how a code reaches a number: by text, else spoken; channel none when neither can be, with the reason.

    phone: E.164. What the city knows of the number plays no part, so that the answer tells nothing about it.
    """
    return _by_phone("sms", "asked", (phone, kind_of(phone)), locale, offered)


def can_call(phone: str, locale: str, offered: Collection[str]) -> bool:
    """Say whether a message whose text did not arrive may be spoken instead."""
    return bool(phone) and "voice" in offered and locale in SPOKEN
