"""What-if: changes tried on last year, kept as proposals, and applied as new versions of the city's data."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.desks import numbers
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.mayor import proposals_forms as forms
from service_desk.desks.mayor import proposals_words as said
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import actor, desk
from service_desk.desks.mayor.proposals_maps import maps_of
from service_desk.desks.mayor.proposals_said import comparison, sentences, title_of
from service_desk.desks.mayor.proposals_view import COLUMNS, table
from service_desk.errors import BadInput, NotFound, StaleVersion
from service_desk.flow.apply_proposal import apply_proposal
from service_desk.flow.try_change import drop_proposal, replay_proposal, try_change
from service_desk.people.rules import may
from service_desk.reports.replay import proposals
from service_desk.reports.replay.changes import BoundaryChange
from service_desk.reports.rules import FEWEST, HIDDEN, PROPOSAL_KINDS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.reports.models import Proposal


@desk.get("/mayor/proposals", endpoint="proposals")
def proposals_list() -> str:
    """Show what has been tried, newest first, and what may be. One statement beside the session's."""
    rows = [_listed(row) for row in proposals.listed()]
    names = staff_names()
    return render_template(
        "mayor/proposals.html", rows=rows, names=names, kinds=PROPOSAL_KINDS, said=said, words=words
    )


def _listed(row: Proposal) -> tuple[Proposal, str, str]:
    """Return a proposal, its name, and what it would do in one sentence."""
    change = proposals.change_of(row)
    return row, row.title or title_of(change), sentences(change, proposals.result_of(row))[0]


@desk.get("/mayor/proposals/new/<kind>", endpoint="new_proposal")
def new_proposal(kind: str) -> str:
    """Show the form of one kind of change, filled as things are."""
    return _form(kind, forms.first_look(_kind(kind)), {})


@desk.post("/mayor/proposals/new/<kind>", endpoint="try_proposal")
def try_proposal(kind: str) -> ResponseReturnValue:
    """Replay what the form says and keep it as a draft; what cannot be used comes back beside its field."""
    form, change, problems = forms.read(_kind(kind))
    if change is None:
        return _form(kind, form, problems), 422
    key = form.get(forms.KEY, "") or secrets.token_hex(16)
    try:
        made = try_change(change, form.get(forms.TITLE, ""), key, actor())
    except BadInput as error:
        return _form(kind, form, forms.sentences(error.problems)), 422
    return redirect(url_for("mayor.proposal", proposal_id=made), 303)


@desk.get("/mayor/proposals/<int:proposal_id>", endpoint="proposal")
def proposal_page(proposal_id: int) -> str:
    """Show a proposal with its replay. One statement beside the session's."""
    return _page(proposals.proposal(proposal_id))


@desk.post("/mayor/proposals/<int:proposal_id>/replay", endpoint="replay_proposal")
def replay_page(proposal_id: int) -> ResponseReturnValue:
    """Replay a draft on the year as it is known now."""
    try:
        replay_proposal(proposal_id, _seen(), actor())
    except StaleVersion as error:
        return _stale(proposal_id, error)
    flash(_("Replayed on the year until yesterday."))
    return redirect(url_for("mayor.proposal", proposal_id=proposal_id), 303)


@desk.post("/mayor/proposals/<int:proposal_id>/apply", endpoint="apply_proposal")
def apply_page(proposal_id: int) -> ResponseReturnValue:
    """Apply a draft from the day typed."""
    since, is_sure = _date(request.form.get("since", "")), request.form.get("sure") == "yes"
    try:
        apply_proposal(proposal_id, _seen(), since, actor(), is_sure=is_sure)
    except StaleVersion as error:
        return _stale(proposal_id, error)
    except BadInput as error:
        return _page(proposals.proposal(proposal_id), forms.sentences(error.problems)), 422
    flash(_("The decision is kept."))
    return redirect(url_for("mayor.proposal", proposal_id=proposal_id), 303)


@desk.post("/mayor/proposals/<int:proposal_id>/drop", endpoint="drop_proposal")
def drop_page(proposal_id: int) -> ResponseReturnValue:
    """Let a proposal go."""
    try:
        drop_proposal(proposal_id, _seen(), actor())
    except StaleVersion as error:
        return _stale(proposal_id, error)
    flash(_("The proposal is dropped."))
    return redirect(url_for("mayor.proposals"), 303)


def _kind(kind: str) -> str:
    if kind not in PROPOSAL_KINDS:
        raise NotFound
    return kind


def _seen() -> int:
    seen = numbers.whole(request.form.get("seen", ""), digits=9)
    return -1 if seen is None else seen


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()[:10])
    except ValueError:
        return None  # the use-case says that a day is wanted


def _form(kind: str, form: dict[str, Any], problems: dict[str, str]) -> str:
    return render_template(
        f"mayor/proposal_{kind}.html",
        kind=kind,
        form=form,
        key=form.get(forms.KEY) or secrets.token_hex(16),
        problems=problems,
        choices=forms.choices(kind),
        said=said,
    )


def _stale(proposal_id: int, error: StaleVersion) -> ResponseReturnValue:
    """Show the proposal as it is now, and say what moved meanwhile. What was typed is not lost: it was a day and a tick."""
    return _page(proposals.proposal(proposal_id), is_stale=True), error.status


def _page(row: Proposal, problems: dict[str, str] | None = None, *, is_stale: bool = False) -> str:
    change, result, reader = proposals.change_of(row), proposals.result_of(row), actor()
    people = staff_names()
    return render_template(
        "mayor/proposal.html",
        row=row,
        title=row.title or title_of(change),
        change=change,
        result=result,
        columns=COLUMNS[row.kind],
        rows=table(change, result),
        sentences=sentences(change, result),
        comparison=comparison(change),
        maps=maps_of(change) if isinstance(change, BoundaryChange) else None,
        people=people,
        problems=problems or {},
        is_stale=is_stale,
        since=request.form.get("since", ""),
        today=clock.local(clock.now()).date(),
        may_apply=may(reader, "apply_change"),
        may_drop=may(reader, "apply_change") or row.created_by == reader.id,
        fewest=FEWEST,
        hidden=HIDDEN,
        said=said,
        words=words,
    )
