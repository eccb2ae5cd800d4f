"""The staff door: sign in, sign out, and to which desk a person belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from service_desk.extensions import limiter, login
from service_desk.flow import sign_in as flow
from service_desk.work import present_tenant

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from service_desk.people.rules import Actor, Saved

desk = Blueprint("door", __name__)
#: what an open page asks without anybody touching it
BY_ITSELF = frozenset({"clerk.live", "clerk.live_ticket", "clerk.keep_claim"})


@dataclass
class StaffUser(UserMixin):
    """Whoever is signed in, for Flask-Login. Its id is the session's token."""

    token: str
    name: str
    locale: str
    actor: Actor
    saved: tuple[Saved, ...] = ()
    #: digests not yet seen, for the bell
    unseen: int = 0

    def get_id(self) -> str:
        """Return what the cookie carries."""
        return self.token


@login.user_loader
def _load(token: str) -> StaffUser | None:
    if g.get("is_unrecognised") or present_tenant() is None:
        return None  # of no city, nobody is known
    try:
        found = flow.recognise(token, is_use=request.endpoint not in BY_ITSELF)
    except (OperationalError, PoolTimeout):
        # The page that says so asks again who reads it: nobody known, or it could not be shown either.
        g.is_unrecognised = True
        raise
    if found is None:
        return None
    actor, locale, saved, unseen = found
    return StaffUser(token, actor.name, locale, actor, saved, unseen)


def home_of(actor: Actor) -> str:
    """Return the address of the desk where this person works."""
    if actor.has("clerk", "manager", "unit"):
        return url_for("clerk.queue")
    if actor.has("mayor"):
        return url_for("mayor.overview")
    if actor.has("contractor"):
        return url_for("contractor.orders")
    if actor.has("inspector"):
        return url_for("inspector.today")
    return url_for("admin.home")


def _safe(target: str | None) -> str | None:
    """Return the address only when it is a path of ours: no scheme, host, backslash or control character."""
    if (
        not target
        or not target.startswith("/")
        or target.startswith(("//", "/\\"))
        or any(ord(ch) < 32 or ch == "\\" for ch in target)
    ):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


@desk.route("/staff/login", endpoint="login", methods=["GET", "POST"])
@limiter.limit("30/minute", methods=["POST"])
def login_page() -> Response | str | tuple[str, int]:
    """Show the form, or sign in."""
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(home_of(current_user.actor))
        return render_template(
            "staff/login.html", error=None, email="", next=_safe(request.args.get("next")) or ""
        )
    email = request.form.get("email", "")[:200]
    token = flow.sign_in(email, request.form.get("password", "")[:200])
    if token is None:
        wrong = _(
            "The e-mail or the password does not match. After several tries the account rests for five minutes."
        )
        return render_template(
            "staff/login.html", error=wrong, email=email, next=_safe(request.form.get("next")) or ""
        ), 401
    user = _load(token)
    if user is None:  # the account was disabled in this very moment
        return redirect(url_for("door.login"))
    login_user(user)
    return redirect(_safe(request.form.get("next")) or home_of(user.actor))


@desk.post("/staff/logout")
def logout() -> Response:
    """End the session on the server and in the browser."""
    if current_user.is_authenticated:
        flow.sign_out(current_user.get_id())
        logout_user()
    return redirect(url_for("door.login"))
