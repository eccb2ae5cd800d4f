"""The inspector's day: today's round as list and map, what comes, and what a phone needs without a network."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Response, jsonify, redirect, render_template, send_from_directory, url_for
from flask_wtf.csrf import generate_csrf

from service_desk import clock, config
from service_desk.desks.inspector import words
from service_desk.desks.inspector.door import actor, desk, holder, is_walker
from service_desk.desks.inspector.stops import views
from service_desk.supervision.queries import cases, rounds, stops
from service_desk.supervision.queries.cases import CaseFilter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: how far back a round that was never ended is shown, and how far ahead planned ones are (days)
BACK_DAYS, AHEAD_DAYS = 7, 14
DUE_SHOWN = 6


@desk.get("/inspector/")
def today() -> ResponseReturnValue:
    """Show the inspector's own rounds of today with their stops; who plans goes to the list of rounds."""
    if not is_walker():
        return redirect(url_for("inspector.round_list"))
    now = clock.now()
    day = clock.local(now).date()
    mine = rounds.rounds(
        since=day - timedelta(days=BACK_DAYS),
        until=day + timedelta(days=AHEAD_DAYS),
        inspector_id=actor().id,
    )
    shown = [
        each
        for each in mine
        if each.round.state == "walking"
        or (each.round.day == day and each.round.state in {"planned", "done"})
    ]
    lines = stops.stops_of(each.round.id for each in shown)
    due = cases.cases(CaseFilter(mine=actor().id, due_by=now + timedelta(days=1)), limit=DUE_SHOWN)
    return render_template(
        "inspector/today.html",
        day=day,
        shown=[
            (each, views(line for line in lines if line.stop.round_id == each.round.id)) for each in shown
        ],
        coming=[each for each in reversed(mine) if each.round.day > day and each.round.state == "planned"],
        due=due,
        words=words,
        at=now,
    )


@desk.get("/inspector/ping")
def ping() -> Response:
    """Tell a phone what time it is here, for whom its sign-in speaks, and a token to send with."""
    return jsonify(now=clock.now().isoformat(), token=generate_csrf(), holder=holder())


@desk.get("/inspector/offline")
def offline() -> str:
    """Say that a page was not kept: what a phone shows without a network."""
    return render_template("inspector/offline.html")


@desk.get("/inspector/worker.js")
def worker() -> Response:
    """Give the script that keeps this desk's pages; its address is its scope."""
    folder = config.ROOT / "static" / "js"
    response = send_from_directory(folder, "field-worker.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
