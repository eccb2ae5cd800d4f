"""The administrator's page, and its two acts on keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.admin import words
from service_desk.errors import BadInput
from service_desk.flow import manage_keys
from service_desk.people import queries as people
from service_desk.reports.health import outbox_states, staff_list

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from service_desk.people.rules import Actor

desk = Blueprint("admin", __name__)


def _actor() -> Actor:
    return cast("Actor", current_user.actor)


@desk.get("/admin/", endpoint="home")
def home() -> str:
    """Show keys, staff and the outbox. Five statements."""
    return _page()


@desk.post("/admin/keys", endpoint="make_key")
def make_key() -> str | tuple[str, int]:
    """Make a key and show it, this once; without a name the form comes back (422)."""
    name = request.form.get("name", "")
    try:
        made = manage_keys.make_key(name, _actor())
    except BadInput as error:
        problem = words.PROBLEM.get(error.problems.get("name", ""), words.PROBLEM["required"])
        return _page(name=name, problem=str(problem)), 422
    return _page(made=made, made_name=name.strip())


@desk.post("/admin/keys/<int:key_id>/revoke", endpoint="revoke_key")
def revoke_key(key_id: int) -> Response:
    """End a key."""
    manage_keys.revoke_key(key_id, _actor())
    flash(_("The key no longer works."))
    return redirect(url_for("admin.home"), 303)


def _page(**form: str) -> str:
    now, states = clock.now(), outbox_states(clock.now())
    return render_template(
        "admin/home.html",
        keys=people.api_keys(),
        staff_rows=staff_list(),
        city=city_map(),
        states=[(name, *look, states.counts.get(name, 0)) for name, look in words.STATE.items()],
        states_total=sum(states.counts.values()),
        oldest_wait=(now - states.oldest_due).total_seconds() if states.oldest_due else None,
        words=words,
        **form,
    )
