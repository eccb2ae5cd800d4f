"""What was typed into the report's steps, carried in hidden fields and checked at the edge."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service_desk import config
from service_desk.catalog.rules import check_answers
from service_desk.config import LOCALES
from service_desk.desks.said_place import place_of
from service_desk.errors import BadInput
from service_desk.intake.rules import LINE_LIMIT, TEXT_LIMIT, Said, clean_text
from service_desk.messages.channels import offered
from service_desk.messages.rules.choosing import can_call
from service_desk.people.actions import can_receive_text, phone_number

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from service_desk.catalog.rules import ServiceType
    from service_desk.intake.rules import EncodedPhoto

_KEY = re.compile(r"[0-9a-f]{32}")
#: hidden fields that carry the place from step to step
PLACE_FIELDS = (
    "line",
    "street_code",
    "house_no",
    "place_id",
    "centre_id",
    "lon",
    "lat",
    "landmark",
    "mode",
    "picked",
)


@dataclass
class Typed:
    """One form as it came. Nothing in it is trusted but its types."""

    values: dict[str, str]
    answers: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return a field's words, '' when it was not there."""
        return self.values.get(name, "")

    @property
    def place(self) -> dict[str, str]:
        """Return the hidden fields of the place."""
        return {name: self.get(name) for name in PLACE_FIELDS}


def read(form: MultiDict[str, str], service: ServiceType | None = None) -> Typed:
    """Read a submitted form: cleaned, bounded, nothing missing."""
    values = {
        name: clean_text(value, TEXT_LIMIT if name == "text" else LINE_LIMIT) for name, value in form.items()
    }
    answers: dict[str, Any] = {}
    for question in service.questions if service else ():
        name = f"answer_{question.code}"
        given = form.getlist(name)
        answers[question.code] = given if question.type == "multivaluelist" else (given[0] if given else "")
    return Typed(values, answers)


def said_of(typed: Typed, service: ServiceType, locale: str, photos: tuple[EncodedPhoto, ...]) -> Said:
    """Return the whole report. Raises BadInput with every problem of the answers and the contact fields."""
    problems: dict[str, str] = {}
    phone, contact = contact_of(typed, locale, problems)
    if not typed.get("text") and not service.questions:
        problems["text"] = "required"
    answers = {code: given for code, given in typed.answers.items() if given not in ("", [])}
    wrong = check_answers(service, answers)[1]
    # Everything that is wrong is said at once, in the order of the form.
    problems = {f"answer_{code}": problem for code, problem in wrong.items()} | problems
    if problems:
        raise BadInput(problems)
    key = typed.get("key")
    return Said(
        service_code=service.code,
        text=typed.get("text"),
        place=place_of(typed.values),
        locale=spoken(typed, locale),
        channel="web",
        submission_key=key if _KEY.fullmatch(key) else secrets.token_hex(16),
        answers=answers,
        phone=phone,
        person_name=typed.get("name"),
        contact=contact,
        photos=photos,
    )


def spoken(typed: Typed, locale: str) -> str:
    """Return the language chosen for messages, or the page's own."""
    return typed.get("spoken") if typed.get("spoken") in LOCALES else locale


def contact_of(typed: Typed, locale: str, problems: dict[str, str]) -> tuple[str | None, str]:
    """Return (phone in E.164 or None, channel), noting what is wrong with them.

    A landline is called in place of words where the city calls and a voice speaks the language.
    """
    raw, contact = typed.get("phone"), typed.get("contact") or "none"
    if not raw:
        return None, "none"
    try:
        phone = phone_number(raw)
    except BadInput as error:
        problems.update(error.problems)
        return None, contact
    can_be_reached = can_receive_text(phone) or can_call(
        phone, spoken(typed, locale), offered(config.current())
    )
    if contact in {"sms", "whatsapp"} and not can_be_reached:
        problems["phone"] = "phone_no_text"
    return phone, contact if contact in {"sms", "whatsapp"} else "none"
