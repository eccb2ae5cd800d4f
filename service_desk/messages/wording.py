"""What a message says, in the recipient's language. Templates: templates/messages/<event>/<channel>.txt.

A message may be read over somebody's shoulder: it never carries a name, an address or a phone, and for a sensitive
service it does not even say what the request is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime
from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from service_desk import clock, config
from service_desk.city import kept
from service_desk.messages.channels import can_answer
from service_desk.messages.own_words import in_force
from service_desk.messages.rules.entering import CODE, LIFE, MARK, SPOKEN_MARK
from service_desk.messages.rules.own_words import GAPS, HOLES, fill, gaps_of
from service_desk.messages.whatsapp_words import present
from service_desk.tickets.rules import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: In Arabic, digits around a hyphen would swap sides; this mark before them keeps 482-1937 as it is.
_LEFT_TO_RIGHT = "\u200e"
_LONGEST_QUOTE = 300
#: how a moment is written, and how it is said in a call
_MOMENT, _SPOKEN_MOMENT = "EEE d.M, HH:mm", "EEEE d MMMM, HH:mm"
#: references that a digest names; an SMS of three still takes two parts
_MOST_LISTED = 3


def named(name: Mapping[str, str | None] | str | None, locale: str) -> str:
    """Return the wording of a data name in the language; Hebrew, then English, when it has none; '' for nothing."""
    if name is None or isinstance(name, str):
        return name or ""
    return name.get(locale) or name.get("he") or name.get("en") or ""


def moment(instant: datetime | None, locale: str, shape: str = _MOMENT) -> str:
    """Return an instant on the city's clock, absolute, as «Tue 1.12, 09:40»; '' for None. instant: aware."""
    return format_datetime(clock.local(instant), shape, locale=locale) if instant else ""


def render(event: str, channel: str, locale: str, values: Mapping[str, Any]) -> str:
    """Return the words of one message. Needs an application context; runs no query.

    values: reference (digits), link, city, centre_number, service, holder (names by language), due_at (aware or
    None), text (a person's words), other (digits of the request that this one came from), is_sensitive. All but
    reference and link may be missing. A digest has references (digits of each) as well.
    """
    with force_locale(locale):
        return _render(event, channel, locale, values)


