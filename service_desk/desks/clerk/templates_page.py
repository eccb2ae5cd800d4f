"""The ready wordings: their list, and the form where one is edited, tried and kept. For managers and administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.catalog.queries import catalogue
from service_desk.desks.clerk import words
from service_desk.desks.clerk.door import actor, desk
from service_desk.desks.clerk.replies import replies_kept
from service_desk.desks.filters import by_language
from service_desk.desks.speech import LANGUAGES, RTL, later
from service_desk.errors import BadInput, NotAllowed
from service_desk.flow import edit_reply as flow
from service_desk.messages import replies
from service_desk.messages.replies import Wording
from service_desk.messages.rules.filling import USES, VARIABLES, fill, unknown_holes
from service_desk.messages.rules.segments import segments
from service_desk.messages.wording import moment
from service_desk.people.rules import may

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

USE = {
    "reply": later("Reply"),
    "question": later("Question to the resident"),
    "resolved": later("Done"),
    "rejected": later("Refused"),
    "order": later("Instructions of a work order"),
}
_PROBLEM = {
    "required": later("This is missing."),
    "too_long": later("This is too long."),
    "unknown": later("This type is not in the catalogue."),
    "unknown_variable": later(
        "One of the holes is unknown. These can be filled: {reference}, {street}, {due}."
    ),
}
#: what stands in the holes while a wording is tried
_SAMPLE_REFERENCE, _SAMPLE_STREET = "482-1937", "טשרניחובסקי 62"
_EMPTY = Wording({}, "reply", {})


@desk.get("/desk/replies", endpoint="replies")
def replies_page() -> str:
    """Show every wording by where it is offered."""
    _require()
    every = replies.every_reply()
    return render_template(
        "clerk/replies.html",
        groups=[(use, USE[use], [each for each in every if each.wording.use == use]) for use in USES],
        type_of=_type_words,
        languages=LANGUAGES,
    )


@desk.get("/desk/replies/new", endpoint="new_reply")
def new_reply() -> str:
    """Show an empty form."""
    _require()
    return _form(None, _EMPTY)


@desk.get("/desk/replies/<int:reply_id>", endpoint="reply")
def reply_page(reply_id: int) -> str:
    """Show a wording in its form, and what it would say."""
    _require()
    return _form(reply_id, replies.reply_or_404(reply_id).wording)


@desk.post("/desk/replies/new", endpoint="add_reply")
def add_reply() -> ResponseReturnValue:
    """Add a wording, or try it."""
    return _save(None)


@desk.post("/desk/replies/<int:reply_id>", endpoint="save_reply")
def save_reply(reply_id: int) -> ResponseReturnValue:
    """Keep a wording, or try it. What cannot be kept comes back with a reason at each field (422)."""
    return _save(reply_id)


def _save(reply_id: int | None) -> ResponseReturnValue:
    _require()
    given = _given()
    if request.form.get("act") == "try":
        return _form(reply_id, given, flow.problems(flow.clean(given)))
    try:
        flow.edit_reply(reply_id, given, actor())
    except BadInput as error:
        return _form(reply_id, given, error.problems), 422
    replies_kept.forget()
    flash(_("Kept. Clerks are offered it from now on."))
    return redirect(url_for("clerk.replies"), 303)


def _require() -> None:
    if not may(actor(), "edit_replies"):
        raise NotAllowed


def _given() -> Wording:
    kind, _colon, group = request.form.get("type", "").partition(":")
    return Wording(
        {code: request.form.get(f"name_{code}", "") for code, _own in LANGUAGES},
        request.form.get("use", ""),
        {code: request.form.get(f"words_{code}", "") for code, _own in LANGUAGES},
        group_code=group or None,
        service_code=None if group else kind or None,
        is_active=request.form.get("is_active") == "1",
    )


def _type_words(wording: Wording) -> str:
    shelf = catalogue()
    if wording.service_code and wording.service_code in shelf.types:
        return str(by_language(shelf.types[wording.service_code].name))
    if wording.group_code and wording.group_code in shelf.groups:
        return str(by_language(shelf.groups[wording.group_code].name))
    return str(_("Every type"))


def _tried(wording: Wording) -> dict[str, dict[str, Any]]:
    """Return what the wording says in each language that it has, and how many SMS parts that is."""
    found = {}
    for code, _own in LANGUAGES:
        said = wording.words.get(code, "")
        if not said or unknown_holes(said):
            continue
        due = moment(clock.now(), code)
        reference = _SAMPLE_REFERENCE.replace("-", "") if code == "ar" else _SAMPLE_REFERENCE
        filled = fill(said, {"reference": reference, "street": _SAMPLE_STREET, "due": due}) or ""
        alphabet, parts = segments(filled)
        found[code] = {"words": filled, "alphabet": alphabet, "parts": parts, "letters": len(filled)}
    return found


def _form(reply_id: int | None, wording: Wording, problems: dict[str, str] | None = None) -> str:
    return render_template(
        "clerk/reply_form.html",
        reply_id=reply_id,
        wording=wording,
        uses=[(code, USE[code]) for code in USES],
        shelf=catalogue(),
        kind=f"group:{wording.group_code}" if wording.group_code else wording.service_code or "",
        languages=LANGUAGES,
        rtl=RTL,
        tried=_tried(wording),
        variables=VARIABLES,
        words=words,
        name_chars=flow.NAME_CHARS,
        words_chars=flow.WORDS_CHARS,
        problems={
            field: str(_PROBLEM.get(code, words.ANY_PROBLEM)) for field, code in (problems or {}).items()
        },
    )
