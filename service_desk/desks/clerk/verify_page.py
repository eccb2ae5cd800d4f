"""Everything that was reported done and waits for a look: hazards first, with its pictures, passed or failed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.contractors.queries.files import files_of
from service_desk.contractors.queries.orders import to_verify
from service_desk.contractors.rules import FINDINGS
from service_desk.desks.clerk import order_words
from service_desk.desks.clerk.door import actor, desk
from service_desk.desks.clerk.filters import own_centres
from service_desk.desks.clerk.order_cards import order_card
from service_desk.desks.clerk.rows import name_of
from service_desk.desks.contractor.words import FINDING
from service_desk.errors import NotAllowed
from service_desk.flow.read_ticket import look_beyond
from service_desk.people.rules import may

if TYPE_CHECKING:
    from datetime import datetime

    from service_desk.contractors.queries.orders import ToVerify
    from service_desk.people.rules import Actor

#: orders on the page, the most pressing first
SHOWN = 40


@desk.get("/desk/verify", endpoint="verify")
def verify_page() -> str:
    """Show what is to be checked in the own centres, or ?centre=all. Two statements beside the session's."""
    who, now = actor(), clock.now()
    if not any(may(who, "verify", unit_id=each) for each in (None, *who.unit_ids)):
        raise NotAllowed
    own = own_centres(who)
    is_all = not own or request.args.get("centre") == "all"
    if own and is_all:
        look_beyond(tuple(city_map().centres), who)
    waiting = to_verify(None if is_all else own, limit=SHOWN + 1)
    return render_template(
        "clerk/verify.html",
        rows=_rows(waiting[:SHOWN], who, now),
        has_more=len(waiting) > SHOWN,
        shown=SHOWN,
        is_all=is_all,
        own=[city_map().centres[each] for each in own if each in city_map().centres],
        findings=[(code, FINDING[code]) for code in FINDINGS],
    )


def _rows(waiting: list[ToVerify], who: Actor, now: datetime) -> list[dict[str, Any]]:
    found = {each.self["id"]: each for each in files_of([line.order_id for line in waiting])}
    return [
        {
            "line": line,
            "card": order_card(found[line.order_id], line.reference, now),
            "name": name_of(line),  # type: ignore[arg-type]  # it bears a type's code, which is all that is asked
            "number": city_map().centres[line.centre_id].number,
            "why": order_words.WHY_CHECKED.get(line.why or "", ""),
            "may_open": may(who, "see_ticket"),
        }
        for line in waiting
        if line.order_id in found
    ]
