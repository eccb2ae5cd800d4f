"""An order's history in the contractor's words, newest first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from service_desk.desks.contractor import words
from service_desk.desks.filters import on_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service_desk.contractors.queries.stories import Line
    from service_desk.contractors.rules.orders import Held, OrderFact

#: an entry that came later than this says so
LATE_NEWS = timedelta(minutes=10)


def timeline(lines: Sequence[Line], *, is_open: bool) -> list[dict[str, Any]]:
    """Return the items of the page's timeline: {state, title, at, iso, detail}."""
    found = [
        {
            "state": "done",
            "title": _title(line.fact),
            "at": on_day(_happened(line.fact)),
            "iso": _happened(line.fact).isoformat(),
            "detail": " · ".join(each for each in (*_details(line.fact), *line.said) if each),
        }
        for line in reversed(lines)
    ]
    if found and is_open:
        found[0]["state"] = "now"
    return found


def _happened(fact: OrderFact) -> datetime:
    said = fact.data.get("happened_at")
    return datetime.fromisoformat(said) if said else fact.at


def _title(fact: OrderFact) -> str:
    kind = fact.kind
    if kind == "order_verified":
        kind = {"asked": "order_asked", "passed": "order_passed", "failed": "order_failed"}.get(
            str(fact.data.get("result")), "order_verified"
        )
    if kind == "order_noted" and fact.data.get("photos"):
        kind = "order_photo"
    return str(words.EVENT.get(kind, kind))


def _details(fact: OrderFact) -> list[str]:
    data = fact.data
    found = []
    reason = str(data.get("reason") or "")
    known = (
        words.REFUSAL.get(reason) or words.PAUSE.get(reason) or words.FINDING.get(str(data.get("finding")))
    )
    if known:
        found.append(str(known))
    if data.get("clock") in words.CLOCK:
        found.append(str(words.CLOCK[data["clock"]]))
    if fact.kind == "order_scheduled" and data.get("scheduled_for"):
        found.append(on_day(datetime.fromisoformat(data["scheduled_for"])))
    if fact.at - _happened(fact) > LATE_NEWS:
        found.append(_("received %(when)s", when=on_day(fact.at, inside=True)))
    return found


def pause_words(held: Held) -> str:
    """Return a pause with its reason and its times."""
    reason = words.PAUSE.get(held.reason, held.reason)
    if held.ended_at is None:
        return _("%(reason)s, since %(start)s", reason=reason, start=on_day(held.started_at, inside=True))
    return _(
        "%(reason)s, from %(start)s to %(end)s",
        reason=reason,
        start=on_day(held.started_at, inside=True),
        end=on_day(held.ended_at, inside=True),
    )


def last_failure(lines: Sequence[Line]) -> str:
    """Return what was wrong when the work last failed its check, in the city's words."""
    failed = [
        line
        for line in lines
        if line.fact.kind == "order_verified" and line.fact.data.get("result") == "failed"
    ]
    return " · ".join((*_details(failed[-1].fact), *failed[-1].said)) if failed else ""
