"""The signed link: a page with a button, which starts the work of whoever holds it; and the way out, for everybody here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, render_template, request, send_from_directory, url_for
from flask_login import UserMixin, current_user, logout_user

from service_desk import clock, config
from service_desk.contractors.queries import links
from service_desk.desks.contractor.door import desk
from service_desk.extensions import limiter, login
from service_desk.flow import field_links, sign_in

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Request
    from werkzeug.wrappers import Response as BaseResponse

    from service_desk.people.rules import Actor

#: what anybody may open: the link's page, and what a phone keeps before it knows anybody
field = Blueprint("field", __name__)
HOME = "/contractor/"


@dataclass
class LinkUser(UserMixin):
    """Whoever works by a link, for Flask-Login. order_id: the only order it is for, or None. ends_at: aware UTC."""

    name: str
    actor: Actor
    order_id: int | None
    ends_at: datetime
    locale: str = "he"

    def get_id(self) -> str:
        """Return nothing: the link's own cookie says who it is, not the session."""
        return ""


def _cookie() -> str:
    return "__Secure-keshet-field" if config.current().is_secure else "keshet-field"


@login.request_loader
def _by_link(asked: Request) -> LinkUser | None:
    """Recognise the link of a phone that nobody signed in on; asked at each request, so a revoked link ends at once."""
    token = asked.cookies.get(_cookie(), "")
    if not token or not asked.path.startswith(HOME):
        return None
    link = links.by_token(token, clock.now())
    if link is None:
        return None
    return LinkUser(link.holder, field_links.actor_of(link), link.order_id, link.expires_at)


@field.after_request
def _keep_private(response: Response) -> Response:
    if request.endpoint in {"field.link", "field.open_work"}:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Cache-Control"] = "no-store"
    return response


@field.get("/contractor/k/<token>")
@limiter.limit("60/minute")
def link(token: str) -> tuple[str, int]:
    """Show what the link opens, and the button. Opening the page starts nothing."""
    found = links.by_token(token, clock.now())
    page = render_template("contractor/link.html", link=found, token=token)
    return page, 200 if found else 404


@field.post("/contractor/k/<token>")
@limiter.limit("30/minute")
def open_work(token: str) -> BaseResponse:
    """Start to work by the link: its cookie lasts as long as the link does."""
    _actor, found = field_links.open_link(token)
    if current_user.is_authenticated and not isinstance(current_user, LinkUser):
        sign_in.sign_out(current_user.get_id())
        logout_user()
    where = (
        url_for("contractor.order", order_id=found.order_id)
        if found.order_id
        else url_for("contractor.orders")
    )
    response = redirect(where, 303)
    response.set_cookie(
        _cookie(),
        token,
        expires=found.expires_at,
        path=HOME,
        httponly=True,
        secure=config.current().is_secure,
        samesite="Lax",
    )
    return response


@desk.post("/contractor/leave")
def leave() -> BaseResponse:
    """End the work here: the session of a person, or the link's cookie. The phone forgets the pages it kept."""
    is_person = not isinstance(current_user._get_current_object(), LinkUser)  # noqa: SLF001 — Werkzeug's way past a proxy
    if is_person:
        sign_in.sign_out(current_user.get_id())
        logout_user()
    response = redirect(url_for("door.login") if is_person else url_for("field.left"), 303)
    response.delete_cookie(_cookie(), path=HOME)
    return response


@field.get("/contractor/ended")
def ended() -> tuple[str, int]:
    """Say that the link on this phone opens nothing any more."""
    return render_template("contractor/link.html", link=None, token=""), 410


def had_link() -> bool:
    """Say whether this phone came by a link that was good once."""
    return bool(request.cookies.get(_cookie()))


@field.get("/contractor/left")
def left() -> str:
    """Say that the work here has ended."""
    return render_template("contractor/left.html")


@field.get("/contractor/offline")
def offline() -> str:
    """Say that a page was not kept: what a phone shows without a network."""
    return render_template("contractor/offline.html")


@field.get("/contractor/worker.js")
def worker() -> Response:
    """Give the script that keeps this desk's pages; its address is its scope."""
    folder = config.ROOT / "static" / "js"
    response = send_from_directory(folder, "field-worker.js", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
