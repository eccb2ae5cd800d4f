"""Keep the WhatsApp templates in step with the provider: make what is missing, hand it in, write down what it says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from service_desk import clock, config
from service_desk.city.actions import note_change
from service_desk.city.queries import city_map
from service_desk.messages import approvals, own_words, wording
from service_desk.messages.channels.contract import ChannelError, Content
from service_desk.messages.rules import EVENTS
from service_desk.messages.rules.own_words import GAPS, gaps_of
from service_desk.messages.whatsapp_words import template_name
from service_desk.telemetry import log
from service_desk.work import transaction

if TYPE_CHECKING:
    from collections.abc import Mapping


class Shelf(Protocol):
    """Where the provider keeps templates: see messages.channels.contents."""

    def listed(self) -> dict[str, Content]:
        """Return every template by its name."""
        ...

    def make(self, name: str, locale: str, body: str, example: Mapping[str, str]) -> str:
        """Make one; return its sid."""
        ...

    def hand_in(self, sid: str, name: str) -> str:
        """Ask for its approval; return the state that follows."""
        ...


def sync_whatsapp() -> dict[str, int] | None:
    """Sync with the provider that the settings name; None: there is none for WhatsApp. A silent provider is asked again later."""
    settings = config.current()
    if settings.is_sandbox or not settings.twilio_whatsapp_sender:
        return None
    from service_desk.messages.channels.contents import Contents  # noqa: PLC0415 — 80 ms that only a sender needs

    try:
        return sync_templates(Contents.of(settings))
    except ChannelError as error:
        log.warning("templates_not_synced", code=error.code)
        return {}


def sync_templates(shelf: Shelf) -> dict[str, int]:
    """Make and hand in what the provider does not have, and write down the state of all. Returns {state: how many}.

    Those of the house in every event and language, and the city's own words, each under a name of its own.
    Safe to run again at any moment: what was made before a failure is found by its name. Nothing is locked while the
    provider is asked. One template that is refused does not keep the others back.
    """
    known = shelf.listed()
    found = [_one(shelf, known, event, locale) for event in EVENTS for locale in config.LOCALES]
    for (event, locale), versions in own_words.for_whatsapp().items():
        wanted, *before_it = dict.fromkeys(body for _version, body in versions)
        found.append(_one(shelf, known, event, locale, wanted))
        names = (template_name(event, locale, body) for body in before_it)
        found += [known[name] for name in names if name in known]
    before = approvals.approved()
    now = clock.now()
    with transaction():
        for each in found:
            approvals.keep(each.name, each.sid, each.state, each.reason, now)
        if {each.name: each.sid for each in found if each.state == approvals.APPROVED} != before:
            note_change()
    return dict(Counter(each.state for each in found))


def _one(
    shelf: Shelf, known: Mapping[str, Content], event: str, locale: str, own: str | None = None
) -> Content:
    """Return one template as it stands after what had to be done for it. own: the city's words."""
    name = template_name(event, locale, own)
    held = known.get(name, Content(name, "", "unsubmitted"))
    if held.state != "unsubmitted":
        return held
    try:
        example = _example(locale, own)
        sid = held.sid or shelf.make(name, locale, wording.template_text(event, locale, own), example)
        return Content(name, sid, shelf.hand_in(sid, name))
    except ChannelError as error:
        log.warning("template_not_handed_in", template=name, code=error.code)
        return Content(name, held.sid, "unsubmitted", error.code)


def _example(locale: str, own: str | None) -> dict[str, str]:
    """Return what stands in the blanks when WhatsApp judges the words."""
    held = set((gaps_of(own) if own else GAPS).values())
    example = {
        "1": wording.named(city_map().authority.name, locale),
        "2": "482-1937",
        "3": "Keshet 5",
        "4": f"{config.current().public_base_url}/t/AbCdEfGhIjKlMnOpQrStUvWx",
    }
    return {number: value for number, value in example.items() if number in held}
