"""Intake's screen as it stands: what was typed, as typed, and the place it says."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import request

from service_desk import config
from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import danger_numbers
from service_desk.desks import numbers
from service_desk.desks.clerk.door import actor
from service_desk.desks.said_place import place_of
from service_desk.flow import report_inbound
from service_desk.intake.rules import LINE_LIMIT, SaidPlace, clean_text

if TYPE_CHECKING:
    from service_desk.catalog.rules import ServiceType
    from service_desk.flow.report_inbound import Opening

CONTACTS = ("sms", "whatsapp", "none")
_ANSWER = "answer_"
_DEGREES_CHARS = 24
#: what a choice from the list of addresses writes beside the line
_CHOICE = ("picked", "street_code", "house_no", "place_id")


@dataclass
class Draft:
    """The screen as it stands: what was typed, as typed."""

    what: str = ""
    service_code: str = ""
    line: str = ""
    landmark: str = ""
    #: the pin as the map wrote it (degrees); empty without one
    lon: str = ""
    lat: str = ""
    #: the address chosen from the list, by field; it counts while its words stand
    chosen: dict[str, str] = field(default_factory=lambda: dict.fromkeys(_CHOICE, ""))
    text: str = ""
    phone: str = ""
    name: str = ""
    contact: str = "sms"
    language: str = "he"
    channel: str = "phone"
    key: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    #: what somebody wrote, from which the report is opened; None: a caller or walk-in
    opening: Opening | None = None

    @property
    def service(self) -> ServiceType | None:
        """Return the chosen type, if any."""
        return catalogue().types.get(self.service_code)

    @property
    def place(self) -> SaidPlace:
        """Return the place as said: the clerk's pin goes before the line, as a resident's does; a message's own pin after it."""
        said = self._typed_place()
        if said.kind == "none" and self.opening and self.opening.pin:
            return report_inbound.place_of(self.opening.pin, said.landmark)
        return said

    @property
    def is_pinned(self) -> bool:
        """Say whether the clerk set a pin."""
        return self._typed_place().kind == "pin"

    def _typed_place(self) -> SaidPlace:
        line, landmark = clean_text(self.line, LINE_LIMIT), clean_text(self.landmark, LINE_LIMIT)
        values = {"line": line, "landmark": landmark, "lon": self.lon, "lat": self.lat, **self.chosen}
        return place_of(values)

    @property
    def numbers(self) -> list[str]:
        """Return whom to call first for what was said; empty when it speaks of no danger to life."""
        return danger_numbers(f"{self.what} {self.text}")

    def tell(self) -> None:
        """Make a story of the words by which the type was found, when there is none: they are what the caller said."""
        if self.service and not self.text.strip():
            self.text, self.what = self.what, ""


def read_draft() -> Draft:
    """Return the screen from the request: a form that came back, or a fresh one with what the address says."""
    given = request.form if request.method == "POST" else request.args
    draft = Draft(
        what=given.get("what", "")[:200],
        service_code=given.get("service", ""),
        line=given.get("line", "")[:LINE_LIMIT],
        landmark=given.get("landmark", "")[:LINE_LIMIT],
        lon=given.get("lon", "")[:_DEGREES_CHARS],
        lat=given.get("lat", "")[:_DEGREES_CHARS],
        chosen={name: clean_text(given.get(name, ""), LINE_LIMIT) for name in _CHOICE},
        text=given.get("text", "")[:4000],
        phone=given.get("phone", "")[:40],
        name=given.get("name", "")[:100],
        contact=_one_of(given.get("contact"), CONTACTS),
        language=_one_of(given.get("language"), config.LOCALES),
        channel=_one_of(given.get("channel"), ("phone", "walk_in")),
        key=given.get("key", "")[:64] or secrets.token_hex(16),
    )
    draft.tell()
    draft.answers = _answers(draft.service)
    inbound_id = numbers.whole(given.get("inbound", ""))
    if inbound_id is not None:
        draft.opening = report_inbound.see_opening(inbound_id, actor())
        if request.method == "GET":
            opening = draft.opening
            draft.text, draft.line, draft.language = opening.text, opening.line, opening.locale
    return draft


def _one_of(given: str | None, known: tuple[str, ...]) -> str:
    return given if given in known else known[0]


def _answers(service: ServiceType | None) -> dict[str, Any]:
    """Return the answers typed to the questions of the chosen type; another type's are dropped."""
    found: dict[str, Any] = {}
    for question in service.questions if service else ():
        given = [value for value in request.form.getlist(_ANSWER + question.code) if value.strip()]
        if given:
            found[question.code] = given if question.type == "multivaluelist" else given[0]
    return found
