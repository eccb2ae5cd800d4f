"""The fields of each act on a case, and the act that a form asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask_babel import gettext as _

from service_desk.desks.clerk.form_fields import Field
from service_desk.desks.filters import by_language
from service_desk.desks.inspector import words
from service_desk.desks.inspector.door import agorot, own_units, whole
from service_desk.supervision.rules.cases import DROP_REASONS, VERBS, CaseAct, is_possible

if TYPE_CHECKING:
    from service_desk.supervision.models import Case

#: acts without a form
AT_ONCE = ("take", "release")
#: days that a notice usually gives
USUAL_DAYS = 14


def fields_of(verb: str, case: Case) -> list[Field]:
    """Return the fields of an act on this case; none for an act without a form."""
    said = Field("words", "words", _("What was seen and done"), limit=2000)
    photos = Field("photos", "photos", _("Photos"), _("Up to 4."), is_optional=True)
    days = Field("days", "line", _("Look again in how many days"), _("Without a number the usual time is taken."), is_optional=True, limit=3)  # fmt: skip
    fields = {
        "inspect": [said, photos, days],
        "warn": [
            Field("days", "line", _("Days that the notice gives"), _("After them somebody looks again."), str(USUAL_DAYS), limit=3),
            Field("words", "words", _("What is demanded"), limit=2000),
            Field("number", "line", _("Number of the notice"), is_optional=True, limit=40),
            photos,
        ],
        "fine": [
            Field("number", "line", _("Number of the fine"), limit=40),
            Field("amount", "line", _("Sum in shekels"), _("Noted only: it is collected elsewhere."), limit=14),
            Field("words", "words", _("What for"), is_optional=True, limit=2000),
            photos,
        ],
        "court": [
            Field("words", "words", _("Which court, and what was filed"), limit=2000),
            Field("number", "line", _("Number of the proceeding"), is_optional=True, limit=40),
            days,
        ],
        "comply": [Field("words", "words", _("What was put right"), limit=2000), photos],
        "drop": [
            Field("reason", "choice", _("Reason"), options=[("", [(code, words.DROP_REASON[code]) for code in DROP_REASONS])]),
            Field("words", "words", _("In words"), _("Whoever reads the case later needs to understand why."), limit=2000),
        ],
        "close": [Field("words", "words", _("Closing words"), is_optional=True, limit=2000)],
        "pass": [
            Field("unit", "select", _("To which unit"), options=[("", [("", _("Choose")), *((str(unit.id), by_language(unit.name)) for unit in own_units() if unit.id != case.unit_id)])]),
            Field("words", "words", _("What it needs to know"), is_optional=True, limit=2000),
        ],
        "note": [said, photos],
    }  # fmt: skip
    return fields.get(verb, [])


def act_of(verb: str) -> CaseAct:
    """Return the act that the request's form asks for. Raises BadInput for what is no number."""
    return CaseAct(
        verb,
        words=request.form.get("words", ""),
        days=whole("days"),
        number=request.form.get("number", ""),
        amount_agorot=agorot("amount"),
        reason=request.form.get("reason", ""),
        unit_id=whole("unit"),
    )


def possible(case: Case) -> list[str]:
    """Return the acts that the case's state allows, in the order of their names' table."""
    return [
        verb
        for verb in words.ACT
        if verb in VERBS and is_possible(verb, case.state) and (verb != "comply" or case.state != "complied")
    ]
