"""Who hears when a promise runs out: the city's usual ladder, and the types that have their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.city import kept
from service_desk.desks import numbers
from service_desk.desks.admin.keys_page import _actor, desk
from service_desk.desks.ladder_words import PROBLEM, ROLE
from service_desk.errors import BadInput, NotFound
from service_desk.flow import set_ladder
from service_desk.slas.queries import standards
from service_desk.slas.rules.ladder import MOST_RUNGS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.slas.rules.ladder import Ladder

#: empty lines offered below the rungs there are
SPARE = 2


@desk.get("/admin/ladders", endpoint="ladders")
def ladders_list() -> str:
    """List the usual ladder, then each type with its own or the usual one. No statement of its own."""
    found, shelf = standards(), catalogue()
    rows = [
        {"code": code, "name": service.name, "group": service.group_code, "own": _own(code)}
        for code, service in shelf.types.items()
        if code in found.slas
    ]
    rows.sort(key=lambda row: row["own"] is None)
    return render_template("admin/ladders.html", rows=rows, usual=found.usual_ladder, role_word=ROLE)


def _own(code: str) -> Ladder | None:
    return standards().ladders.get(standards().sla(code).id)


@desk.get("/admin/ladders/city", endpoint="city_ladder")
def city_ladder() -> str:
    """Show the form of the city's usual ladder."""
    return _form(None, _lines(standards().usual_ladder))


@desk.get("/admin/ladders/type/<code>", endpoint="own_ladder")
def own_ladder(code: str) -> str:
    """Show the form of one type's ladder; it starts from the usual one."""
    return _form(_known(code), _lines(_own(code) or standards().usual_ladder))


@desk.post("/admin/ladders/city", endpoint="set_city_ladder")
def set_city_ladder() -> ResponseReturnValue:
    """Set the city's usual ladder; what cannot stand comes back (422)."""
    lines = _typed()
    try:
        set_ladder.set_city_ladder(lines, _actor())
    except BadInput as error:
        return _form(None, lines, error.problems), 422
    return _done()


@desk.post("/admin/ladders/type/<code>", endpoint="set_own_ladder")
def set_own_ladder(code: str) -> ResponseReturnValue:
    """Give a type its own ladder, or the usual one again; what cannot stand comes back (422)."""
    lines, seen = _typed(), request.form.get("seen", "")
    is_usual = "usual" in request.form
    try:
        set_ladder.set_own_ladder(
            _known(code),
            numbers.whole(seen),
            None if is_usual else lines,
            _actor(),
        )
    except BadInput as error:
        kept.forget()  # another may have set it a moment ago, in another process
        return _form(code, lines, error.problems), 422
    return _done()


def _done() -> ResponseReturnValue:
    kept.forget()
    flash(_("The ladder is set. Promises that are running keep the one they began with."))
    return redirect(url_for("admin.ladders"), 303)


def _known(code: str) -> str:
    if code not in catalogue().types or code not in standards().slas:
        raise NotFound
    return code


def _typed() -> list[set_ladder.Typed]:
    return [
        (request.form.get(f"percent_{n}", "")[:8], request.form.get(f"role_{n}", ""))
        for n in range(1, MOST_RUNGS + 1)
    ]


def _lines(ladder: Ladder) -> list[set_ladder.Typed]:
    return [(str(rung.percent), str(rung.role)) for rung in ladder]


def _form(code: str | None, lines: list[set_ladder.Typed], problems: dict[str, str] | None = None) -> str:
    filled = [line for line in lines if line[0]] if not problems else lines
    shown = min(max(len(filled) + SPARE, 4), MOST_RUNGS)
    padded = [*filled, *[("", "")] * MOST_RUNGS][:shown]
    sentences = {
        field: str(PROBLEM.get(why, PROBLEM["percent_unreadable"])) for field, why in (problems or {}).items()
    }
    return render_template(
        "admin/ladder_form.html",
        code=code,
        name=catalogue().types[code].name if code else None,
        lines=padded,
        has_own=code is not None and _own(code) is not None,
        seen=standards().sla(code).id if code else "",
        problems=sentences,
        roles=list(ROLE.items()),
    )
