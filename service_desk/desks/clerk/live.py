"""What an open page asks every ten seconds: what changed in its queue, or on its ticket. Small, and 304 when nothing did."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, request
from flask_babel import gettext as _

from service_desk import clock
from service_desk.desks.clerk import filters, presence
from service_desk.desks.clerk.door import actor, desk, staff_names
from service_desk.desks.clerk.words import TOUCH
from service_desk.desks.filters import at_hour
from service_desk.desks.speech import spoken
from service_desk.errors import NotAllowed
from service_desk.people.rules import may
from service_desk.tickets import live as reads

if TYPE_CHECKING:
    from service_desk.people.rules import Actor
    from service_desk.tickets.live import Standing

#: a page older than this is not told what is new in it: it should be loaded anew
OLDEST = timedelta(hours=2)
#: a fact is dated a moment before its transaction ends: the page looks back over that moment
OVERLAP = timedelta(seconds=3)


@desk.get("/desk/live", endpoint="live")
def live_queue() -> Response:
    """Say which tickets came to the queue in the address since ?since= (ISO, aware), and which changed, by version.

    {"new": [ids], "changed": [[id, version]], "is_old": bool}. Three statements with the session's.
    """
    now, since = clock.now(), _since(request.args.get("since", ""))
    if since is None or now - since > OLDEST:
        return _small({"new": [], "changed": [], "is_old": True})
    asked, who = filters.read(request.args), actor()
    scope = replace(filters.scope(asked, who), with_ended=True)
    found = reads.changes(scope, filters.wanted(asked, who), since - OVERLAP, now)
    return _small({"new": found.new, "changed": sorted(found.versions.items()), "is_old": False})


@desk.get("/desk/live/<int:ticket_id>", endpoint="live_ticket")
def live_ticket(ticket_id: int) -> Response:
    """Say where a ticket stands: version, who changed it last, who works on it, who else looks. Raises NotFound, NotAllowed.

    {"version", "changed", "claimed", "is_mine", "here"}; the words are in the reader's language. Three statements.
    """
    who, now = actor(), clock.now()
    stands = reads.standing(ticket_id, now)
    if not may(who, "see_ticket", unit_id=stands.unit_id):
        raise NotAllowed
    return _small(
        {
            "version": stands.version,
            "changed": _changed(stands, who),
            "is_mine": stands.claimed_by is not None and stands.claimed_by == who.id,
            "claimed": claimed_words(stands.claimed_by, stands.claimed_since, who),
            "here": here_words(ticket_id, who),
        }
    )


def claimed_words(staff_id: int | None, since: datetime | None, who: Actor) -> str:
    """Return who else works on a ticket, in words; '' for nobody or the reader."""
    if staff_id is None or staff_id == who.id:
        return ""
    name = staff_names().get(staff_id, str(_("a former colleague")))
    return str(_("%(who)s works on it since %(time)s", who=_apart(name), time=at_hour(since)))


def here_words(ticket_id: int, who: Actor) -> str:
    """Note that the reader looks at the ticket, and return who else does, in words; '' for nobody."""
    names = staff_names()
    others = presence.look(ticket_id, who.id or 0)
    found = sorted(names[each] for each in others if each in names)
    if not found:
        return ""
    return str(_("Looking at this now: %(names)s", names=", ".join(_apart(each) for each in found)))


def _changed(stands: Standing, who: Actor) -> str:
    """Return by whom and how the ticket was changed last; '' when the reader did it."""
    if stands.actor_kind == "staff" and stands.actor_id == who.id:
        return ""
    what = str(TOUCH.get(stands.kind, stands.kind))
    if stands.actor_kind == "staff":
        name = staff_names().get(stands.actor_id or 0, str(_("a former colleague")))
    else:
        name = str(_("the resident") if stands.actor_kind == "resident" else _("the system"))
    return str(_("Changed by %(who)s: %(what)s", who=_apart(name), what=what))


def _apart(name: str) -> str:
    """Return a name whose direction leaves the sentence around it alone, also where it travels without markup."""
    return f"\u2068{name}\u2069"


def _since(given: str) -> datetime | None:
    """Return an aware instant of the address, or None."""
    try:
        when = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError:
        return None
    return when if when.tzinfo is not None else None


def _small(answer: dict[str, Any]) -> Response:
    """Return the answer as JSON with its ETag; 304 without a body when the page has it already."""
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    response = Response(body, mimetype="application/json")
    response.set_etag(hashlib.sha256(f"{spoken()}{body}".encode()).hexdigest()[:20])
    # Kept by the page itself, which sends the tag back; no cache may keep who works on what.
    response.make_conditional(request)
    return response