def render_both(event: str, locale: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the WhatsApp words and what the row keeps beside them: template name, variables, words of a fallback SMS."""
    with force_locale(locale):
        shown_values = _localized(locale, values)
        shown_values["details"] = _details(event, "whatsapp", shown_values)
        in_gaps = {**shown_values, "sender": shown_values["city"]}
        name, own = present(event, locale)
        # Only what the words hold open: a message is found again by its values.
        gaps = gaps_of(own) if own else GAPS
        beside = {
            "name": name,
            "variables": {number: in_gaps[hole] for hole, number in gaps.items()},
            "sms": _render(event, "sms", locale, values),
        }
        return _render(event, "whatsapp", locale, values), beside


def render_letter(event: str, locale: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the words of a letter by e-mail, and its subject: the first line, as read in a list of letters."""
    body = render(event, "email", locale, values)
    return body, {"variables": {"subject": body.partition("\n")[0], "preferences": preferences_link()}}


def render_code(locale: str, channel: str, city: Mapping[str, str]) -> str:
    """Return the words of a one-time code by SMS or as a call, with marks where the digits go once they leave the house."""
    with force_locale(locale):
        sender = _("Keshet %(city)s", city=named(city, locale))
        minutes = LIFE.seconds // 60
        return _fill(
            CODE, channel, {"sender": sender, "code": MARK, "digits": SPOKEN_MARK, "minutes": minutes}
        )


def preferences_link() -> str:
    """Return the page on which a person says how she wants to hear."""
    return f"{kept.public_base_url()}/me"


def template_text(event: str, locale: str, own: str | None = None) -> str:
    """Return the words to submit for approval, with {{1}} city, {{2}} reference, {{3}} details, {{4}} link.

    own: the city's; None: those of the house.
    """
    with force_locale(locale):
        blanks = {hole: f"{{{{{number}}}}}" for hole, number in GAPS.items()}
        blanks["sender"] = _("Keshet %(city)s", city=blanks["sender"])
        return fill(own, blanks) if own else _fill(event, "whatsapp", blanks)


def _render(event: str, channel: str, locale: str, values: Mapping[str, Any]) -> str:
    shown_values = _localized(locale, values)
    if channel == "voice":
        shown_values["due"] = moment(values.get("due_at"), locale, _SPOKEN_MOMENT)
    shown_values["details"] = _details(event, channel, shown_values)
    is_whatsapp = channel == "whatsapp"
    own = present(event, locale)[1] if is_whatsapp else in_force().get((event, channel, locale))
    return fill(own, shown_values) if own else _fill(event, channel, shown_values)


def default_text(event: str, channel: str, locale: str) -> str:
    """Return the words of the house with their holes named, as {reference} and {link}."""
    with force_locale(locale):
        holes = {name: f"{{{name}}}" for name in HOLES[channel]}
        return _fill(event, channel, {**holes, "can_answer": can_answer(config.current())})


def tried(event: str, channel: str, locale: str, words: str, values: Mapping[str, Any]) -> str:
    """Return what a city's words would say. values: see render."""
    with force_locale(locale):
        shown_values = _localized(locale, values)
        shown_values["details"] = _details(event, channel, shown_values)
        return fill(words, shown_values)


def _fill(event: str, channel: str, values: Mapping[str, Any]) -> str:
    """Fill a template without the context processors of pages, which may query."""
    template = current_app.jinja_env.get_template(f"messages/{event}/{channel}.txt")
    return "\n".join(line.strip() for line in template.render(values).strip().splitlines())


def _localized(locale: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template may use, as strings of the language."""
    is_sensitive = bool(values.get("is_sensitive"))
    city = named(values.get("city"), locale) or _("resident service")
    number = values.get("centre_number")
    mark = _LEFT_TO_RIGHT if locale == "ar" else ""
    all_of_them = [str(each) for each in values.get("references") or [values["reference"]]]
    return {
        "city": city,
        "sender": _("Keshet %(city)s", city=city),
        "reference": mark + shown(str(values["reference"])),
        "other": mark + shown(str(values["other"])) if values.get("other") else "",
        "references": _list_of([mark + shown(each) for each in all_of_them]),
        "digits": "; ".join(", ".join(each) for each in all_of_them[:_MOST_LISTED]),
        "preferences": preferences_link(),
        "link": values["link"],
        "can_answer": can_answer(config.current()),
        "centre": _("Keshet %(number)s", number=number) if number else "",
        "service": "" if is_sensitive else named(values.get("service"), locale),
        "holder": "" if is_sensitive else named(values.get("holder"), locale),
        "due": moment(values.get("due_at"), locale),
        "text": "" if is_sensitive else _quote(str(values.get("text") or "")),
    }


def _list_of(references: list[str]) -> str:
    """Return references as a list; of many, the first ones and how many more."""
    more = len(references) - _MOST_LISTED
    return ", ".join(references[:_MOST_LISTED]) + (f" +{more}" if more > 0 else "")


def _quote(words: str) -> str:
    """Return a person's words on one line, cut at a word: an approved template takes no line break."""
    line = " ".join(words.split())
    if len(line) <= _LONGEST_QUOTE:
        return line
    return line[:_LONGEST_QUOTE].rsplit(" ", 1)[0] + " …"


def _details(event: str, channel: str, values: Mapping[str, Any]) -> str:
    """Return the one line that an approved template holds open: never empty, never a line break."""
    parts: list[str] = []
    if event in {"question", "reply"}:
        parts = [values["text"]]
    elif event == "digest":
        parts = [values["references"]]
    elif event == "received":
        parts = [values["centre"], values["service"], _due(values)]
    elif event == "handed_over":
        parts = [values["holder"], _due(values)]
    elif event == "reopened":
        parts = [_due(values)]
    elif event == "split" and values["other"]:
        parts = [_("The rest stays request %(other)s.", other=values["other"])]
    elif event == "resolved":
        by_page = _("Done, or not yet? One touch on the page tells us.")
        parts = [_("Answer: 2 done, 3 not yet.") if channel == "whatsapp" else by_page]
    return " · ".join(part for part in parts if part) or _("All about it is on this page:")


def _due(values: Mapping[str, Any]) -> str:
    return _("Due by %(due)s.", due=values["due"]) if values["due"] else ""
