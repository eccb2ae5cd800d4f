"""One mapping from errors to answers: a page, JSON or XML, in the reader's language, with nothing of ours in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service_desk.desks.failure_words import sentence
from service_desk.desks.staff_door import home_of
from service_desk.errors import KeshetError, NotAllowed, StaleVersion
from service_desk.extensions import db
from service_desk.flow.note_refusal import note_refusal
from service_desk.telemetry import log
from service_desk.work import present_tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask.typing import ResponseReturnValue

#: after so many seconds another try may find the database, or the city, there
RETRY_SECONDS = 30
#: desks whose pages are the residents', whoever reads them
_RESIDENTS = frozenset({"resident", "door", "field"})
#: desks that answer errors in a shape of their own
_renderers: dict[str, Callable[[int, str], ResponseReturnValue]] = {}


def renders(desk: str, renderer: Callable[[int, str], ResponseReturnValue]) -> None:
    """Let a desk answer errors in its own shape (Open311). renderer: status, sentence → response."""
    _renderers[desk] = renderer


def answer(status: int, key: str) -> Response:
    """Answer an error in the shape the caller reads; whoever came too early is told when to come again."""
    response = make_response(_shaped(status, key))
    if key == "busy":
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _shaped(status: int, key: str) -> ResponseReturnValue:
    title, advice = sentence(status, key)
    desk = (request.endpoint or "").partition(".")[0]
    if not desk and request.path.startswith("/open311/"):
        desk = "open311"
    if desk in _renderers:
        return _renderers[desk](status, title)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(error=key, message=title), status
    return render_template(
        "error.html",
        status=status,
        title=title,
        advice=advice,
        request_id=g.get("request_id", ""),
        **_shell(status, desk),
    ), status


def _shell(status: int, desk: str) -> dict[str, Any]:
    """Return whose page it is: of the desk where somebody works, else the residents'. Of our own fault, nothing is asked anew."""
    if status >= 500 or desk in _RESIDENTS or present_tenant() is None or not current_user.is_authenticated:
        return {}
    if desk == "contractor":
        return {"error_base": "contractor/shell.html", "home_url": url_for("contractor.orders")}
    if current_user.actor.kind != "staff":
        return {}
    return {"error_base": "desk.html", "home_url": home_of(current_user.actor)}


def _drop_work() -> None:
    """End what the request was doing in the database. A line that is lost has ended it already, and is no second failure."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def _put_on_record(error: KeshetError) -> None:
    """Let the access log know that a signed-in person was refused. A log that cannot be written refuses all the same."""
    if isinstance(error, StaleVersion):
        log.info("stale_version", ticket_id=error.ticket_id, seen=error.seen, current=error.current)
    if not isinstance(error, NotAllowed):
        return
    if present_tenant() is None or not current_user.is_authenticated or current_user.actor.kind != "staff":
        return
    ticket_id = (request.view_args or {}).get("ticket_id")
    try:
        note_refusal(current_user.actor, f"refused:{request.endpoint}", ticket_id)
    except DBAPIError as failed:
        _drop_work()
        log.error("refusal_not_logged", endpoint=request.endpoint, error=type(failed).__name__)


def _nearest_page() -> str:
    """Return the nearest address above this one that can be read: a form's answer has none of its own in another language."""
    adapter, path = request_ctx.url_adapter, request.path
    while path and not (adapter and adapter.test(path, "GET")):
        path = path.rpartition("/")[0]
    return path or "/"


def init_app(app: Flask) -> None:
    """Register the handlers. Unknown exceptions are logged whole and answered without detail."""

    @app.errorhandler(KeshetError)
    def refused(error: KeshetError) -> ResponseReturnValue:
        _drop_work()
        _put_on_record(error)
        return answer(error.status, error.key)

    @app.errorhandler(CSRFError)
    def no_token(_error: CSRFError) -> ResponseReturnValue:
        return answer(400, "csrf")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.code is not None and error.code < 400:
            return error.get_response()
        if isinstance(error, MethodNotAllowed) and "lang" in request.args:
            return redirect(f"{_nearest_page()}?{request.query_string.decode()}", 303)
        keys = {404: "not_found", 403: "not_allowed", 413: "too_large", 429: "too_many"}
        return answer(error.code or 500, keys.get(error.code or 500, "error"))

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def database_away(error: Exception) -> ResponseReturnValue:
        _drop_work()
        log.error("database_away", error=type(error).__name__)
        return answer(503, "busy")

    @app.errorhandler(DataError)
    def no_such_value(_error: DataError) -> ResponseReturnValue:
        # A number in the address that no row can have: there is nothing there.
        _drop_work()
        return answer(404, "not_found")

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> ResponseReturnValue:
        _drop_work()
        detail = type(error.orig).__name__ if isinstance(error, DBAPIError) else type(error).__name__
        log.error("unknown_error", error=detail, endpoint=request.endpoint, exc_info=error)
        if app.testing:
            raise error
        return answer(500, "error")
