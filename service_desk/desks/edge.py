"""What every request passes: its authority, language, audience, headers, errors, log line."""

from __future__ import annotations

import secrets
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from flask_login import current_user
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from service_desk import config, telemetry, work
from service_desk.city import kept
from service_desk.desks import access, failures, filters, repeated, speech
from service_desk.errors import Unavailable
from service_desk.extensions import csrf, db, limiter

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

YEAR_SECONDS = 31_536_000
CSP = (
    "default-src 'self'; img-src 'self' data: blob:{tiles}; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'; style-src 'self'; script-src 'self'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}


def init_app(app: Flask) -> None:
    """Hang the steps on the app and register every desk."""
    app.before_request(_open)
    app.before_request(_choose_authority)
    # After the authority is chosen: what these refuse is answered by a page of that city, to who is signed in there.
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(access.guard)
    app.after_request(_close)
    app.teardown_request(_forget)
    app.context_processor(_context)
    failures.init_app(app)
    speech.init_app(app)
    repeated.init_app(app)
    filters.init_app(app)
    access.register_desks(app)
    # Open311 and the carrier's callbacks carry their own proof; the exemption is by blueprint, in one place.
    for name in access.WITHOUT_CSRF:
        if name in app.blueprints:
            csrf.exempt(app.blueprints[name])


def _open() -> None:
    g.started = time.perf_counter()
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if given.isalnum() and len(given) <= 64 else secrets.token_hex(8)
    telemetry.request_id.set(g.request_id)


def _choose_authority() -> None:
    """The host name says which authority; an unknown host is the installation's default one.

    Raises Unavailable before a city is founded, and while it is being founded.
    """
    if request.endpoint in access.WITHOUT_TENANT:
        return
    g.tenant_before = work.present_tenant()
    host = (request.host or "").partition(":")[0].lower()
    rows = kept.authorities()
    found = next((row for row in rows if host in row.hosts), None)
    if found is None:
        slug = config.current().default_authority
        found = next((row for row in rows if row.slug == slug), rows[0] if rows else None)
    if found is None or not kept.is_founded(found):
        kept.forget()  # its founding may end any moment: the next reader looks again
        raise Unavailable("busy")
    g.authority = found
    work.set_tenant(found.id)


def locale() -> str:
    """Return the reader's language: chosen now, chosen before, the staff member's own, the browser's, Hebrew."""
    if not request:
        return "he"
    asked = request.args.get("lang") or request.cookies.get("lang")
    if asked in config.LOCALES:
        return str(asked)
    return _best_language(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=256)
def _best_language(accepted: str) -> str:
    """Return the best of our languages by the browser's header; browsers send few different ones."""
    return parse_accept_header(accepted, LanguageAccept).best_match(config.LOCALES, default="he") or "he"


def _context() -> dict[str, object]:
    spoken = locale()
    user = current_user._get_current_object()  # noqa: SLF001 — a page asks it twenty times: not through the proxy
    return {
        "locale": spoken,
        "dir": "rtl" if spoken in speech.RTL else "ltr",
        "languages": speech.LANGUAGES,
        "authority": g.get("authority"),
        "staff": user if user.is_authenticated else None,
        "demo": config.current().is_demo,
        "map_tiles_url": config.current().map_tiles_url,
    }


def _close(response: Response) -> BaseResponse:
    settings = config.current()
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    tiles = " " + settings.map_tiles_url.split("/{")[0] if settings.map_tiles_url else ""
    response.headers.setdefault("Content-Security-Policy", CSP.format(tiles=tiles))
    if settings.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    if request.endpoint != "static":
        response.headers.setdefault(
            "Cache-Control", "no-store" if access.is_private(request.endpoint) else "no-cache"
        )
    if request.args.get("lang") in config.LOCALES:
        response.set_cookie(
            "lang",
            str(request.args["lang"]),
            max_age=YEAR_SECONDS,
            secure=settings.is_secure,
            httponly=True,
            samesite="Lax",
        )
    response.headers["X-Request-Id"] = g.get("request_id", "")
    endpoint = request.endpoint or "none"
    seconds = time.perf_counter() - g.get("started", time.perf_counter())
    if endpoint != "static":
        telemetry.note_request(request.method, endpoint, response.status_code, seconds)
    return response


def _forget(error: BaseException | None) -> None:
    if error is None:
        work.let_go()
    else:
        db.session.remove()
    work.set_tenant(g.pop("tenant_before", None))
