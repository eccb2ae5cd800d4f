"""Which WhatsApp words are sent now: the city's newest that are approved, else those of the house; and their names."""

from __future__ import annotations

import hashlib

from service_desk.city import kept
from service_desk.messages.approvals import can_use_own
from service_desk.messages.own_words import for_whatsapp

_MARK_DIGITS = 10


def template_name(event: str, locale: str, own: str | None = None) -> str:
    """Return the name under which a template is approved. own: the city's words; None: those of the house.

    The name of a city's words tells them apart: an approval that was given to other words, in another city of the same
    account or before a database was made anew, is never taken for theirs; words that come back are approved still.
    """
    name = f"keshet_{event}_{locale}"
    if own is None:
        return name
    mark = hashlib.sha256(own.encode()).hexdigest()[:_MARK_DIGITS]
    return f"{name}_{kept.authority().slug.replace('-', '_')}_{mark}"


def present(event: str, locale: str) -> tuple[str, str | None]:
    """Return the template that is used now, and the city's own words for it; None: those of the house.

    New words are used once WhatsApp has approved them; till then those hold that they take the place of.
    """
    for _version, body in for_whatsapp().get((event, locale), ()):
        name = template_name(event, locale, body)
        if can_use_own(name):
            return name, body
    return template_name(event, locale), None
