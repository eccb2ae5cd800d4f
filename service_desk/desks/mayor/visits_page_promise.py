"""The form of a new commitment: what, to whom, by when, by whom, and which request it is about."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.community import meetings
from service_desk.desks.mayor import visits_words as words
from service_desk.desks.mayor.door import actor
from service_desk.desks.mayor.visits_door import (
    field_day,
    field_id,
    keepers,
    require_holder,
    visits,
)
from service_desk.errors import BadInput, Conflict
from service_desk.extensions import db
from service_desk.flow.make_commitment import NewTicket, Promised, make_commitment

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.catalog.rules import ServiceType

#: how a commitment meets a request: not at all, one that there is, or a new one
ABOUT = ("none", "known", "new")
_ANSWER = "answer_"


@dataclass
class Typed:
    """The form as it stands."""

    words: str = ""
    to_whom: str = ""
    due_on: str = ""
    unit: str = ""
    is_public: bool = True
    about: str = "none"
    reference: str = ""
    service_code: str = ""
    line: str = ""
    phone: str = ""
    key: str = ""
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def service(self) -> ServiceType | None:
        """Return the chosen type, if any."""
        return catalogue().types.get(self.service_code)


def _typed() -> Typed:
    form = request.form
    about = form.get("about", "none")
    typed = Typed(
        form.get("words", "")[:600],
        form.get("to_whom", "")[:300],
        form.get("due_on", "")[:10],
        form.get("unit", "")[:20],
        form.get("is_public") == "yes",
        about if about in ABOUT else "none",
        form.get("reference", "")[:40],
        form.get("service", "")[:40],
        form.get("line", "")[:200],
        form.get("phone", "")[:40],
        form.get("key", "")[:64],
    )
    for question in typed.service.questions if typed.service else ():
        given = [value for value in form.getlist(_ANSWER + question.code) if value.strip()]
        if given:
            typed.answers[question.code] = given if question.type == "multivaluelist" else given[0]
    return typed


def _said(typed: Typed) -> Promised:
    """Return the commitment as said. Raises BadInput when the number of «a request that there is» is missing."""
    if typed.about == "known" and not typed.reference.strip():
        raise BadInput({"reference": "required"})
    opens = NewTicket(typed.service_code, typed.line, typed.phone, typed.answers)
    return Promised(
        typed.words,
        field_day("due_on"),
        typed.key,
        typed.to_whom,
        field_id("unit"),
        typed.is_public,
        typed.reference if typed.about == "known" else "",
        opens if typed.about == "new" else None,
    )


@visits.get("/mayor/visits/<int:visit_id>/promise")
def promise(visit_id: int) -> ResponseReturnValue:
    """Show the empty form."""
    return _page(visit_id, Typed(key=secrets.token_hex(16)), {}, 200)


@visits.post("/mayor/visits/<int:visit_id>/promise")
def make(visit_id: int) -> ResponseReturnValue:
    """Write it down, or only show the questions of the chosen topic. What was typed survives."""
    typed = _typed()
    if request.form.get("do") == "look":
        typed.about = "new"
        return _page(visit_id, typed, {}, 200)
    try:
        make_commitment(visit_id, _said(typed), actor())
    except BadInput as error:
        db.session.rollback()
        return _page(visit_id, typed, error.problems, 422)
    except Conflict as error:
        db.session.rollback()
        return _page(visit_id, typed, {"service": error.key}, 422)
    flash(_("The commitment is written down."))
    return redirect(url_for("visits.visit", visit_id=visit_id), 303)


def _page(visit_id: int, typed: Typed, problems: dict[str, str], status: int) -> ResponseReturnValue:
    visit = meetings.visit_or_404(visit_id)
    require_holder(visit.centre_id)
    labels = dict(words.LABEL)
    if typed.service:
        labels |= {_ANSWER + each.code: each.text for each in typed.service.questions}
    return render_template(
        "mayor/visit_promise.html",
        visit=visit,
        typed=typed,
        problems=words.problems(problems),
        labels=labels,
        keepers=keepers(visit.centre_id),
        shelf=catalogue(),
        words=words,
    ), status
