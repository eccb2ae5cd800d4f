"""A resident's own page, behind a code sent to her phone: her requests, and how she hears from the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from service_desk import config
from service_desk.catalog.queries import catalogue
from service_desk.desks.resident import sayings
from service_desk.desks.resident.door import desk
from service_desk.desks.speech import LANGUAGES
from service_desk.errors import BadInput, NotFound
from service_desk.extensions import limiter
from service_desk.flow import choose_hearing, enter
from service_desk.messages.rules.choosing import SPOKEN, Wish
from service_desk.messages.rules.entering import LIFE, VISIT
from service_desk.people.rules import link_token

if TYPE_CHECKING:
    from typing import Any

    from flask.typing import ResponseReturnValue

    from service_desk.tickets.models import Follower

#: what the browser keeps while a code is on its way, and during the visit
ASKING, VISITING = "keshet-code", "keshet-me"
_LONGEST_SECRET = 100


@desk.after_request
def _keep_to_herself(response: Response) -> Response:
    """Her page stays in no cache and no index."""
    if request.path == "/me" or request.path.startswith("/me/"):
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
    return response


@desk.get("/me")
def me() -> ResponseReturnValue:
    """Show her page, or ask for the number."""
    try:
        hearing = choose_hearing.see_hearing(_secret(VISITING))
    except NotFound:
        return render_template("resident/me_phone.html", phone="", error="")
    return _page(hearing, {})


@desk.post("/me/code")
@limiter.limit("10/minute")
def ask_code() -> ResponseReturnValue:
    """Send a code to a number, or seem to: the answer says nothing of whether the city knows it."""
    phone = request.form.get("phone", "")[:40]
    try:
        secret = enter.ask_code(phone, _address(), str(get_locale()))
    except BadInput as error:
        sentence = sayings.problem(error.problems["phone"])
        return render_template("resident/me_phone.html", phone=phone, error=sentence), 422
    response = make_response(redirect(url_for("resident.code"), 303))
    return _keep(response, ASKING, secret, int(LIFE.total_seconds()))


@desk.get("/me/code")
def code() -> ResponseReturnValue:
    """Ask for the code."""
    if not _secret(ASKING):
        return redirect(url_for("resident.me"), 303)
    return render_template("resident/me_code.html", error="")


@desk.post("/me/enter")
@limiter.limit("20/minute")
def try_code() -> ResponseReturnValue:
    """Try the code; the right one opens the page for half an hour."""
    token = enter.enter(_secret(ASKING), request.form.get("code", ""))
    if token is None:
        return render_template("resident/me_code.html", error=sayings.problem("code_wrong")), 422
    response = make_response(redirect(url_for("resident.me"), 303))
    _drop(response, ASKING)
    return _keep(response, VISITING, token, int(VISIT.total_seconds()))


@desk.post("/me/how")
def choose_how() -> ResponseReturnValue:
    """Keep how she wants to hear."""
    form = request.form
    wish = Wish(
        form.get("channel", "")[:20],
        form.get("locale", "")[:5],
        form.get("email", "")[:254],
        "any_hour" in form,
    )
    wants_news = "news" in form
    try:
        choose_hearing.choose_hearing(_secret(VISITING), wish, wants_news=wants_news, words=_agreement())
    except NotFound:
        return redirect(url_for("resident.me"), 303)
    except BadInput as error:
        hearing = choose_hearing.see_hearing(_secret(VISITING))
        seen = choose_hearing.Hearing(hearing.phone, wish, wants_news, hearing.followed)
        return _page(seen, {name: sayings.problem(key) for name, key in error.problems.items()}), 422
    flash(_("Kept. It holds from the next message on."))
    return redirect(url_for("resident.me"), 303)


@desk.post("/me/stop")
def stop_everything() -> ResponseReturnValue:
    """No messages at all."""
    try:
        choose_hearing.stop_everything(_secret(VISITING), _agreement())
    except NotFound:
        return redirect(url_for("resident.me"), 303)
    flash(_("No messages will be sent. The requests go on, and their private pages stay open."))
    return redirect(url_for("resident.me"), 303)


@desk.post("/me/leave")
def leave() -> ResponseReturnValue:
    """End the visit, here and on the server."""
    enter.leave(_secret(VISITING))
    flash(_("The page is closed on this device."))
    return _drop(make_response(redirect(url_for("resident.me"), 303)), VISITING)


def _page(hearing: choose_hearing.Hearing, problems: dict[str, str]) -> str:
    types = catalogue().types
    rows: list[dict[str, Any]] = [
        {
            "ticket": ticket,
            "service": types.get(ticket.service_code),
            "tag": sayings.whose_move(ticket),
            "link": url_for("resident.track", token=_token(follower)),
        }
        for ticket, follower in hearing.followed
    ]
    return render_template(
        "resident/me.html",
        hearing=hearing,
        wish=hearing.wish,
        open_rows=[row for row in rows if row["ticket"].is_open],
        ended_rows=[row for row in rows if not row["ticket"].is_open],
        channels=_channels(hearing.wish.locale),
        languages=LANGUAGES,
        agreement=_agreement(),
        bad=problems,
    )


def _channels(locale: str) -> list[tuple[str, str, str]]:
    """Return what can be chosen: (channel, its name, one line about it)."""
    hints: dict[str, Any] = {
        "voice": _("A computer's voice reads it out. Not in Amharic: an SMS comes in its place."),
        "email": _("To the address below."),
        "none": _("Everything stays on the private page of each request."),
    }
    if locale not in SPOKEN:
        hints["sms"] = _("There are no calls in Amharic: no voice speaks it.")
    shown = [each for each in choose_hearing.CHANNELS if choose_hearing.can_have(each, locale)]
    return [
        (each, sayings.channel_words(each) if each != "none" else _("No messages"), hints.get(each, ""))
        for each in shown
    ]


def _agreement() -> str:
    """Return the sentence that is agreed to; its hash is kept with each yes and no."""
    return _(
        "Messages about my own requests come by the way chosen here. Community news comes only when it is switched "
        "on. Either can be changed on this page at any time."
    )


def _token(follower: Follower) -> str:
    return link_token(config.current().secret_key, follower.authority_id, follower.token_nonce)


def _address() -> str:
    """Return where the request comes from. A proxy on this machine names it last in its own header; others are not believed."""
    peer = request.remote_addr or ""
    if peer in {"127.0.0.1", "::1", ""}:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or peer
    return peer


def _name(cookie: str) -> str:
    return f"__Host-{cookie}" if config.current().is_secure else cookie


def _secret(cookie: str) -> str:
    return request.cookies.get(_name(cookie), "")[:_LONGEST_SECRET]


def _keep(response: Response, cookie: str, secret: str, seconds: int) -> Response:
    response.set_cookie(
        _name(cookie),
        secret,
        max_age=seconds,
        secure=config.current().is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _drop(response: Response, cookie: str) -> Response:
    response.delete_cookie(_name(cookie), secure=config.current().is_secure, httponly=True, samesite="Lax")
    return response
