"""One act on many requests: seen before it is done, done once, taken back while it may be."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for

from service_desk import clock
from service_desk.city.queries import city_map
from service_desk.desks import numbers
from service_desk.desks.clerk import bulk_words, filters, words
from service_desk.desks.clerk.chips import chip
from service_desk.desks.clerk.door import actor, counts_kept, desk, staff_names
from service_desk.desks.clerk.rows import icon_of, name_of, tag_of
from service_desk.desks.filters import by_language, where
from service_desk.errors import BadInput, InvalidMove, NotAllowed
from service_desk.flow import bulk, read_bulk
from service_desk.flow.bulk import BulkAsked
from service_desk.people.rules import may

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from service_desk.flow.bulk import Preview
    from service_desk.tickets.models import Ticket

_TYPED = ("to", "outcome", "reason", "words", "into")
#: how far back the list of one's own acts goes
LISTED = timedelta(days=30)


@desk.get("/desk/bulk", endpoint="bulk")
def bulk_of_address() -> ResponseReturnValue:
    """Show what an act would do to the requests an address names: ?all=1 with a queue's filters, or ?chosen=."""
    return _preview_page(request.args, 200)


@desk.post("/desk/bulk", endpoint="bulk_preview")
def bulk_of_form() -> ResponseReturnValue:
    """Show what an act would do to the chosen requests. Nothing is written."""
    return _preview_page(request.form, 200)


@desk.post("/desk/bulk/do", endpoint="bulk_do")
def do_bulk() -> ResponseReturnValue:
    """Do it, and lead to what came of it. What was typed survives every refusal."""
    form = request.form
    key = form.get("key", "")[:64]
    try:
        if not key:
            raise BadInput({"tickets": "required"})  # noqa: TRY301 — answered like every other bad input
        chosen = [(each, seen) for each, seen in _chosen(form) if seen is not None]
        bulk_id = bulk.act(chosen, _asked(form), actor(), key)
    except BadInput as error:
        return _preview_page(form, 422, error.problems)
    counts_kept.forget()
    return redirect(url_for("clerk.bulk_done", bulk_id=bulk_id), 303)


@desk.get("/desk/bulk/<int:bulk_id>", endpoint="bulk_done")
def bulk_done(bulk_id: int) -> ResponseReturnValue:
    """Show what came of an act, and until when it may be taken back."""
    return _done_page(bulk_id, 200)


@desk.post("/desk/bulk/<int:bulk_id>/undo", endpoint="bulk_undo")
def undo_bulk(bulk_id: int) -> ResponseReturnValue:
    """Take an act back where nothing has happened since."""
    try:
        bulk.undo(bulk_id, actor())
    except InvalidMove:
        return _done_page(bulk_id, 409, is_too_late=True)
    counts_kept.forget()
    return redirect(url_for("clerk.bulk_done", bulk_id=bulk_id), 303)


@desk.get("/desk/bulk/mine", endpoint="bulk_mine")
def bulk_mine() -> ResponseReturnValue:
    """List one's own acts on many requests of the last month."""
    if not may(actor(), "bulk"):
        raise NotAllowed
    now = clock.now()
    acts = read_bulk.acts_of(actor(), now - LISTED)
    return render_template("clerk/bulk_mine.html", acts=acts, verbs=bulk_words.VERBS, moment=now)


def _asked(given: Any) -> BulkAsked:
    verb = given.get("verb", "")
    typed = {name: given.get(name, "").replace("\x00", "") for name in _TYPED}
    return BulkAsked(verb if verb in bulk.VERBS else "assign", **typed)


def _chosen(given: Any) -> list[tuple[int, int | None]]:
    """Return (ticket id, version shown or None) of checkboxes and of a preview's own list; nonsense is left out."""
    values = [*given.getlist("chosen"), *given.get("tickets", "").split()]
    found = []
    for value in values[: bulk.LIMIT * 2]:
        row, _colon, seen = value.partition(":")
        ticket_id = numbers.whole(row)
        if ticket_id is not None:
            found.append((ticket_id, numbers.whole(seen)))
    return found


