"""What is entered in the field, by a plain form or from the phone's outbox: one address, one use-case, once by its key."""

from __future__ import annotations

import math
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import flash, jsonify, redirect, request, url_for
from flask_wtf.csrf import generate_csrf

from service_desk import clock
from service_desk.contractors.rules import PROOF_KINDS
from service_desk.desks.contractor import order_page, words
from service_desk.desks.contractor.door import actor, desk, holder, own_order
from service_desk.errors import BadInput
from service_desk.extensions import limiter
from service_desk.flow.do_order import FieldEntry, FieldPhoto, take_entry
from service_desk.intake import photos as pictures

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

KEY_CHARS = 80
#: what a form may say again after it was refused
TYPED = ("kind", "words", "reason", "scheduled_for")


@desk.get("/contractor/ping")
def ping() -> Response:
    """Tell a phone what time it is here, for whom its sign-in speaks, and a token to send with."""
    return jsonify(now=clock.now().isoformat(), token=generate_csrf(), holder=holder())


@desk.post("/contractor/o/<int:order_id>/entries")
@limiter.limit("240/minute")
def enter(order_id: int) -> ResponseReturnValue:
    """Take one entry in. Answers JSON {outcome, message} to a phone, and the order's page to a plain form."""
    own_order(order_id)
    is_phone = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    try:
        outcome = take_entry(order_id, read_entry(request.form), actor())
    except BadInput as bad:
        if not is_phone:
            return order_page.page(order_id, problems=bad.problems, typed=_typed()), bad.status
        said = [str(words.PROBLEM.get(code, words.PROBLEM["required"])) for code in bad.problems.values()]
        return jsonify(outcome="refused", message=" ".join(dict.fromkeys(said))), bad.status
    message = str(words.OUTCOME[outcome])
    if is_phone:
        return jsonify(outcome=outcome, message=message), 409 if outcome == "refused" else 200
    flash(message)
    return redirect(url_for("contractor.order", order_id=order_id), 303)


def _typed() -> dict[str, str]:
    """Return what was said. lost: the kind of the photos, which no browser lets a page choose again."""
    said = {name: request.form.get(name, "") for name in TYPED}
    return said | {"lost": next((kind for kind in PROOF_KINDS if request.files.get(kind)), "")}


def read_entry(form: MultiDict[str, str]) -> FieldEntry:
    """Return the entry that a form says. Raises BadInput for a photo or time that cannot be read."""
    now = clock.now()
    return FieldEntry(
        key=form.get("entry_key", "").strip()[:KEY_CHARS],
        kind=form.get("kind", ""),
        happened_at=_instant(form.get("happened_at", ""), "happened_at") or now,
        clock_ahead_seconds=_whole(form.get("clock_ahead_seconds", "")),
        lon=_number(form.get("lon", "")),
        lat=_number(form.get("lat", "")),
        accuracy_m=_number(form.get("accuracy_m", "")),
        words=form.get("words", ""),
        reason=form.get("reason") or None,
        scheduled_for=_instant(form.get("scheduled_for", ""), "scheduled_for"),
        photos=_photos(form),
    )


def _instant(said: str, field: str) -> datetime | None:
    """Return an instant; one without a zone is the city's wall clock, as a date field gives it."""
    if not said.strip():
        return None
    try:
        found = datetime.fromisoformat(said.strip()[:40])
    except ValueError as error:
        raise BadInput({field: "not_then"}) from error
    return found if found.tzinfo else found.replace(tzinfo=clock.CITY_ZONE)


def _number(said: str) -> float | None:
    with suppress(ValueError):
        found = float(said)
        return found if math.isfinite(found) else None
    return None


def _whole(said: str) -> int | None:
    found = _number(said)
    return None if found is None else round(found)


def _photos(form: MultiDict[str, str]) -> tuple[FieldPhoto, ...]:
    found = []
    for kind in PROOF_KINDS:
        times: list[Any] = form.getlist(f"{kind}_taken_at")
        raw = [content for file in request.files.getlist(kind) if (content := file.read())]
        for at, content in enumerate(raw):
            taken = None
            with suppress(BadInput):
                taken = _instant(times[at], kind) if at < len(times) else None
            found.append(FieldPhoto(kind, _encoded(content), taken))
    return tuple(found)


def _encoded(content: bytes) -> Any:
    try:
        return pictures.encode(content)
    except pictures.BadPhoto as error:
        raise BadInput({"photos": str(error)}) from error
