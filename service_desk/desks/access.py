"""The route table's guard: every blueprint names its audience; what is not named is denied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from service_desk import config
from service_desk.desks import (
    admin,
    clerk,
    contractor,
    gallery,
    hooks,
    inspector,
    mayor,
    notices,
    open311,
    opendata,
    ops,
    resident,
    sandbox,
    staff_door,
)
from service_desk.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from flask import Blueprint
    from werkzeug.wrappers import Response

PUBLIC = frozenset({"everyone"})
#: who may enter each desk; the ability for each act is asked again in its use-case
AUDIENCE: dict[str, frozenset[str]] = {
    "static": PUBLIC,
    "resident": PUBLIC,
    "open311": PUBLIC,
    "opendata": PUBLIC,
    "hooks": PUBLIC,
    "ops": PUBLIC,
    "door": PUBLIC,
    "sandbox": frozenset({"demo"}),
    "gallery": frozenset({"demo"}),
    "clerk": frozenset({"clerk", "manager", "unit", "admin", "mayor"}),
    "contractor": frozenset({"contractor"}),
    "inspector": frozenset({"inspector", "manager", "unit"}),
    # a signed link's page, and what a phone keeps before it knows anybody
    "field": PUBLIC,
    "mayor": frozenset({"mayor", "manager", "admin"}),
    # a unit sees what it has to keep
    "visits": frozenset({"mayor", "manager", "admin", "unit"}),
    "admin": frozenset({"admin"}),
    "notices": frozenset({"clerk", "manager", "unit", "inspector", "mayor", "admin"}),
}
#: desks whose callers prove themselves otherwise: api_key, carrier's signature, private-network metrics
WITHOUT_CSRF = ("open311", "hooks", "ops")
#: endpoints that belong to the installation, not to an authority
WITHOUT_TENANT = frozenset({"static", "ops.healthz", "ops.readyz", "ops.metrics"})
_PRIVATE = frozenset(
    {"clerk", "contractor", "inspector", "mayor", "visits", "admin", "notices", "sandbox", "door"}
)
_PRIVATE_ENDPOINTS = frozenset({"resident.send", "resident.join", "resident.find"})


def desks() -> tuple[Blueprint, ...]:
    """Return every blueprint, in the order of the way of a report."""
    return (
        resident.desk,
        open311.desk,
        opendata.desk,
        staff_door.desk,
        clerk.desk,
        contractor.desk,
        contractor.field,
        inspector.desk,
        mayor.desk,
        mayor.visits,
        notices.desk,
        admin.desk,
        sandbox.desk,
        gallery.desk,
        hooks.desk,
        ops.desk,
    )


def register_desks(app: Flask) -> None:
    """Register the desks. Raises RuntimeError when one has no audience: default deny starts here."""
    for desk in desks():
        if desk.name not in AUDIENCE:
            raise RuntimeError(f"desk {desk.name} names no audience")
        app.register_blueprint(desk)


def guard() -> Response | None:
    """Let the request in only where the route table says so."""
    if request.endpoint is None:
        return None  # no such route: the 404 page
    desk = request.endpoint.partition(".")[0]
    audience = AUDIENCE.get(desk, frozenset())
    if audience == PUBLIC:
        return None
    if audience == frozenset({"demo"}):
        if config.current().is_demo:
            return None
        raise NotFound
    if not current_user.is_authenticated:
        if desk == contractor.desk.name and contractor.link_door.had_link():
            return redirect(url_for("field.ended"))
        return redirect(url_for("door.login", next=_way_back()))
    if not current_user.actor.has(*audience):
        raise NotAllowed
    return None


def _way_back() -> str | None:
    """Return where to go on after signing in: the page asked for, or the page of the form that was sent, if it has one."""
    try:
        current_app.create_url_adapter(request).match(method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return None
    return request.full_path.rstrip("?")


def is_private(endpoint: str | None) -> bool:
    """Say whether answers of this endpoint must not be kept by any cache."""
    return bool(endpoint) and (str(endpoint).partition(".")[0] in _PRIVATE or endpoint in _PRIVATE_ENDPOINTS)
