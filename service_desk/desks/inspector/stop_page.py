"""One stop: its form by kind, and what becomes of an entry, from a plain form or from the phone's outbox."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import flash, jsonify, redirect, render_template, request, url_for

from service_desk.catalog.queries import catalogue
from service_desk.desks import numbers
from service_desk.desks.clerk.minimap import mini_map
from service_desk.desks.inspector import words
from service_desk.desks.inspector.door import (
    actor,
    desk,
    instant,
    is_for_a_phone,
    is_walker,
    number,
    photos,
)
from service_desk.desks.inspector.stops import view
from service_desk.errors import BadInput, NotAllowed
from service_desk.extensions import db, limiter
from service_desk.flow.stop_entry import Finding, StopEntry
from service_desk.flow.walk_round import visit_stop
from service_desk.supervision.queries import rounds, stops
from service_desk.tickets import queries as tickets
from service_desk.tickets.rules import is_working

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from service_desk.supervision.queries.rounds import Checks
    from service_desk.supervision.queries.stops import StopLine
    from service_desk.supervision.rules.checks import Item
    from service_desk.tickets.models import Ticket

#: known tickets of a type without a radius of its own are looked for this far (m)
KNOWN_M = 60.0
_NOT_TYPED = frozenset({"csrf_token", "entry_key"})


@desk.get("/inspector/stops/<int:stop_id>")
def stop(stop_id: int) -> ResponseReturnValue:
    """Show a stop: its form, or what was recorded."""
    return _page(stop_id, {}, {}, 200)


@desk.post("/inspector/stops/<int:stop_id>")
@limiter.limit("240/minute")
def visit(stop_id: int) -> ResponseReturnValue:
    """Record a visit. Answers JSON {outcome, message} to a phone, and a page to a plain form."""
    if not is_walker():
        raise NotAllowed
    try:
        outcome = visit_stop(stop_id, _entry(stop_id), actor())
    except BadInput as bad:
        db.session.rollback()
        sentences = {name: words.problem(code) for name, code in bad.problems.items()}
        if is_for_a_phone():
            message = " ".join(dict.fromkeys(sentences.values()))
            return jsonify(outcome="refused", message=message), bad.status
        typed = {name: value for name, value in request.form.items() if name not in _NOT_TYPED}
        return _page(stop_id, typed, sentences, bad.status)
    message = str(words.OUTCOME[outcome])
    if is_for_a_phone():
        return jsonify(outcome="taken" if outcome == "moved" else outcome, message=message)
    flash(message)
    return redirect(url_for("inspector.stop", stop_id=stop_id), 303)


def _entry(stop_id: int) -> StopEntry:
    """Return what the form says. Raises NotFound, BadInput."""
    line, _walk = stops.stop_of(stop_id)
    items = rounds.checklist(line.stop.checklist_id).items if line.stop.kind == "place" else ()
    good = {"yes": True, "no": False}.get(request.form.get("is_good", ""))
    ahead = number("clock_ahead_seconds", lowest=-1e7, highest=1e7)
    return StopEntry(
        key=request.form.get("entry_key", "").strip(),
        words=request.form.get("words", ""),
        lon=number("lon", lowest=-180, highest=180),
        lat=number("lat", lowest=-90, highest=90),
        happened_at=instant("happened_at"),
        clock_ahead_seconds=None if ahead is None else round(ahead),
        answers={item.code: request.form.get(f"check_{item.code}", "") for item in items},
        findings={
            item.code: _finding(item) for item in items if request.form.get(f"check_{item.code}") == "bad"
        },
        is_good=good,
        reason=request.form.get("reason", ""),
        photos=() if items else photos("photos"),
    )


def _finding(item: Item) -> Finding:
    return Finding(
        words=request.form.get(f"words_{item.code}", ""),
        is_danger=request.form.get(f"danger_{item.code}") == "yes",
        join_id=numbers.whole(request.form.get(f"join_{item.code}", "")),
        photos=photos(f"photos_{item.code}"),
    )


def _page(stop_id: int, typed: dict[str, str], problems: dict[str, str], status: int) -> ResponseReturnValue:
    line, walk = stops.stop_of(stop_id)
    here = line.stop
    checks = rounds.checklist(here.checklist_id) if here.kind == "place" else None
    opened = tickets.many(here.ticket_ids) if here.ticket_ids else {}
    can_record = walk.inspector_id == actor().id and here.visited_at is None and walk.state != "cancelled"
    return render_template(
        "inspector/stop.html",
        line=line,
        view=view(line),
        walk=walk,
        checks=checks,
        known=_known(line, checks) if can_record and checks else {},
        opened=[opened[each] for each in here.ticket_ids if each in opened],
        minimap=mini_map(here.lon, here.lat) if here.lon is not None and here.lat is not None else None,
        can_record=can_record,
        entry_key=secrets.token_hex(16),
        typed=typed,
        problems=problems,
        services=catalogue().types,
        words=words,
    ), status


def _known(line: StopLine, checks: Checks) -> dict[str, list[tuple[Ticket, int]]]:
    """Return {item code: known open tickets of its type near the stop, with metres}. One statement."""
    here, types = line.stop, catalogue().types
    if here.lon is None or here.lat is None:
        return {}
    radius: dict[str, float] = {
        code: max(types[code].known_radius_m, KNOWN_M)
        for code in (item.service_code or "" for item in checks.items)
        if code in types
    }
    near = [
        (ticket, metres)
        for ticket, metres in stops.known_near(radius, here.lon, here.lat, max(radius.values(), default=0.0))
        if metres <= radius[ticket.service_code] and is_working(ticket.status)
    ]
    return {
        item.code: [
            (ticket, round(metres)) for ticket, metres in near if ticket.service_code == item.service_code
        ][:3]
        for item in checks.items
    }
