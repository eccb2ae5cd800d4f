"""The contractor's own damages and statements: to read, to accept or contest, to take home on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from service_desk import clock
from service_desk.contractors.queries import damages as queries
from service_desk.contractors.queries import proposals as anew
from service_desk.desks import money, numbers
from service_desk.desks.contractor.door import actor, desk, is_by_link, units
from service_desk.desks.statement_files import as_pdf, as_xlsx, shown
from service_desk.errors import BadInput, NotFound, StaleVersion
from service_desk.extensions import db
from service_desk.flow import settle_damage
from service_desk.tickets.queries import ticket_or_404

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.contractors.models import Damage, Statement


def _own_units() -> list[int]:
    """Return the person's own firms. Raises NotFound for a link to the field: money is for whoever has an account."""
    if is_by_link():
        raise NotFound
    return units()


def _own(damage_id: int) -> Damage:
    row = queries.damage_or_404(damage_id)
    if row.unit_id not in _own_units():
        raise NotFound
    return row


@desk.get("/contractor/damages", endpoint="damages")
def damages_page() -> str:
    """List the firm's damages, those to answer first, and its signed months. Three statements."""
    firms = _own_units()
    return render_template(
        "contractor/damages.html",
        rows=[money.row_of(*each) for each in queries.damages_in(unit_ids=firms, limit=200)],
        statements=queries.statements(firms),
        money=money,
        moment=clock.now(),
    )


@desk.get("/contractor/damages/<int:damage_id>", endpoint="damage")
def damage_page(damage_id: int) -> str:
    """Show one damage with its calculation, and the form to answer it."""
    return _page(_own(damage_id))


@desk.post("/contractor/damages/<int:damage_id>/answer", endpoint="answer")
def answer(damage_id: int) -> ResponseReturnValue:
    """Accept or contest; what is wrong comes back beside what was typed."""
    row = _own(damage_id)
    form = {name: request.form.get(name, "") for name in ("answer", "words", "seen")}
    seen = numbers.whole(form["seen"], digits=9) or 0
    try:
        settle_damage.answer_damage(damage_id, actor(), form["answer"], form["words"], seen)
    except BadInput as error:
        return _page(row, form=form, problems=error.problems), 422
    except StaleVersion:
        db.session.rollback()
        return _page(_own(damage_id), form=form, before=seen), 409
    flash(_("The answer is kept. The city decides."))
    return redirect(url_for("contractor.damage", damage_id=damage_id), 303)


def _page(row: Damage, **more: Any) -> str:
    """Return the page. before: the event that proposed what was shown, when it was proposed anew while it was read."""
    proposals = {each.seq: each for each in anew.proposals_of(row.ticket_id, row.id)}
    old = proposals.get(more.get("before", 0))
    ticket = ticket_or_404(row.ticket_id)
    return render_template(
        "contractor/damage.html",
        row=money.row_of(row, ticket.reference, queries.order_number(row.order_id)),
        damage=row,
        lines=money.working_lines(row.working),
        seen=more["form"]["seen"] if more.get("problems") else max(proposals, default=0),
        is_stale="before" in more,
        before=money.working_lines(old.data["working"]) if old else [],
        form=more.get("form") or {},
        problems=more.get("problems") or {},
        money=money,
        moment=clock.now(),
    )


@desk.get("/contractor/statements/<month>", endpoint="statement")
def statement_page(month: str) -> str:
    """Show a signed month."""
    signed = _signed(month)
    return render_template("contractor/statement.html", **shown(signed.content, signed, ""), key=month)


@desk.get("/contractor/statements/<month>.pdf", endpoint="statement_pdf")
def statement_pdf(month: str) -> Response:
    """Give a signed month on paper."""
    signed = _signed(month)
    return as_pdf(signed.content, signed, "", str(get_locale()))


@desk.get("/contractor/statements/<month>.xlsx", endpoint="statement_xlsx")
def statement_xlsx(month: str) -> Response:
    """Give a signed month as a spreadsheet."""
    return as_xlsx(_signed(month).content, str(get_locale()))


def _signed(text: str) -> Statement:
    month = money.read_month(text)
    for unit_id in _own_units():
        found = queries.statement_of(unit_id, month) if month else None
        if found is not None:
            return found
    raise NotFound
