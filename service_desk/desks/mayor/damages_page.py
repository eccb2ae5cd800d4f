"""Contractors in figures, proposed damages to be decided, and the monthly statement to be signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.queries import damages as queries
from service_desk.desks import money, numbers
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.clerk.happened import sentence
from service_desk.desks.mayor import words
from service_desk.desks.mayor.door import actor, contractor_or_404, desk
from service_desk.desks.mayor.scorecards_page import compared
from service_desk.desks.statement_files import as_pdf, as_xlsx, shown
from service_desk.errors import BadInput, NotFound
from service_desk.flow import settle_damage, statements
from service_desk.people.rules import may
from service_desk.reports.rules import HIDDEN
from service_desk.tickets.queries import events_of, ticket_or_404

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from service_desk.contractors.models import Statement

TO_DECIDE = ("accepted", "contested", "proposed")
#: months shown for each contractor
MONTHS = 6
#: rows of one list of damages; the page says when it stops there
MOST_ROWS = 200


def _month(text: str) -> date:
    month = money.read_month(text)
    if month is None:
        raise NotFound
    return month


@desk.get("/mayor/contractors", endpoint="contractors")
def contractors_page() -> str:
    """Show each contractor's last months: damages by state, and whether the month is signed; and all of them side by side. Four statements."""
    totals = money.totals(queries.counts_by_month())
    signed = {(each.unit_id, each.month): each for each in queries.statements()}
    units = [each for each in city_map().units.values() if each.kind == "contractor"]
    rows = []
    for unit in units:
        months = sorted({month for of, month in (*totals, *signed) if of == unit.id}, reverse=True)[:MONTHS]
        rows.append(
            (
                unit,
                [(month, totals.get((unit.id, month), {}), signed.get((unit.id, month))) for month in months],
            )
        )
    return render_template(
        "mayor/contractors.html",
        rows=rows,
        compared=compared(clock.local(clock.now()).date(), totals),
        hidden=HIDDEN,
        money=money,
        words=words,
        may_decide=may(actor(), "decide_damage"),
    )


@desk.get("/mayor/damages", endpoint="damages")
def damages_page() -> str:
    """List damages: those to be decided, or ?show=all; ?unit= of one contractor, ?month= of one month. Two statements."""
    unit_id = numbers.whole(request.args.get("unit", ""))
    unit = contractor_or_404(unit_id) if unit_id is not None else None
    month = money.read_month(request.args.get("month", ""))
    shows_all = request.args.get("show") == "all"
    found = queries.damages_in(
        unit_ids=[unit.id] if unit else None,
        month=month,
        states=None if shows_all else TO_DECIDE,
        limit=MOST_ROWS,
    )
    return render_template(
        "mayor/damages.html",
        rows=[money.row_of(*each) for each in found],
        unit=unit,
        month=month,
        shows_all=shows_all,
        most=MOST_ROWS,
        city=city_map(),
        money=money,
        now=clock.now(),
    )


@desk.get("/mayor/damages/<int:damage_id>", endpoint="damage")
def damage_page(damage_id: int) -> str:
    """Show one damage whole: the calculation, the events that prove it, the answer, and the decision. Five statements."""
    return _damage(damage_id)


@desk.post("/mayor/damages/<int:damage_id>/decide", endpoint="decide")
def decide(damage_id: int) -> ResponseReturnValue:
    """Decide a damage; what is wrong comes back beside what was typed."""
    form = {name: request.form.get(name, "") for name in ("decision", "words", "reason")}
    try:
        settle_damage.decide_damage(damage_id, actor(), form["decision"], form["words"], form["reason"])
    except BadInput as error:
        return _damage(damage_id, form=form, problems=error.problems), 422
    flash(_("The decision is kept."))
    return redirect(url_for("mayor.damage", damage_id=damage_id), 303)


def _damage(damage_id: int, **more: Any) -> str:
    row = queries.damage_or_404(damage_id)
    ticket = ticket_or_404(row.ticket_id)
    proofs = set(row.event_seqs)
    number = queries.order_number(row.order_id)
    return render_template(
        "mayor/damage.html",
        row=money.row_of(row, ticket.reference, number),
        damage=row,
        ticket=ticket,
        unit=contractor_or_404(row.unit_id),
        lines=money.working_lines(row.working),
        events=[(each, sentence(each)) for each in events_of(ticket.id) if each.seq in proofs],
        decided_by=staff_names().get(row.decided_by or 0, ""),
        may_decide=may(actor(), "decide_damage") and row.decided_at is None,
        form=more.get("form") or {},
        problems=more.get("problems") or {},
        money=money,
        now=clock.now(),
    )


@desk.get("/mayor/statements/<int:unit_id>/<month>", endpoint="statement")
def statement_page(unit_id: int, month: str) -> str:
    """Show a contractor's month: as signed, or as it stands."""
    return _statement(unit_id, _month(month))


@desk.post("/mayor/statements/<int:unit_id>/<month>/sign", endpoint="sign")
def sign(unit_id: int, month: str) -> ResponseReturnValue:
    """Freeze the month."""
    contractor_or_404(unit_id)
    try:
        statements.sign_statement(unit_id, _month(month), actor())
    except BadInput as error:
        return _statement(unit_id, _month(month), problem=error.problems["month"]), 422
    flash(_("The statement is signed. Nobody can change it any more."))
    return redirect(url_for("mayor.statement", unit_id=unit_id, month=month), 303)


@desk.get("/mayor/statements/<int:unit_id>/<month>.pdf", endpoint="statement_pdf")
def statement_pdf(unit_id: int, month: str) -> Response:
    """Give the statement on paper."""
    content, signed = _content(unit_id, _month(month))
    return as_pdf(content, signed, _signer(signed), str(get_locale()))


@desk.get("/mayor/statements/<int:unit_id>/<month>.xlsx", endpoint="statement_xlsx")
def statement_xlsx(unit_id: int, month: str) -> Response:
    """Give the statement as a spreadsheet."""
    content, _signed = _content(unit_id, _month(month))
    return as_xlsx(content, str(get_locale()))


def _content(unit_id: int, month: date) -> tuple[dict[str, Any], Statement | None]:
    contractor_or_404(unit_id)
    signed = queries.statement_of(unit_id, month)
    return (signed.content, signed) if signed else (statements.draft(unit_id, month).content, None)


def _signer(signed: Statement | None) -> str:
    return staff_names().get(signed.signed_by, "") if signed else ""


def _statement(unit_id: int, month: date, problem: str = "") -> str:
    unit = contractor_or_404(unit_id)
    signed = queries.statement_of(unit_id, month)
    draft = None if signed else statements.draft(unit_id, month)
    content = signed.content if signed else draft.content if draft else {}
    return render_template(
        "mayor/statement.html",
        **shown(content, signed, _signer(signed)),
        unit=unit,
        draft=draft,
        key=f"{month:%Y-%m}",
        problem=money.PROBLEM[problem] if problem else "",
        may_sign=may(actor(), "decide_damage"),
    )
