"""The page of digests by day, and «I have seen them»."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service_desk import clock
from service_desk.desks import numbers
from service_desk.desks.ladder_words import CLOCK
from service_desk.desks.mayor import alert_words
from service_desk.desks.notices.lines import alert_ids_of, days_of, keys_of
from service_desk.flow.see_notices import see_notices
from service_desk.people import notices
from service_desk.reports import alerts
from service_desk.reports.climbed import standings

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from service_desk.people.rules import Actor

desk = Blueprint("notices", __name__)
#: digests a page
LIMIT = 30


def _actor() -> Actor:
    return cast("Actor", cast("Any", current_user).actor)


@desk.get("/desk/notices", endpoint="home")
def home() -> str:
    """Show the reader's digests, newest day first; ?before= the last digest of the page before. Three statements, four with alerts."""
    now = clock.now()
    before = numbers.whole(request.args.get("before", ""))
    page = notices.page(_actor().id or 0, now, before=before, limit=LIMIT)
    raised = alerts.by_ids(alert_ids_of(page.notices))
    return render_template(
        "notices/home.html",
        days=days_of(
            page.notices,
            standings(keys_of(page.notices)),
            now,
            {id_: alert_words.said(*each) for id_, each in raised.items()},
        ),
        has_new=any(each.seen_at is None for each in page.notices),
        is_first=before is None,
        earlier=page.earlier,
        until=int(now.timestamp() * 1_000_000),
        clock_word=CLOCK,
    )


@desk.post("/desk/notices/seen", endpoint="seen")
def seen() -> Response:
    """Mark what the page showed as seen. until: when the page was drawn, in microseconds."""
    asked = numbers.whole(request.form.get("until", ""), digits=17)
    until = clock.now() if asked is None else datetime.fromtimestamp(asked / 1_000_000, UTC)
    if see_notices(_actor(), until):
        flash(_("Marked as seen."))
    return redirect(url_for("notices.home"), 303)
