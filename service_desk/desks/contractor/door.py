"""The contractor's blueprint, and who is at it: a person of the firm, or whoever holds a signed link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_login import current_user

from service_desk.city.queries import city_map
from service_desk.contractors.queries import orders as queries
from service_desk.errors import NotFound
from service_desk.work import present_tenant, tenant_id

if TYPE_CHECKING:
    from service_desk.contractors.models import WorkOrder
    from service_desk.people.rules import Actor

desk = Blueprint("contractor", __name__)


def actor() -> Actor:
    """Return who acts."""
    return cast("Actor", cast("Any", current_user).actor)


def only_order() -> int | None:
    """Return the one order that the link was given for; None for a person of the firm, or a link to all of it."""
    return cast("int | None", getattr(current_user, "order_id", None))


def units() -> list[int]:
    """Return the ids of the person's own firms, as a rule one."""
    return sorted(role.unit_id for role in actor().roles if role.name == "contractor" and role.unit_id)


def own_order(order_id: int) -> WorkOrder:
    """Return an order of the own firm. Raises NotFound: another's is not there."""
    order = queries.order_or_404(order_id)
    if order.unit_id not in units() or only_order() not in {None, order_id}:
        raise NotFound
    return order


def holder() -> str:
    """Return for whom a phone keeps what was entered: the firm, so that a renewed link still sends it."""
    return "-".join(str(each) for each in (tenant_id(), *units()))


def is_by_link() -> bool:
    """Say whether somebody works here by a signed link, without an account."""
    return getattr(current_user, "ends_at", None) is not None


def money_tabs() -> tuple[tuple[str, str], ...]:
    """Return the tabs of damages and statements: for whoever has an account."""
    return () if is_by_link() else ((url_for("contractor.damages"), _("Damages")),)


@desk.context_processor
def _shell() -> dict[str, Any]:
    # A page that says what went wrong may come before anybody is known here.
    if present_tenant() is None or not current_user.is_authenticated:
        return {}
    city = city_map()
    return {
        "firms": [city.units[each].name for each in units() if each in city.units],
        "holder": holder(),
        "link_ends": getattr(current_user, "ends_at", None),
        "money_tabs": money_tabs(),
    }
