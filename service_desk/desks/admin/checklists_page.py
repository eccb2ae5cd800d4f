"""Checklists of the administrator: what inspectors look at, each with its versions, and the form that changes one.

Moving, adding and taking away lines are POSTs that store nothing; only «keep», «retire» and «bring back» store.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from babel import Locale
from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.city import kept
from service_desk.config import LOCALES
from service_desk.desks import numbers
from service_desk.desks.admin import checklist_fields as fields
from service_desk.desks.admin import checklist_words as words
from service_desk.desks.admin.contract_view import day
from service_desk.desks.admin.keys_page import _actor, desk
from service_desk.errors import BadInput, NotFound, StaleVersion
from service_desk.flow import checklist_form as form
from service_desk.flow import set_checklist as acts
from service_desk.flow.checklist_form import TypedChecklist, TypedItem
from service_desk.supervision.queries import rounds
from service_desk.supervision.queries.checklists import versions_of
from service_desk.supervision.rules.checks import read_item

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.supervision.models import Checklist

#: empty lines of a new checklist's form
FRESH_LINES = 3


@desk.get("/admin/checklists", endpoint="checklists")
def checklist_list() -> str:
    """Show every checklist in use with its items, and those retired. No statement of its own."""
    newest = rounds.newest_checklists()
    return render_template(
        "admin/checklists.html",
        present=[each for each in newest if each.is_in_force],
        retired=[each for each in newest if not each.is_in_force],
        types=catalogue().types,
        day=day,
    )


@desk.get("/admin/checklists/new", endpoint="new_checklist")
def new_checklist() -> str:
    """Show an empty form."""
    return _form(TypedChecklist({}, (TypedItem(),) * FRESH_LINES), [], key=secrets.token_hex(8))


@desk.post("/admin/checklists/new", endpoint="make_checklist")
def make_checklist() -> ResponseReturnValue:
    """Begin a checklist, or rearrange the form; what cannot be kept comes back (422)."""
    typed, act, key = fields.typed_in(request.form), request.form.get("act", ""), request.form.get("key", "")
    if act != "keep":
        return _rearranged(typed, act, [], key=key)
    try:
        code = acts.make_checklist(key, typed, _actor())
    except BadInput as error:
        if "key" in error.problems:
            key = secrets.token_hex(8)  # the form came without one: it is to be sent again
        return _form(typed, [], error.problems, key=key), 422
    except StaleVersion:
        # Sent before with other words: what was kept then stands beside what is typed now.
        return _stale(f"c-{key}", typed)
    flash(_("The checklist is in use from now on."))
    return redirect(url_for("admin.checklist", code=code), 303)


@desk.get("/admin/checklists/<code>", endpoint="checklist")
def checklist_page(code: str) -> str:
    """Show one version, the last one or the one asked for, and when each was in use. One statement."""
    return _page(_versions(code))


def _page(versions: list[Checklist], *, is_stale: bool = False) -> str:
    asked = numbers.whole(request.args.get("version", "")) or 0
    number = asked if 0 < asked <= len(versions) else len(versions)
    return render_template(
        "admin/checklist.html",
        row=versions[number - 1],
        items=[*map(read_item, versions[number - 1].items)],
        number=number,
        versions=versions,
        last=versions[-1],
        is_stale=is_stale,
        types=catalogue().types,
        day=day,
    )


@desk.get("/admin/checklists/<code>/edit", endpoint="edit_checklist")
def edit_checklist(code: str) -> str:
    """Show the form with the last version's items. One statement."""
    versions = _versions(code)
    return _form(form.typed_of(versions[-1].name, tuple(map(read_item, versions[-1].items))), versions)


@desk.post("/admin/checklists/<code>/edit", endpoint="set_checklist")
def set_checklist(code: str) -> ResponseReturnValue:
    """Keep the next version, or rearrange the form; what cannot be kept comes back (422), or with what came first (409)."""
    typed, act = fields.typed_in(request.form), request.form.get("act", "")
    if act != "keep":
        return _rearranged(typed, act, _versions(code))
    is_back = request.form.get("back", "") == "yes"
    try:
        is_changed = acts.set_checklist(code, _seen(), typed, _actor(), is_back=is_back)
    except BadInput as error:
        return _form(typed, _versions(code), error.problems), 422
    except StaleVersion:
        return _stale(code, typed)
    if is_changed:
        flash(
            _("Kept. New stops use it from now on; stops already planned keep what they were planned with.")
        )
    else:
        flash(_("Nothing was different, so nothing was changed."))
    return redirect(url_for("admin.checklist", code=code), 303)


@desk.post("/admin/checklists/<code>/retire", endpoint="retire_checklist")
def retire_checklist(code: str) -> ResponseReturnValue:
    """Let no new stop use the checklist; when it changed meanwhile it is shown as it is now (409)."""
    try:
        acts.retire_checklist(code, _seen(), _actor())
    except StaleVersion:
        kept.forget()
        return _page(_versions(code), is_stale=True), 409
    flash(_("Retired. Rounds that were planned keep it."))
    return redirect(url_for("admin.checklists"), 303)


def _rearranged(
    typed: TypedChecklist, act: str, versions: list[Checklist], *, key: str = ""
) -> ResponseReturnValue:
    found, at = fields.arranged(typed, act)
    return _form(found, versions, key=key, at=at)


def _stale(code: str, typed: TypedChecklist) -> ResponseReturnValue:
    """Show what was typed beside what somebody else kept meanwhile; keeping it now is a choice."""
    kept.forget()  # it may have been kept a moment ago, in another process
    versions = _versions(code)
    return _form(typed, versions, is_stale=True), 409


def _form(
    typed: TypedChecklist,
    versions: list[Checklist],
    problems: dict[str, str] | None = None,
    *,
    key: str = "",
    at: int = 0,
    is_stale: bool = False,
) -> str:
    """Return the form's page. versions: none for a new checklist. at: number of the line to go on at."""
    last = versions[-1] if versions else None
    is_fresh = request.method == "GET" or is_stale
    found = problems or {}
    return render_template(
        "admin/checklist_form.html",
        typed=typed,
        last=last,
        seen=(last.id if last else 0) if is_fresh else _seen(),
        is_back=last is not None and last.valid_to is not None if is_fresh else "back" in request.form,
        key=key,
        at=at,
        is_stale=is_stale,
        present=[*map(read_item, last.items)] if last and is_stale else [],
        problems={field: words.problem(code) for field, code in found.items()},
        links=[(field, words.named_problem(field, code)) for field, code in found.items()],
        groups=_groups(),
        types=catalogue().types,
        questions_of=form.questions_of,
        dangers_of=form.dangers_of,
        limits=form,
        languages=[(code, Locale.parse(code).get_display_name(get_locale())) for code in LOCALES],
    )


def _groups() -> list[tuple[Any, list[Any]]]:
    """Return the types that a finding may open, by topic."""
    offered = form.types_offered().values()
    groups = sorted(catalogue().groups.values(), key=lambda group: group.position)
    by_topic = [(group, [each for each in offered if each.group_code == group.code]) for group in groups]
    return [(group, types) for group, types in by_topic if types]


def _seen() -> int:
    return numbers.whole(request.form.get("seen", "")) or 0


def _versions(code: str) -> list[Checklist]:
    found = versions_of(code)
    if not found:
        raise NotFound
    return found