def _preview_page(given: Any, status: int, problems: dict[str, str] | None = None) -> ResponseReturnValue:
    asked, who = _asked(given), actor()
    chosen = _chosen(given)
    wanted = filters.wanted(filters.read(given), who) if given.get("all") and not chosen else None
    seen = bulk.preview(asked, who, chosen=chosen, wanted=wanted)
    listed = {**(problems or {})}
    if asked.into and "into" in seen.meant.problems and request.method == "GET":
        listed["into"] = seen.meant.problems["into"]
    page = render_template(
        "clerk/bulk.html",
        asked=asked,
        verb=bulk_words.VERBS[asked.verb],
        verbs=bulk_words.VERBS,
        fields=bulk_words.fields(asked.verb, who),
        problems={name: bulk_words.problem(name, code) for name, code in listed.items()},
        doing=lines(seen.doing),
        # To whom is not said yet: nobody can know what is already theirs, or beyond their centre.
        is_whom_open=asked.verb == "assign" and not asked.to,
        left=_left(seen),
        seen=seen,
        main_place=where(seen.main) if seen.main else "",
        tickets=_again(seen),
        key=secrets.token_hex(16),
        limit=bulk.LIMIT,
        told=sum(seen.told.values()),
        others=[(words.LANGUAGE[each], count) for each, count in sorted(seen.told.items()) if each != "he"],
        held_minutes=int(bulk.HELD.total_seconds() // 60),
        undo_minutes=int(bulk.UNDO.total_seconds() // 60),
    )
    return page, status


def _again(seen: Preview) -> str:
    """Return what the form brings back: each request with the version that this page shows."""
    rows = [*seen.doing, *(ticket for ticket, why in seen.left if ticket is not None and why != "changed")]
    return " ".join(f"{each.id}:{each.version}" for each in rows)


def _left(seen: Preview) -> list[tuple[Any, list[dict[str, Any]], int]]:
    """Return (why, lines, how many) of what is left out, the commonest reason first."""
    by_reason: dict[str, list[Ticket | None]] = {}
    for ticket, why in seen.left:
        by_reason.setdefault(why, []).append(ticket)
    groups = sorted(by_reason.items(), key=lambda group: -len(group[1]))
    return [
        (bulk_words.WHY_LEFT[why], lines(each for each in rows if each is not None), len(rows))
        for why, rows in groups
    ]


def lines(tickets: Iterable[Ticket]) -> list[dict[str, Any]]:
    """Return each request as a short line: centre, type, place, number, state, due."""
    now, city = clock.now(), city_map()
    return [
        {
            "id": each.id,
            "reference": each.reference,
            "number": city.centres[each.centre_id].number,
            "name": by_language(name_of(each)),
            "icon": icon_of(each),
            "place": where(each),
            "is_hazard": each.is_hazard,
            "tag": tag_of(each),
            "due": chip(each, now),
            "followers": each.follower_count,
        }
        for each in tickets
    ]


def _done_page(bulk_id: int, status: int, *, is_too_late: bool = False) -> ResponseReturnValue:
    found = read_bulk.read_bulk(bulk_id, actor())
    act, now = found.act, clock.now()
    page = render_template(
        "clerk/bulk_done.html",
        act=act,
        verb=bulk_words.VERBS[act.verb],
        found=found,
        done=lines(found.done),
        left=[(bulk_words.WHY_LEFT.get(why, why), lines(rows), len(rows)) for why, rows in found.left],
        kept=[(bulk_words.WHY_KEPT.get(why, why), lines(rows), len(rows)) for why, rows in found.kept],
        may_undo=act.undone_at is None
        and now <= act.undo_until
        and act.staff_id == actor().id
        and found.done,
        is_too_late=is_too_late,
        held_until=act.at + bulk.HELD,
        is_held=now < act.at + bulk.HELD,
        who=staff_names().get(act.staff_id, ""),
    )
    return page, status
