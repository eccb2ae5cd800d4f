"""The private link: a plain story, the promise, the answer «done» or «not yet», and words that reach the centre as work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk.catalog.queries import catalogue
from service_desk.catalog.rules import danger_numbers
from service_desk.city.queries import city_map
from service_desk.community import queries as community
from service_desk.desks import promised
from service_desk.desks.filters import today
from service_desk.desks.resident import promises, sayings, usual_times
from service_desk.desks.resident.door import desk
from service_desk.desks.resident.report import read_photos
from service_desk.errors import BadInput, NotAllowed, NotFound
from service_desk.extensions import limiter
from service_desk.flow import answer
from service_desk.flow.read_story import Story, read_story
from service_desk.intake.photos import storage
from service_desk.intake.queries import photo_of
from service_desk.people.rules import Actor
from service_desk.tickets.queries import by_token

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue


@desk.after_request
def _keep_private(response: Response) -> Response:
    """A private link must not travel: no referrer, no index, no copy in a cache."""
    if request.path.startswith("/t/"):
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
    return response


def _shown(story: Story) -> dict[str, Any]:
    ticket = story.ticket
    centre = city_map().centres[ticket.centre_id]
    photos = {
        kind: [each for each in story.photos if each["kind"] == kind]
        for kind in ("report", "remark", "before", "after")
    }
    return {
        "story": story,
        "ticket": ticket,
        "service": catalogue().types.get(ticket.service_code),
        "centre": centre,
        "centre_words": sayings.centre_name(centre.id),
        "tag": sayings.whose_move(ticket),
        "holder": sayings.holder_words(ticket),
        "promises": promises.show(story.clocks, story.pauses),
        "usual_time": usual_times.of_story(story),
        "timeline": _timeline(story),
        "photos": photos,
        "channel": sayings.channel_words(story.channel),
        "why": sayings.why_centre(story.why, ticket.address),
        "commitments": _commitments(story),
        "promised": promised,
    }


def _commitments(story: Story) -> list[promised.Shown]:
    """Return what was promised at field visits about this report, or about one that is merged with it now. One statement."""
    merged = set()
    for event in story.events:
        if event["kind"] == "absorbed":
            merged.add(event["data"]["from"])
        merged.discard(event["data"].get("released"))
    lines = community.of_tickets([story.ticket.id, *sorted(merged)])
    return [promised.shown(each, today()) for each in lines]


def _timeline(story: Story) -> list[dict[str, Any]]:
    """Return what happened, newest first, in words, with what was said at it."""
    found: list[dict[str, Any]] = []
    handed = ""
    for event in story.events:
        words = sayings.event_words(event, story.ticket)
        if event["kind"] in {"handed_over", "order_issued"}:
            # One story: an order that goes with the handing over, or a second part of it, is not told again.
            words, handed = (
                (None if event["kind"] == "order_issued" and words == handed else words),
                words or "",
            )
        if words:
            is_order = event["kind"].startswith("order_")
            found.append(
                {
                    "kind": event["kind"],
                    "at": event["at"],
                    "words": words,
                    "said": [] if is_order else story.words.get(event["seq"], []),
                    "photos": 0 if is_order else event["data"].get("photos", 0),
                }
            )
    return found[::-1]


@desk.get("/t/<token>")
def track(token: str) -> str:
    """Show the story. Opening it changes nothing."""
    return render_template(
        "resident/track.html", token=token, errors={}, typed={}, **_shown(read_story(token))
    )


@desk.get("/t/<token>/received")
def receipt(token: str) -> str:
    """Show what came of the report: number, centre, why, until when; and whom to call when her words speak of danger to life."""
    story = read_story(token)
    return render_template(
        "resident/receipt.html",
        token=token,
        lost=request.args.get("lost", 0, int),
        joined="joined" in request.args,
        numbers=danger_numbers(story.ticket.summary) if story.is_reporter else [],
        **_shown(story),
    )


@desk.get("/t/<token>/photo/<int:photo_id>/<size>")
def track_photo(token: str, photo_id: int, size: str) -> Response:
    """Give one photo of this ticket, to whoever may see it on her page."""
    story = read_story(token)
    if photo_id not in {each["id"] for each in story.photos}:
        raise NotFound
    try:
        content = storage().get(photo_of(story.ticket.id, photo_id).storage_key, size)
    except FileNotFoundError as error:
        raise NotFound from error
    return Response(
        content,
        mimetype="image/jpeg",
        headers={"Content-Disposition": "inline", "Cache-Control": "private, no-store"},
    )


def _actor(token: str) -> tuple[int, Actor]:
    ticket, follower = by_token(token)
    return ticket.id, Actor("resident", follower.id)


@desk.post("/t/<token>/remark")
@limiter.limit("20/minute")
def remark(token: str) -> ResponseReturnValue:
    """Add words or photos."""
    ticket_id, actor = _actor(token)
    photos, lost = read_photos(request.files.getlist("photos"))
    words = request.form.get("words", "")
    try:
        answer.add_remark(ticket_id, words, actor, photos)
    except BadInput:
        errors = {"words": _("Write something, or add a photo.")}
        return render_template(
            "resident/track.html",
            token=token,
            errors=errors,
            typed={"words": words},
            **_shown(read_story(token)),
        ), 422
    flash(
        _("It reached the centre.")
        if not lost
        else _("It reached the centre, but a photo could not be read.")
    )
    return redirect(url_for("resident.track", token=token), 303)


@desk.post("/t/<token>/done")
@limiter.limit("20/minute")
def done(token: str) -> ResponseReturnValue:
    """Yes, it is done."""
    story = read_story(token)
    # One neighbour's «yes» must not close it for the person who reported it; anybody's «not yet» opens it.
    if not story.is_reporter:
        raise NotAllowed
    answer.confirm_done(story.ticket.id, Actor("resident", story.follower.id))
    flash(_("Thank you. The report is closed."))
    return redirect(url_for("resident.track", token=token), 303)


@desk.post("/t/<token>/not-done")
@limiter.limit("20/minute")
def not_done(token: str) -> ResponseReturnValue:
    """Not yet: it opens again."""
    ticket_id, actor = _actor(token)
    photos, lost = read_photos(request.files.getlist("photos"))
    answer.say_not_done(ticket_id, actor, request.form.get("words", ""), photos)
    flash(_("The report is open again, with a new promise."))
    if lost:
        flash(_("A photo could not be read. It can be taken again."))
    return redirect(url_for("resident.track", token=token), 303)
