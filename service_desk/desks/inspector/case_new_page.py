"""A case is opened by hand, from a report or from a round: what is near is shown before another is opened."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.filters import by_language
from service_desk.desks.inspector import words
from service_desk.desks.inspector.door import actor, desk, ids, number, own_units, photos, whole
from service_desk.errors import BadInput, NotAllowed
from service_desk.extensions import db
from service_desk.flow.handle_case import NewCase, open_case
from service_desk.flow.read_ticket import read_ticket
from service_desk.intake.rules import SaidPlace, clean_text
from service_desk.routing import queries as routes
from service_desk.supervision.queries import cases, stops
from service_desk.supervision.rules import CASE_KINDS
from service_desk.supervision.rules.cases import KIND_OF_REPORT, NEAR_M, SIMILAR_REPORTS
from service_desk.supervision.rules.who import may_supervise

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@dataclass
class Typed:
    """The form as it stands. ticket_id: the report it comes from; seen: open cases that were shown as near."""

    kind: str = ""
    subject: str = ""
    line: str = ""
    lon: float | None = None
    lat: float | None = None
    words: str = ""
    unit: str = ""
    key: str = ""
    ticket_id: int | None = None
    seen: list[int] = field(default_factory=list)

    def place(self) -> SaidPlace:
        """Return the place as said: a pin goes before an address."""
        line = clean_text(self.line, 200)
        if self.lon is not None and self.lat is not None:
            return SaidPlace("pin", line=line, lon=self.lon, lat=self.lat)
        return SaidPlace("address" if line else "none", line=line)


def _require() -> None:
    if not may_supervise(actor(), "handle_case"):
        raise NotAllowed


@desk.get("/inspector/cases/new")
def case_new() -> ResponseReturnValue:
    """Show the form, filled from a report or a stop when the address names one."""
    _require()
    typed = Typed(key=secrets.token_hex(16))
    ticket_id, stop_id = (numbers.whole(request.args.get(name, "")) for name in ("ticket", "stop"))
    if ticket_id is not None:
        ticket = read_ticket(ticket_id, actor()).ticket
        typed.ticket_id, typed.line, typed.lon, typed.lat = ticket.id, ticket.address, ticket.lon, ticket.lat
        typed.subject = ticket.summary[:120].replace("\n", " ")
        typed.kind = KIND_OF_REPORT.get(ticket.service_code, "")
    elif stop_id is not None:
        here = stops.stop_of(stop_id)[0].stop
        typed.line, typed.lon, typed.lat, typed.words = here.address, here.lon, here.lat, here.words
    return _page(typed, {}, 200)


@desk.post("/inspector/cases/new")
def case_open() -> ResponseReturnValue:
    """Open the case; what was typed survives a refusal."""
    _require()
    typed = Typed(
        kind=request.form.get("kind", ""),
        subject=request.form.get("subject", "")[:200],
        line=request.form.get("line", "")[:200],
        lon=number("lon", lowest=-180, highest=180),
        lat=number("lat", lowest=-90, highest=90),
        words=request.form.get("words", "")[:2000],
        unit=request.form.get("unit", "")[:20],
        key=request.form.get("key", "")[:64],
        seen=ids("seen_near"),
    )
    try:
        typed.ticket_id = whole("ticket")
        new = NewCase(
            kind=typed.kind,
            subject=typed.subject,
            place=typed.place(),
            submission_key=typed.key,
            words=typed.words,
            unit_id=whole("unit"),
            ticket_id=typed.ticket_id,
            seen_near=frozenset(typed.seen),
            photos=photos("photos"),
        )
        case_id = open_case(new, actor())
    except BadInput as error:
        db.session.rollback()
        return _page(typed, error.problems, 422)
    flash(_("The case is open."))
    return redirect(url_for("inspector.case", case_id=case_id), 303)


def _page(typed: Typed, problems: dict[str, str], status: int) -> ResponseReturnValue:
    placed = routes.place(typed.place())
    is_placed = placed.lon is not None and placed.lat is not None
    near = cases.near(placed.lon or 0.0, placed.lat or 0.0, NEAR_M) if is_placed else []
    reports = (
        stops.known_near(SIMILAR_REPORTS, placed.lon or 0.0, placed.lat or 0.0, NEAR_M) if is_placed else []
    )
    return render_template(
        "inspector/case_new.html",
        typed=typed,
        problems={name: words.problem(code) for name, code in problems.items()},
        kinds=[(kind, words.CASE_KIND[kind]) for kind in CASE_KINDS],
        units=[
            ("", _("The usual one for the kind")),
            *((str(unit.id), by_language(unit.name)) for unit in own_units()),
        ],
        unit_names=city_map().units,
        near=[(case, round(metres)) for case, metres in near],
        reports=[(ticket, round(metres)) for ticket, metres in reports if ticket.id != typed.ticket_id],
        words=words,
    ), status
