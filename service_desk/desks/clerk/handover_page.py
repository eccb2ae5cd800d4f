"""The shift's handover: what happened since the last one, what is left, words for the next people; and those before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks.clerk.chips import chip
from service_desk.desks.clerk.door import actor, desk, staff_names
from service_desk.desks.clerk.filters import own_centres
from service_desk.desks.clerk.rows import name_of, tag_of
from service_desk.desks.filters import where
from service_desk.desks.speech import later
from service_desk.errors import BadInput
from service_desk.flow import hand_shift as flow
from service_desk.people.rules import is_outside_own_centres, may
from service_desk.tickets import queries
from service_desk.tickets.handovers import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from service_desk.tickets.models import Remark, Ticket

SECTION = {
    "hazard": later("Dangers still open"),
    "late": later("Late now"),
    "reopened": later("Reopened in this shift"),
    "news": later("Answers nobody has read"),
    "to_verify": later("Work to verify"),
    "new": later("New in this shift"),
    "closed": later("Ended in this shift"),
}
#: where the queue shows a whole section
VIEW = {"hazard": "hazard", "late": "late", "news": "news"}
_HANDED_MEANWHILE = later(
    "This shift was handed over meanwhile. The page shows what came since; the words typed are kept below."
)


class Named(NamedTuple):
    """A ticket as a handover names it."""

    ticket: Ticket
    name: Any
    place: str
    tag: Any
    due: Any


@desk.get("/desk/handover", endpoint="handover")
def handover_page() -> str:
    """Show the present shift of a centre. ?centre= its number; the own one otherwise."""
    return _page(_centre_id(request.args.get("centre", "")))


@desk.post("/desk/handover", endpoint="hand_over_shift")
def hand_over() -> ResponseReturnValue:
    """Keep the handover with its words. Pressed twice, or by two people at once, it is kept once (422 for the second)."""
    centre_id, words = _centre_id(request.form.get("centre", "")), request.form.get("words", "")
    try:
        made = flow.hand_shift_over(centre_id, request.form.get("last", -1, type=int), words, actor())
    except BadInput:
        return _page(centre_id, words=words, problem=str(_HANDED_MEANWHILE)), 422
    flash(_("Handed over. The next people find it here."))
    return redirect(url_for("clerk.one_handover", handover_id=made), 303)


@desk.get("/desk/handover/<int:handover_id>", endpoint="one_handover")
def one_handover(handover_id: int) -> str:
    """Show a handover as it was written."""
    kept, notes = flow.see_handover(handover_id, actor())
    held: Mapping[str, list[int]] = kept.content.get("tickets", {})
    return render_template(
        "clerk/handover_one.html",
        kept=kept,
        centre=city_map().centres.get(kept.centre_id),
        who=staff_names().get(kept.staff_id, _("a former colleague")),
        sections=_sections(kept.content.get("counts", {}), held),
        since=kept.content.get("since", ""),
        notes=_notes(notes),
    )


def _centre_id(number: str) -> int:
    """Return the centre asked for by number, else the own one, else the first of the city."""
    centres = sorted(city_map().centres.values(), key=lambda each: each.number)
    found = next((each.id for each in centres if str(each.number) == number), None)
    return found or next(iter(own_centres(actor())), 0) or centres[0].id


def _page(centre_id: int, *, words: str = "", problem: str = "") -> str:
    seen, who = flow.see_shift(centre_id, actor()), actor()
    return render_template(
        "clerk/handover.html",
        centre=city_map().centres[centre_id],
        centres=sorted(city_map().centres.values(), key=lambda each: each.number),
        seen=seen,
        sections=_sections(seen.shift.counts, seen.shift.ids),
        notes=_notes(seen.notes),
        names=staff_names(),
        may_hand_over=may(who, "assign") and not is_outside_own_centres(who, centre_id),
        words_typed=words,
        problem=problem,
        words_chars=flow.WORDS_CHARS,
        view=VIEW,
    )


def _sections(
    counts: Mapping[str, int], ids: Mapping[str, Iterable[int]]
) -> list[tuple[str, Any, int, list[Named]]]:
    """Return (section, its words, how many, those named) in the order of a handover. One statement for all tickets."""
    rows = queries.many({each for some in ids.values() for each in some})
    now = clock.now()
    return [
        (
            name,
            SECTION[name],
            counts.get(name, 0),
            [_named(rows[each], now) for each in ids.get(name, ()) if each in rows],
        )
        for name in SECTIONS
    ]


def _named(ticket: Ticket, now: datetime) -> Named:
    return Named(ticket, name_of(ticket), where(ticket), tag_of(ticket)[0], chip(ticket, now))


def _notes(notes: list[tuple[Remark, str]]) -> list[tuple[Remark, str, str]]:
    names = staff_names()
    return [(remark, reference, names.get(remark.actor_id or 0, "")) for remark, reference in notes]
