"""What the queue's address asks for: scope, view, filters and the place to go on from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.tickets.queries import QueueFilter
from service_desk.tickets.rules import STATUSES, is_working

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service_desk.people.rules import Actor

VIEWS = ("open", "mine", "late", "hazard", "triage", "news", "waiting", "contractor", "to_verify", "refused")
#: the city still owes work
WORKING = tuple(status for status in STATUSES if is_working(status))
CHANNELS = ("web", "phone", "walk_in", "open311", "sms", "whatsapp")
WORDS_LIMIT = 100


@dataclass(frozen=True)
class Asked:
    """One look at the queue. centre: number, "own" or "all". kind: a type's code or "group:CODE". Empty: not asked."""

    view: str = "open"
    centre: str = "own"
    kind: str = ""
    status: str = ""
    channel: str = ""
    area: str = ""
    q: str = ""
    after: tuple[datetime | None, int] | None = None

    @property
    def is_filtered(self) -> bool:
        """Say whether anything beyond view and scope narrows the list."""
        return bool(self.kind or self.status or self.channel or self.area or self.q)

    def query(self, **changes: str) -> dict[str, str]:
        """Return the address's parameters with changes; paging starts again, and what is usual is left out."""
        kept = {
            "view": self.view,
            "centre": self.centre,
            "type": self.kind,
            "status": self.status,
            "channel": self.channel,
            "area": self.area,
            "q": self.q,
        } | changes
        usual = {"view": "open", "centre": "own"}
        return {name: value for name, value in kept.items() if value and usual.get(name) != value}

    def address(self, page: str, **changes: str) -> str:
        """Return the address of a page (its bare path) with these parameters: a queue leads to thirty others."""
        asked = self.query(**changes)
        return f"{page}?{urlencode(asked)}" if asked else page


def read(args: Mapping[str, str]) -> Asked:
    """Return what an address asks for. What is not understood is not asked: a queue never fails on its address."""
    city, shelf = city_map(), catalogue()
    numbers = {str(centre.number) for centre in city.centres.values()}
    kind = args.get("type", "")
    is_known = kind in shelf.types or kind.removeprefix("group:") in shelf.groups
    return Asked(
        view=_one_of(args.get("view", ""), VIEWS) or "open",
        centre=_one_of(args.get("centre", ""), (*numbers, "all")) or "own",
        kind=kind if is_known else "",
        status=_one_of(args.get("status", ""), STATUSES),
        channel=_one_of(args.get("channel", ""), CHANNELS),
        area=_one_of(args.get("area", ""), tuple(city.areas)),
        q=args.get("q", "").replace("\x00", "").strip()[:WORDS_LIMIT],
        after=read_after(args.get("after", "")),
    )


def _one_of(given: str, known: tuple[str, ...]) -> str:
    return given if given in known else ""


def read_after(given: str) -> tuple[datetime | None, int] | None:
    """Return the last row seen, from «instant~id»; None when there is none or it cannot be read."""
    instant, _tilde, row = given.partition("~")
    try:
        when = None if instant == "none" else datetime.fromisoformat(instant)
        place = int(row)
    except ValueError:
        return None
    if when is not None and when.tzinfo is None:
        return None
    return (when, place) if 0 <= place < 1 << 63 else None


def write_after(due_at: datetime | None, ticket_id: int) -> str:
    """Return the address's words for the last row seen."""
    return f"{due_at.isoformat() if due_at else 'none'}~{ticket_id}"


def own_centres(actor: Actor) -> tuple[int, ...]:
    """Return the centres whose queue is the person's own; none means the whole city."""
    return tuple(sorted(actor.centre_ids))


def scope(asked: Asked, actor: Actor) -> QueueFilter:
    """Return the part of the queue the person looks at: centres, or the units a unit's person works for."""
    if actor.unit_ids and not actor.centre_ids:
        return QueueFilter(unit_ids=tuple(sorted(actor.unit_ids)))
    if asked.centre == "all":
        return QueueFilter()
    if asked.centre == "own":
        return QueueFilter(centre_ids=own_centres(actor))
    centres = city_map().centres.values()
    return QueueFilter(centre_ids=tuple(each.id for each in centres if str(each.number) == asked.centre))


def view_filter(view: str, base: QueueFilter, actor: Actor) -> QueueFilter:
    """Return the scope narrowed to a saved view."""
    if view == "mine":
        # What is with me is with me, whichever centre it belongs to.
        return replace(base, centre_ids=(), assignee_id=actor.id)
    if view == "contractor":
        firms = tuple(unit.id for unit in city_map().units.values() if unit.kind == "contractor")
        held = tuple(set(firms) & set(base.unit_ids)) if base.unit_ids else firms
        return replace(base, unit_ids=held or (0,), statuses=("assigned", "in_progress"))
    changes = {
        "late": {"is_late": True},
        "hazard": {"is_hazard": True},
        "triage": {"is_triage": True},
        "news": {"has_news": True},
        "waiting": {"statuses": ("waiting",)},
        "to_verify": {"order_state": "to_verify", "statuses": WORKING},
        "refused": {"order_state": "refused", "statuses": WORKING},
    }
    return replace(base, **changes.get(view, {}))  # type: ignore[arg-type]


def wanted(asked: Asked, actor: Actor) -> QueueFilter:
    """Return everything the address asks for as the queue's filter."""
    found = view_filter(asked.view, scope(asked, actor), actor)
    if asked.status:
        found = replace(
            found, statuses=(asked.status,), with_ended=asked.status in {"closed", "rejected", "duplicate"}
        )
    kind, _colon, group = asked.kind.partition(":")
    return replace(
        found,
        service_code=None if group else kind or None,
        group_code=group or None,
        channel=asked.channel or None,
        area_code=asked.area or None,
        words=asked.q,
    )


def counted(base: QueueFilter, actor: Actor, today: datetime) -> dict[str, QueueFilter]:
    """Return what is counted beside a queue: its views, what is due by the end of today, and each centre's open tickets."""
    asked = {view: view_filter(view, base, actor) for view in VIEWS}
    asked["due_today"] = replace(base, due_before=today + timedelta(microseconds=1))
    if not base.unit_ids:
        asked |= {
            f"centre_{each.number}": QueueFilter(centre_ids=(each.id,))
            for each in city_map().centres.values()
        }
    return asked
