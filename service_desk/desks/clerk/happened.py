"""An event of the history as a sentence, in nouns, with who and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service_desk.catalog.queries import catalogue
from service_desk.city.queries import city_map
from service_desk.desks import money
from service_desk.desks.clerk import order_words, words
from service_desk.desks.clerk.door import staff_names
from service_desk.desks.filters import by_language
from service_desk.desks.ladder_words import TO
from service_desk.desks.speech import later as _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask_babel.speaklater import LazyString

    from service_desk.tickets.models import TicketEvent

SENTENCE: Mapping[str, LazyString] = {
    "received": _("Report received: %(channel)s"),
    "taken": _("Taken by %(who)s"),
    "assigned": _("Assigned to %(to)s by %(who)s"),
    "started": _("Work began: %(who)s"),
    "made_safe": _("The place was made safe: %(who)s"),
    "noted": _("Internal note: %(who)s"),
    "replied": _("Reply to the resident: %(who)s"),
    "asked": _("Question to the resident: %(who)s. The clock stands still until the answer."),
    "answered": _("The resident answered. The clock runs again."),
    "remarked": _("The resident added words or photos"),
    "joined": _("One more person reported the same"),
    "rerouted": _("Type or place corrected by %(who)s: %(to)s"),
    "triaged": _("Sorted by %(who)s"),
    "moved_centre": _("Moved to %(to)s by %(who)s"),
    "handed_over": _("Handed over to %(to)s by %(who)s"),
    "resolved": _("Reported as done by %(who)s: %(why)s"),
    "confirmed": _("The resident confirmed that it is done"),
    "closed": _("Closed: nobody objected within the time to answer"),
    "reopened": _("Reopened: %(who)s"),
    "rejected": _("Refused by %(who)s: %(why)s"),
    "merged": _("Merged into another request by %(who)s"),
    "absorbed": _("Another request was merged into this one by %(who)s"),
    "released": _("A merge into this request was taken back by %(who)s"),
    "undone": _("The last act was taken back by %(who)s: the request is as it was before it"),
    "split": _("Split into two requests by %(who)s"),
    "breached": _("The promised time passed: %(why)s"),
    "escalated": _("Escalated to %(to)s at %(why)s of the promised time"),
    "took_over": _("%(who)s went on with the work instead of %(to)s"),
}


def sentence(event: TicketEvent) -> str:
    """Return the event in words."""
    template = SENTENCE.get(event.kind) or order_words.template_of(event.kind, event.data or {})
    if template is None:
        return event.kind
    return str(template) % _Values(event)


class _Values:
    """What a sentence may name, found only when it does."""

    __slots__ = ("_event",)

    def __init__(self, event: TicketEvent) -> None:
        self._event = event

    def __getitem__(self, name: str) -> str:
        """Return who, to, why, channel, an order's number, or what a damage is for and how much, in words."""
        return _VALUES[name](self._event, self._event.data or {})


def _who(event: TicketEvent, _data: Mapping[str, Any]) -> str:
    if event.actor_kind == "staff":
        return staff_names().get(event.actor_id or 0) or str(_("a former colleague"))
    if event.actor_kind == "contractor":
        return staff_names().get(event.actor_id or 0) or str(_("the contractor"))
    return str(_("the resident") if event.actor_kind == "resident" else _("the system"))


def _to(event: TicketEvent, data: Mapping[str, Any]) -> str:
    city = city_map()
    if event.kind == "assigned":
        return staff_names().get(data.get("assignee") or 0, "")
    if event.kind == "took_over":
        return staff_names().get(data.get("from") or 0, str(_("a former colleague")))
    if event.kind == "escalated":
        return str(TO.get(str(data.get("role", "")), data.get("role", "")))
    if event.kind in {"handed_over", "order_issued"}:
        said = data.get("unit", "")
        unit = city.units.get(said) if isinstance(said, int) else city.unit_by_code(str(said))
        return str(by_language(unit.name)) if unit else str(said)
    if event.kind == "moved_centre":
        centre = city.centres.get(event.holder_id or 0)
        return str(_("Keshet %(number)s", number=centre.number)) if centre else ""
    service = catalogue().types.get(str(data.get("service", "")))
    return str(by_language(service.name)) if service else ""


def _why(event: TicketEvent, data: Mapping[str, Any]) -> str:
    tables = {
        "resolved": (words.OUTCOME, "outcome"),
        "rejected": (words.REJECTION, "reason"),
        "breached": (words.CLOCK, "clock"),
    }
    if "order" in data:
        return order_words.why(data)
    if event.kind == "escalated":
        return f"{data.get('percent', '')}%"
    if event.kind not in tables:
        return ""
    table, key = tables[event.kind]
    code = str(data.get(key, ""))
    return str(table.get(code, code))


def _what(_event: TicketEvent, data: Mapping[str, Any]) -> str:
    return str(money.METRIC.get(str(data.get("metric", "")), data.get("metric", "")))


_VALUES: Mapping[str, Callable[[TicketEvent, Mapping[str, Any]], str]] = {
    "who": _who,
    "to": _to,
    "why": _why,
    "channel": lambda _event, data: str(
        words.CHANNEL.get(str(data.get("channel", "")), data.get("channel", ""))
    ),
    "number": lambda _event, data: str(data.get("number", "")),
    "what": _what,
    "amount": lambda _event, data: money.shekels(int(data.get("working", {}).get("amount_agorot", 0))),
}
