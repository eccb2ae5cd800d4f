"""Saved filters: kept from the queue, and the page where they are renamed, moved and let go."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlencode

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service_desk.desks.clerk import filters
from service_desk.desks.clerk.door import actor, desk
from service_desk.desks.speech import later
from service_desk.errors import BadInput
from service_desk.flow import save_filter as flow
from service_desk.people.saved import MOST, NAME_CHARS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.people.rules import Saved

_PROBLEM = {
    "required": later("A name is needed."),
    "name_taken": later("Another saved filter has this name already."),
    "too_many": later("Twenty are kept already: one of them has to go first."),
    "too_long": later("This is too long."),
}


def saved_filters() -> tuple[Saved, ...]:
    """Return the reader's saved filters in her order; they came with her session, without a statement."""
    return cast("tuple[Saved, ...]", current_user.saved)


def written(query: str) -> str:
    """Return a queue's query string as we write it: only what a queue understands, in one order."""
    return urlencode(filters.read(dict(parse_qsl(query[:2000]))).query())


@desk.get("/desk/saved", endpoint="saved")
def saved_page() -> str:
    """Show the reader's saved filters, to rename, move and let go."""
    return _page()


@desk.post("/desk/saved", endpoint="save_filter")
def save() -> ResponseReturnValue:
    """Keep the filter whose query was sent, under a name. What cannot be kept comes back with the reason (422)."""
    name, query = request.form.get("name", ""), written(request.form.get("query", ""))
    try:
        flow.save_filter(name, query, actor())
    except BadInput as error:
        return _page(name=name, query=query, is_new=True, problem=_sentence(error)), 422
    flash(_("Saved. It stands above the queue now."))
    return redirect(_queue(query), 303)


@desk.post("/desk/saved/<int:filter_id>", endpoint="change_filter")
def change(filter_id: int) -> ResponseReturnValue:
    """Do one thing to a saved filter: rename, up, down or remove."""
    act = request.form.get("act", "")
    try:
        if act == "rename":
            flow.rename_filter(filter_id, request.form.get("name", ""), actor())
        elif act in {"up", "down"}:
            flow.move_filter(filter_id, -1 if act == "up" else 1, actor())
        elif act == "remove":
            flow.remove_filter(filter_id, actor())
    except BadInput as error:
        return _page(name=request.form.get("name", ""), wrong=filter_id, problem=_sentence(error)), 422
    return redirect(url_for("clerk.saved"), 303)


def _queue(query: str) -> str:
    page = url_for("clerk.queue")
    return f"{page}?{query}" if query else page


def _sentence(error: BadInput) -> str:
    return str(_PROBLEM.get(next(iter(error.problems.values())), _PROBLEM["required"]))


def _page(*, name: str = "", query: str = "", is_new: bool = False, wrong: int = 0, problem: str = "") -> str:
    return render_template(
        "clerk/saved.html",
        saved=saved_filters(),
        name=name,
        query=query,
        is_new=is_new,
        wrong=wrong,
        problem=problem,
        most=MOST,
        name_chars=NAME_CHARS,
        here=url_for("clerk.queue"),
    )
