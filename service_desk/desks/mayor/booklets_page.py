"""Monthly booklets: a list by month, each on the screen, on paper and as a spreadsheet; who gets them by mail; made now."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from service_desk import clock, config
from service_desk.city.queries import city_map
from service_desk.desks import booklet_files as files
from service_desk.desks import booklet_sheets as sheets
from service_desk.desks import booklet_words as say
from service_desk.desks import money, numbers, paper
from service_desk.desks.mayor.door import actor, desk
from service_desk.errors import BadInput, NotFound
from service_desk.flow import make_booklets, send_letters
from service_desk.flow.subscribe import subscribe
from service_desk.reports import booklets, letters
from service_desk.reports.measures import MEASURES
from service_desk.reports.rules.booklets import DAY, HOUR, MOST_MONTHS_BACK
from service_desk.reports.rules.days import days_of, last_month, months_back
from service_desk.reports.sums import CITY

if TYPE_CHECKING:
    from datetime import date

    from flask.typing import ResponseReturnValue

    from service_desk.reports.models import Booklet


@desk.get("/mayor/booklets", endpoint="booklets")
def booklets_page() -> ResponseReturnValue:
    """List the newest edition of each booklet by month; ?before=2026-05 goes on. Five statements beside the session's."""
    return _page()


def _page(problems: dict[str, str] | None = None, month: str = "") -> ResponseReturnValue:
    asked = request.args.get("before", "")
    before = money.read_month(asked) if asked else None
    found = booklets.listed(before)
    months = [(first, {each.centre_id: each for each in lines}) for first, lines in _by_month(found)]
    last = last_month(clock.local(clock.now()).date())
    reader, settings = actor(), config.current()
    page = render_template(
        "mayor/booklets.html",
        months=months,
        older=months[-1][0].strftime("%Y-%m") if len(months) == booklets.MONTHS_LISTED else "",
        is_older=before is not None,
        places=_places(),
        mine=booklets.subscriptions(reader.id or 0),
        unsent=letters.unsent(),
        counts=letters.counts(),
        own=letters.own_sent(reader.id or 0) if settings.is_sandbox else [],
        has_mail=send_letters.has_mail(settings),
        is_sandbox=settings.is_sandbox,
        choices=[(f"{each:%Y-%m}", say.month_name(each)) for each in reversed(months_back(last, MOST_MONTHS_BACK))],
        chosen=month,
        errors={name: say.PROBLEM[code] for name, code in (problems or {}).items()},
        day=DAY,
        hour=HOUR,
        say=say,
    )  # fmt: skip
    return page, 422 if problems else 200


def _by_month(found: list[booklets.Line]) -> list[tuple[date, list[booklets.Line]]]:
    return [(first, list(lines)) for first, lines in groupby(found, key=lambda each: each.month)]


def _places() -> list[tuple[int, int | None, Any]]:
    """Return (centre id, number, name): the city first."""
    return [(CITY, None, None), *((each.id, each.number, each.name) for each in city_map().centres.values())]


@desk.post("/mayor/booklets/make", endpoint="make_booklets")
def make() -> ResponseReturnValue:
    """Make what is missing or was corrected of a month."""
    typed = request.form.get("month", "")[:7]
    try:
        made = make_booklets.make_now(money.read_month(typed), actor())
    except BadInput as error:
        return _page(error.problems, typed)
    if made:
        flash(ngettext("%(num)s booklet was made.", "%(num)s booklets were made.", made))
    else:
        flash(_("Nothing to make: the booklets of this month say what the figures say."))
    return redirect(url_for("mayor.booklets"), 303)


@desk.post("/mayor/booklets/mail", endpoint="subscribe_booklets")
def mail() -> ResponseReturnValue:
    """Keep which booklets come to the reader's own mail."""
    chosen = set(numbers.wholes(request.form.getlist("booklet")))
    try:
        subscribe(chosen, actor())
    except BadInput as error:
        return _page(error.problems)
    if chosen:
        flash(
            ngettext(
                "%(num)s booklet comes by mail each month.",
                "%(num)s booklets come by mail each month.",
                len(chosen),
            )
        )
    else:
        flash(_("No booklets come by mail."))
    return redirect(url_for("mayor.booklets", _anchor="mail"), 303)


@desk.post("/mayor/booklets/letters/<int:letter_id>", endpoint="send_letter_again")
def again(letter_id: int) -> ResponseReturnValue:
    """Let a letter that was given up go again."""
    send_letters.send_again(letter_id, actor())
    flash(_("The letter goes again."))
    return redirect(url_for("mayor.booklets", _anchor="letters"), 303)


@desk.get("/mayor/booklets/letters/<int:letter_id>.eml", endpoint="letter")
def letter(letter_id: int) -> ResponseReturnValue:
    """Give the reader's own letter as a file, where none leaves the house. Raises NotFound for another's."""
    if not config.current().is_sandbox:
        raise NotFound
    found = next((each for each in letters.own_sent(actor().id or 0) if each.id == letter_id), None)
    if found is None:
        raise NotFound
    booklet = booklets.booklet_or_404(found.booklet_id)
    body = files.compose(booklet, letters.address_of(found.staff_id), str(get_locale()), letter_id)
    return paper.handed(body.as_bytes(), "message/rfc822", f"letter-{letter_id}.eml")


@desk.get("/mayor/booklets/<int:booklet_id>", endpoint="booklet")
def booklet_page(booklet_id: int) -> str:
    """Show a booklet. Two statements beside the session's."""
    booklet = booklets.booklet_or_404(booklet_id)
    return render_template(
        "mayor/booklet.html",
        **files.shown(booklet, str(get_locale())),
        editions=booklets.editions(booklet),
        hrefs=_behind(booklet),
        paper=False,
    )


def _behind(booklet: Booklet) -> dict[str, str]:
    """Return the address of the requests behind each measure, '' where there are too few to say a number."""
    days, centre = days_of(booklet.month), booklet.content["centre"]
    span: dict[str, Any] = {"from": days.first.isoformat(), "to": days.last.isoformat()}
    return {
        each["code"]: url_for(
            "mayor.tickets",
            figure=MEASURES[each["code"]].behind,
            centre=centre["number"] if centre else None,
            **span,
        )
        if each["own"]["cases"]
        else ""
        for each in booklet.content["measures"]
    }


@desk.get("/mayor/booklets/<int:booklet_id>.pdf", endpoint="booklet_pdf")
def booklet_pdf(booklet_id: int) -> Response:
    """Give a booklet on paper, in the reader's language."""
    booklet = booklets.booklet_or_404(booklet_id)
    return paper.handed(
        files.as_pdf(booklet, str(get_locale())), paper.PDF_TYPE, files.file_name(booklet, "pdf")
    )


@desk.get("/mayor/booklets/<int:booklet_id>.xlsx", endpoint="booklet_xlsx")
def booklet_xlsx(booklet_id: int) -> Response:
    """Give a booklet as a spreadsheet."""
    booklet = booklets.booklet_or_404(booklet_id)
    return paper.handed(
        sheets.as_xlsx(booklet, str(get_locale())), paper.XLSX_TYPE, files.file_name(booklet, "xlsx")
    )
